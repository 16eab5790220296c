"""A running move_group, through its services: its planning scene, and its planner."""
