"""Ways of moving an arm and a gripper, one file each."""
