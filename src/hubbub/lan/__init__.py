"""The local network: how others reach this machine, and how chatrooms are announced and found.

Announcements may claim anything, so what is found is shown, and never joined or trusted unasked.
"""

import os


def is_allowed() -> bool:
    """Return whether chatrooms may be announced and looked for; HUBBUB_LAN=0 forbids both."""
    return os.environ.get("HUBBUB_LAN") != "0"
