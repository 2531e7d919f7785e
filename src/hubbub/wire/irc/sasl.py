"""What a client says to log in (SASL): it is read here, and believed nowhere."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from hubbub.chat import scram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.events import Challenge, Proven

PLAIN: Final = "PLAIN"
SCRAM: Final = scram.MECHANISM
EXTERNAL: Final = "EXTERNAL"
MECHANISMS: Final = (PLAIN, SCRAM)
"""Those that everybody may use; EXTERNAL is for those who show a certificate."""

CHUNK: Final = 400
"""Characters of one part; the last one has fewer."""

CHARS_MAX: Final = 4096

# RFC 5802, section 7. Nobody here can act as somebody else, so the two names must be the same.
_OPENING: Final = re.compile(
    r"(?P<header>[ny],(?:a=(?P<as>[^,]*))?,)"
    r"(?P<bare>n=(?P<name>[^,]*),r=(?P<nonce>[!-+\--~]{1,128}))"
)
_PROOF: Final = re.compile(
    r"(?P<unproven>c=(?P<header>[^,]*),r=(?P<nonce>[^,]*)),p=(?P<proof>[^,]*)"
)


class Opening(NamedTuple):
    """The first thing that a client says to prove a password; `bare` is what follows a header."""

    header: str
    bare: str
    name: str
    nonce: str

    @classmethod
    def read(cls, raw: bytes) -> Self | None:
        """Return it; None if it cannot be read."""
        found = _OPENING.fullmatch(raw.decode(errors="replace"))
        if found is None or found["as"] not in (None, "", found["name"]):
            return None
        name = found["name"].replace("=2C", ",").replace("=3D", "=")
        return cls(found["header"], found["bare"], name, found["nonce"])


class Proof(NamedTuple):
    """What a client says then: a proof, of what both sides have `said`."""

    said: str
    proof: bytes


class Exchange:
    """A login that has begun. `text` is what came so far of what the client says now."""

    __slots__ = ("challenge", "mechanism", "opening", "proven", "text")

    def __init__(self, mechanism: str) -> None:
        self.mechanism = mechanism
        self.text = ""
        self.opening: Opening | None = None
        self.challenge: Challenge | None = None
        self.proven: Proven | None = None

    def challenged(self) -> str:
        """Return what the server says to the opening."""
        challenge = self.challenge
        assert challenge is not None
        salt = b64encode(challenge.salt).decode()
        return f"r={self._nonce()},s={salt},i={challenge.iterations}"

    def _nonce(self) -> str:
        assert self.opening is not None
        assert self.challenge is not None
        return self.opening.nonce + self.challenge.nonce

    def proof(self, raw: bytes) -> Proof | None:
        """Return what the client says to the challenge; None if it cannot be read, or is not to
        this one."""
        opening = self.opening
        assert opening is not None
        found = _PROOF.fullmatch(raw.decode(errors="replace"))
        if found is None or found["nonce"] != self._nonce():
            return None
        proof = decoded(found["proof"])
        if proof is None or decoded(found["header"]) != opening.header.encode():
            return None
        return Proof(f"{opening.bare},{self.challenged()},{found['unproven']}", proof)


def decoded(text: str) -> bytes | None:
    """Return what stands there in base64; None if nothing does."""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def parts(said: str) -> Iterator[str]:
    """Yield what the server says, in base64, in parts for one line each."""
    text = b64encode(said.encode()).decode()
    for start in range(0, len(text) + 1, CHUNK):
        yield text[start : start + CHUNK] or "+"


def named(raw: bytes) -> tuple[str, str]:
    """Return the name and the password that PLAIN gives; empty ones if it gives none."""
    try:
        as_whom, name, password = raw.decode().split("\0")
    except ValueError:
        return "", ""
    return (name, password) if name and password and as_whom in ("", name) else ("", "")
