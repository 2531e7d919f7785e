"""The event loop the server runs on."""

import asyncio
import sys


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's loop (winloop's on Windows), or asyncio's own where neither is installed."""
    try:
        if sys.platform == "win32":
            import winloop as fast  # noqa: PLC0415
        else:
            import uvloop as fast  # noqa: PLC0415
    except ImportError:
        # Not the proactor of Windows: the listener needs add_reader.
        return asyncio.SelectorEventLoop()
    loop: asyncio.AbstractEventLoop = fast.new_event_loop()
    return loop
