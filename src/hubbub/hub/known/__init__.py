"""What the log says of people who are known, whether they are here or not."""
