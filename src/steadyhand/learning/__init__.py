"""The embedded policy: demonstrations, network, training and export."""
