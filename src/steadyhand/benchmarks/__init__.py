"""What ``steadyhand bench`` runs."""
