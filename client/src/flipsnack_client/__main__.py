"""The command `flipsnack`: the edge that reads arguments and the environment.

`main` imports the rest, so that Ctrl-C while Python imports ends in one line too.
"""

import os
import sys

from flipsnack_client.interrupt import INTERRUPTED, install, over


def main() -> None:
    """Run the command and exit with its code."""
    install()
    try:
        from flipsnack_client.cli import run

        code = run(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = INTERRUPTED
    over()
    sys.exit(code)


if __name__ == "__main__":
    main()
