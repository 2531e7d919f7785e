"""Certificates: what each side makes of them, and how they are named."""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def fingerprint_of(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) in hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def shown(fingerprint: str) -> str:
    """Return a fingerprint for people to compare."""
    return " ".join(fingerprint[place : place + 8] for place in range(0, len(fingerprint), 8))


def server_context(certificate: Path, key: Path) -> tuple[ssl.SSLContext, str]:
    """Return what a server needs for TLS, and its certificate's fingerprint; raises ConfigError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A peer must not make us begin anew, over and over.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        context.load_cert_chain(certificate, key)
        first = certificate.read_text("ascii", "replace").partition(ssl.PEM_FOOTER)[0]
        der = ssl.PEM_cert_to_DER_cert(
            ssl.PEM_HEADER + first.rpartition(ssl.PEM_HEADER)[2] + ssl.PEM_FOOTER
        )
    except ssl.SSLError as error:
        reason = (error.reason or "unreadable").replace("_", " ").lower()
        raise ConfigError(
            f"{certificate} and {key} are no certificate with its key, in PEM ({reason}). "
            "Give both, of the same pair: --tls-cert and --tls-key.",
            code="bad_certificate",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"The certificate in {certificate}, or its key in {key}, cannot be read: "
            f"{error.strerror}.",
            code="bad_certificate",
        ) from None
    return context, fingerprint_of(der)
