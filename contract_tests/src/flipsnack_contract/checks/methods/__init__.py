"""What only some methods have: one module for each, or for several that belong together."""
