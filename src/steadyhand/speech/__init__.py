"""Instructions that are spoken: recording while a person holds the word, and recognition on this machine."""
