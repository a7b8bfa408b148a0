"""One file for each promise of the product, by its number; each shows that it can fail."""
