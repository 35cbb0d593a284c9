"""The steps of signing: for each its tables of the ways in which people do it wrongly."""
