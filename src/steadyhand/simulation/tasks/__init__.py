"""Tasks: what lies on the table, what an instruction asks, and whether it has been done."""
