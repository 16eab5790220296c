"""Robot, policy and deployment profiles: what is bound to what, checked before anything moves."""
