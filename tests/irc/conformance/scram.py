"""The client's side of SCRAM-SHA-256, as RFC 5802 has it."""

import hashlib
import hmac
from base64 import b64decode, b64encode

from tests.irc.irc_client import IrcClient


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def prove(client: IrcClient, name: str, password: str, *, nonce: str = "fyko+d2lbbFgONRv") -> str:
    """Log in by SCRAM; return the number that ends it, 903 or 904.

    Checks that the server knows what is kept of the password, too.
    """
    bare, first, values = _begin(client, name, nonce)
    assert values["r"].startswith(nonce)
    assert len(values["r"]) > len(nonce)
    salted = hashlib.pbkdf2_hmac(
        "sha256", password.encode(), b64decode(values["s"]), int(values["i"])
    )
    client_key = _hmac(salted, "Client Key")
    unproven = f"c={_coded('n,,')},r={values['r']}"
    said = f"{bare},{first},{unproven}"
    signature = _hmac(hashlib.sha256(client_key).digest(), said)
    proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
    client.ask(f"AUTHENTICATE {_coded(f'{unproven},p={b64encode(proof).decode()}')}")
    line = client.until_any("AUTHENTICATE", "904")
    if line.command == "904":
        return "904"
    final = b64decode(line.params[0]).decode()
    assert final == f"v={b64encode(_hmac(_hmac(salted, 'Server Key'), said)).decode()}"
    client.ask("AUTHENTICATE +")
    return client.until_any("903", "904").command


def salt_of(client: IrcClient, name: str) -> str:
    """Return the salt with which a name is challenged; the proof is broken off."""
    salt = _begin(client, name, "fyko")[2]["s"]
    client.ask("AUTHENTICATE *")
    client.until("906")
    return salt


def _begin(client: IrcClient, name: str, nonce: str) -> tuple[str, str, dict[str, str]]:
    """Return what the client said first, the challenge, and the values in it."""
    client.ask("AUTHENTICATE SCRAM-SHA-256")
    client.until("AUTHENTICATE", "+")
    bare = f"n={name.replace('=', '=3D').replace(',', '=2C')},r={nonce}"
    client.ask(f"AUTHENTICATE {_coded(f'n,,{bare}')}")
    first = _next(client)
    return bare, first, dict(one.split("=", 1) for one in first.split(","))


def _coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _next(client: IrcClient) -> str:
    return b64decode(client.said("AUTHENTICATE").params[0]).decode()
