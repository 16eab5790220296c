"""A simulated Panda: its world, images, tasks and controllers."""
