"""Episodes: one instruction carried out, from its acceptance to its outcome."""
