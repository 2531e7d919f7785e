"""Copies of a server's folder, made beside it while it runs, and how they are put back."""
