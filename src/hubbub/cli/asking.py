"""Questions that are answered with yes or no; what is printed goes to stderr."""

import sys


def agrees(question: str) -> bool:
    """Ask the user, and return whether they agree. Waits for a line of stdin."""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
