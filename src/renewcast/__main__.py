"""Run the command line as `python -m renewcast`."""

from renewcast.cli import main

if __name__ == "__main__":
    main()
