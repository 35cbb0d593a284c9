"""What a client keeps: scenarios, and the checks that are held against their runs."""
