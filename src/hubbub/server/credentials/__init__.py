"""Passwords of people: how they are kept, and how they are verified."""
