"""What guests can do to a server, and what an honest pair of people feels of it."""
