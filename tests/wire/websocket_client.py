"""Frames as a WebSocket client sends them, well formed or not."""

import struct

KEY = b"\x12\x34\x56\x78"


def frame(
    payload: bytes,
    opcode: int = 0x1,
    *,
    final: bool = True,
    first: int | None = None,
    key: bytes = KEY,
) -> bytes:
    """Return a masked frame; `first` replaces its first byte."""
    size = len(payload)
    head = bytes([(opcode | (0x80 if final else 0)) if first is None else first])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += struct.pack(">BH", 0x80 | 126, size)
    else:
        head += struct.pack(">BQ", 0x80 | 127, size)
    masked = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    return head + key + masked
