"""Lines that the user typed at a terminal before the chat began: they may be for another program.

One may be a password, typed for a question that was not asked, and everybody would read it.
"""

import struct
import sys


def discarded() -> bool:
    """Discard the lines that were typed and nobody has read; return whether there were any."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    try:
        import fcntl
        import termios
    except ImportError:  # Windows
        return False
    waiting = struct.unpack("i", fcntl.ioctl(sys.stdin, termios.FIONREAD, struct.pack("i", 0)))
    if waiting[0]:
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    return bool(waiting[0])
