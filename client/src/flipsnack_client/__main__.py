"""The command `flipsnack`: the edge that reads arguments and the environment."""

import os
import sys

from flipsnack_client import interrupt
from flipsnack_client.cli import run


def main() -> None:
    """Run the command and exit with its code."""
    interrupt.install()
    code = run(sys.argv[1:], os.environ)
    interrupt.over()
    sys.exit(code)


if __name__ == "__main__":
    main()
