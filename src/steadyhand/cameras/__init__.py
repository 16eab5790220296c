"""Where camera images come from: devices, video files, folders of images, network streams. Nothing here knows ROS."""
