"""Judging policies: records of episodes, pictures of them, and where results come from."""
