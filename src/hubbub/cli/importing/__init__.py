"""What was said elsewhere, read from what other programs export; one file for each of them."""
