"""What the server notes for its operator: where, in which form, and how much of it."""
