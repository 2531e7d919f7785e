"""The conversations of a running chatroom, from the first name to the last word."""
