"""``python -m steadyhand`` is the steadyhand command."""

from steadyhand.cli.entry import main

if __name__ == "__main__":
    main()
