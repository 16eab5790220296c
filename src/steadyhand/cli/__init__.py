"""The steadyhand command: one file per subcommand, read only when it is called."""
