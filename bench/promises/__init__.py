"""Whether a server keeps its promises, whatever happens to it: `python -m bench promises`."""
