"""Robot profiles written from what a live robot says of itself."""
