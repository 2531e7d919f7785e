"""The log of a room on the screen."""
