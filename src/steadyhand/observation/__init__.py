"""What a policy sees: time-indexed streams, images and robot state brought to one capture time."""
