"""The event loop the server runs on, and what the system must grant it."""

import asyncio
import sys

DESCRIPTORS_WANTED = 65_536


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


def raise_descriptor_limit() -> None:
    """Allow as many open files, and so connections, as the system grants without asking."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (there is none on Windows)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
