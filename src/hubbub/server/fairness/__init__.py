"""Whose turn it is, on the event loop and at the log, and what work is charged to whom."""
