"""The command `flipsnack`: the edge that reads arguments and the environment."""

import os
import sys

from flipsnack_client.cli import run


def main() -> None:
    """Run the command and exit with its code."""
    sys.exit(run(sys.argv[1:], os.environ))


if __name__ == "__main__":
    main()
