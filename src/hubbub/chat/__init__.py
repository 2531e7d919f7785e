"""The vocabulary: errors, names, events, commands and limits that every other package speaks.

Imports nothing of hubbub, performs no I/O, and knows neither clock nor event loop.
"""
