"""The commands of `flipsnack-contract`."""
