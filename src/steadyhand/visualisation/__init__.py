"""What an operator sees of an execution: shapes in space, made without ROS."""
