"""What ros2_control and the camera drivers would publish and serve, on behalf of the simulator node."""
