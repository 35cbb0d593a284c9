"""The commands of `flipsnack-contract`, one module each; options that several share have one too."""
