"""``python -m eventyard``."""

from eventyard.cli import main

if __name__ == "__main__":
    main()
