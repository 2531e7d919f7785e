"""Bytes that nobody has thought of, for everything that reads bytes: `python -m bench fuzz`."""
