"""hubbub beside the servers that people would pick instead: `python -m bench`."""
