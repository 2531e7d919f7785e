"""Screens that lie over the chat, or come before it, and end with an answer."""
