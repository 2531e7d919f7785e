"""The handshake of a WebSocket, over HTTP.

Only the handshake is aiohttp's. The connection then converses like any other: the same bytes go to
all members, and each costs hardly more memory than a member that speaks frames.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence

from hubbub.chat.errors import Refused

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16


def accept_handshake(headers: Mapping[str, str], more: Sequence[bytes] = ()) -> bytes:
    """Return the answer to a WebSocket's opening request (RFC 6455, section 4.2); raise Refused.

    It has these headers besides.
    """
    upgrades = headers.get("Upgrade", "").lower() == "websocket"
    if not upgrades or "upgrade" not in headers.get("Connection", "").lower():
        raise Refused("Connect to /ws with a WebSocket client.", code="upgrade_required")
    if headers.get("Sec-WebSocket-Version") != "13":
        raise Refused("This server speaks version 13 of WebSocket.", code="upgrade_required")
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key:
        raise Refused("The Sec-WebSocket-Key must be 16 bytes in base64.", code="bad_request")
    # SHA-1 as the RFC wants it: proof of a WebSocket server, not a secret.
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n"
        % base64.b64encode(digest)
        + b"".join(b"%b\r\n" % header for header in more)
        + b"\r\n"
    )
