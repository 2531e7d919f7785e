"""Credentials for NATS servers, and what these need to ask for them: as `nsc` makes both."""

import base64
import json
import secrets
from hashlib import sha256
from pathlib import Path

import pytest

nkeys = pytest.importorskip("nkeys")

ANY = {"subs": -1, "data": -1, "payload": -1}
ACCOUNT = {**ANY, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1}
STORAGE = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}

CREDENTIALS = """-----BEGIN NATS USER JWT-----
{jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
{seed}
------END USER NKEY SEED------
"""

LOGIN = """
operator: "{operator}"
system_account: {system}
resolver: MEMORY
resolver_preload: {{ {system}: "{system_jwt}", {account}: "{account_jwt}" }}
"""


class _Key:
    def __init__(self, prefix: int) -> None:
        self._seed: bytes = nkeys.encode_seed(secrets.token_bytes(32), prefix)
        self._pair = nkeys.from_seed(self._seed)
        self.seed = self._seed.decode()
        self.public: str = self._pair.public_key.decode()

    def jwt(self, subject: "_Key", kind: str, said: dict[str, object]) -> str:
        """Return what this key signs of another one."""
        nats = {"type": kind, "version": 2, **said}
        claims = {"iss": self.public, "sub": subject.public, "name": kind, "iat": 1, "nats": nats}
        digest = sha256(json.dumps(claims).encode()).digest()
        claims["jti"] = base64.b32encode(digest).decode().rstrip("=")
        body = f"{_coded({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_coded(claims)}"
        return f"{body}.{_base64(self._pair.sign(body.encode()))}"


def _coded(what: dict[str, object]) -> str:
    return _base64(json.dumps(what).encode())


def _base64(what: bytes) -> str:
    return base64.urlsafe_b64encode(what).rstrip(b"=").decode()


def make_credentials(path: Path) -> str:
    """Write credentials into a file; return what servers need in their configuration for them."""
    operator, user = _Key(nkeys.PREFIX_BYTE_OPERATOR), _Key(nkeys.PREFIX_BYTE_USER)
    system, account = _Key(nkeys.PREFIX_BYTE_ACCOUNT), _Key(nkeys.PREFIX_BYTE_ACCOUNT)
    path.write_text(CREDENTIALS.format(jwt=account.jwt(user, "user", {**ANY}), seed=user.seed))
    return LOGIN.format(
        operator=operator.jwt(operator, "operator", {"system_account": system.public}),
        system=system.public,
        system_jwt=operator.jwt(system, "account", {"limits": ACCOUNT}),
        account=account.public,
        account_jwt=operator.jwt(account, "account", {"limits": {**ACCOUNT, **STORAGE}}),
    )
