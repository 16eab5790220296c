"""From joint targets to motion: stitching, reference, gate, brake."""
