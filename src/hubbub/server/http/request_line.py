"""Request lines with raw text in them, as people type addresses into curl.

An address may hold ASCII only, and the parser insists on that. Browsers write `%E6%97%A5` for `日`;
many scripts do not. What they mean is clear, so it is written out for them.
"""

import re

_RAW = re.compile(rb"[\x80-\xff]")


def in_ascii(line: bytes) -> bytes:
    """Return a request line, or a part of one, with each byte beyond ASCII percent-encoded."""
    return line if line.isascii() else _RAW.sub(lambda raw: b"%%%02X" % ord(raw[0]), line)
