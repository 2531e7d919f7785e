"""Passwords, hashed and verified by argon2id (RFC 9106).

A hash is dear on purpose: about 30 ms of a core and 19 MiB of memory, the least that OWASP's
Password Storage Cheat Sheet recommends. So hashes are made by a few threads, in fair turns, and
only while the event loop leaves them time.

Whether nobody has the name, or the password is wrong, must not show in what it takes. So where
there is no hash, a password is verified all the same, with one that no password fits.

What is kept of a password is its hash. Of those that are given over IRC, a space and a verifier for
SCRAM follow (chat/scram.py): another password leaves neither behind.
"""

import os
from base64 import b64encode
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from hubbub.chat import scram
from hubbub.server.credentials.threads import FairThreads

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32

THREADS: Final = max(1, min(4, (os.cpu_count() or 1) - 1))
"""One core is the event loop's. Each thread takes the memory of a hash while it makes one."""


def _encoded(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")


NOBODYS_HASH: Final = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}"
    f"${_encoded(os.urandom(SALT_BYTES))}${_encoded(os.urandom(HASH_BYTES))}"
)
"""As dear to verify as any other, and made of no password."""


@cache
def argon2id() -> "PasswordHasher":
    """Return what makes hashes, at the cost that is stated here."""
    # Imported when the first password is given, in the thread that hashes it.
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher(PASSES, MEMORY_KIB, LANES, HASH_BYTES, SALT_BYTES)


class Hashing:
    """Hashes for those who are connected. `clock` returns seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        hasher: "PasswordHasher | None" = None,
        places: int = THREADS,
    ) -> None:
        self._given = hasher
        self._threads = FairThreads(clock, places, "hashing", modest=True)
        self.lane = self._threads.lane

    async def hash(self, host: str, password: str, *, provable: bool = False) -> str:
        """Return what is kept of a password, for somebody at `host`.

        `provable`: so that it can be proven by SCRAM as well as given.
        """
        hash_ = partial(self._hash, password, provable=provable)
        return await self._threads.in_turn(host, hash_)

    def _hash(self, password: str, *, provable: bool) -> str:
        hash_ = self._hasher().hash(password)
        if not provable:
            return hash_
        return scram.Verifier.of(password, os.urandom(scram.SALT_BYTES)).behind(hash_)

    async def verify(self, host: str, password: str, kept: str) -> bool:
        """Return whether what is `kept` is of this password; nothing is of none."""
        verify = partial(self._verify, password, kept.partition(" ")[0] or NOBODYS_HASH)
        return await self._threads.in_turn(host, verify)

    def _verify(self, password: str, hash_: str) -> bool:
        from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415 (as above)

        try:
            return self._hasher().verify(hash_, password)
        except VerifyMismatchError:
            return False

    def _hasher(self) -> "PasswordHasher":
        return self._given or argon2id()

    def close(self) -> None:
        """Make no more hashes; one that is being made is of no use to anybody."""
        self._threads.close()
