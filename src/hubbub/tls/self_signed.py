"""Certificates that their owner signs. Slow to import."""

import datetime
import ipaddress
import re
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hubbub.chat.errors import ConfigError
from hubbub.tls.writing import write_synced

YEARS = 10
"""Nobody renews it: those who come remember this one certificate."""

NAME_CHARS_MAX = 64
"""What X.509 allows for a common name."""


ACME_IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")
OCTETS_32 = b"\x04\x20"
"""Begins 32 bytes in DER."""


_HOST: Final = re.compile(r"(\*\.)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}")
"""What a certificate may be for besides addresses; other scripts are written in ASCII there."""


def machine_names() -> list[str]:
    """Return the names of this machine, as far as a certificate may be for them."""
    own = socket.gethostname()
    return [own if _HOST.fullmatch(own) else "hubbub", "localhost"]


def make_certificate(
    certificate: Path, key: Path, names: Sequence[str], *, acme_identifier: bytes = b""
) -> None:
    """Write a certificate for these names and addresses, and its key; raises ConfigError.

    Neither file may be there before: whoever remembers the certificate would be told of a change.
    `acme_identifier`: what answers the challenge of an authority (RFC 8737).
    """
    for name in names:
        if not (_HOST.fullmatch(name) or _is_address(name)):
            raise ConfigError(
                f"No certificate can be for {name[:100]!r}. Give the name of a host, as in "
                "chat.example.org, or its IP address.",
                code="bad_certificate",
            )
    private = ec.generate_private_key(ec.SECP256R1())
    common = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:NAME_CHARS_MAX])])
    now = datetime.datetime.now(datetime.UTC)
    public = private.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(common)
        .issuer_name(common)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks differ
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([name_of(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if acme_identifier:
        told = x509.UnrecognizedExtension(ACME_IDENTIFIER, acme_identifier)
        builder = builder.add_extension(told, critical=True)
    built = builder.sign(private, hashes.SHA256())
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for path, text, mode in (
        (key, secret, 0o600),
        (certificate, built.public_bytes(serialization.Encoding.PEM), 0o644),
    ):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode, exist_ok=False)
            write_synced(path, text)
        except FileExistsError:
            raise ConfigError(
                f"{path} is there already. Remove it, or choose another name for the new one.",
                code="file_exists",
            ) from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def name_of(name: str) -> x509.GeneralName:
    """Return a name or an address as it stands in certificates."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
