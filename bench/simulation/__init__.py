"""Several nodes and their stream in one process, whose time and network a seed decides."""
