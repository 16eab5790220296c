"""ROS-free models of the controllers that ros2_control runs on an arm."""
