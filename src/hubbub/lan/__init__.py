"""The local network: how others reach this machine, and how chatrooms are announced and found.

Whoever announces a chatroom may claim anything: what is found is shown, and nothing more.
"""

import os


def is_allowed() -> bool:
    """Tell whether chatrooms may be announced and looked for; HUBBUB_LAN=0 forbids both."""
    return os.environ.get("HUBBUB_LAN") != "0"
