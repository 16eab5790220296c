"""What must hold between the parts of a deployment, one file a theme."""
