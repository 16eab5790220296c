"""The ROS nodes: thin translators between messages and the rooms that do the work."""
