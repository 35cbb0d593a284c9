"""`python -m generate`."""

from generate.pages import write

if __name__ == "__main__":
    write()
