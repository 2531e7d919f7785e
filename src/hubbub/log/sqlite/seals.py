"""Checksums of segments: what a disk changes is not taken for what was said.

SQLite notices damage in how its pages hang together, and JSON notices some in a text, but neither
notices a letter that has become another. So each segment has the CRC-32 of its body, always in
eight digits, since a row must keep its length (changes.py). Statements select `sealed`: the
checksum, a comma and the body; many of them make one JSON array.
"""

from zlib import crc32

import msgspec

from hubbub.log.sqlite.failures import Unsound

_parts = msgspec.json.Decoder(list[msgspec.Raw])
_SEAL = b'"%08x"'
_UNCHECKED = b'""'  # of a segment that a hubbub wrote which knew no checksums


def checksum_of(body: bytes) -> str:
    """Return the checksum of a segment's body."""
    return f"{crc32(body):08x}"


def unsealed(sealed: bytes | str | None) -> bytes:
    """Return the bodies of a JSON array of sealed segments, as a JSON array.

    Raises Unsound if one is not what was written, or is NULL: damage to a row can make it so.
    """
    if sealed is None:
        raise Unsound("a text is gone")
    parts = _parts.decode(sealed)
    seals, bodies = parts[::2], parts[1::2]
    if len(seals) != len(bodies):
        raise Unsound("a text has become several")
    # All at once, which is cheaper, and each by itself only if some of them differ.
    sums = _SEAL * len(bodies) % tuple(map(crc32, bodies))
    if b"".join(seals) != sums:
        for seal, body in zip(map(bytes, seals), bodies, strict=True):
            if seal not in (_SEAL % crc32(body), _UNCHECKED):
                raise Unsound("a text is not what was written")
    return b"[%b]" % b",".join(bodies)
