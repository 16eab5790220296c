"""Action chunks and what their numbers mean."""
