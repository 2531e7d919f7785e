"""From an address to a connection on which secrets may be said: the one place that decides that.

    what is known of the server             how it is called
    the address asks for TLS                TLS, and nothing else
    it spoke TLS before                     TLS, and nothing else, whatever the address says
    another one that was given did          TLS, and nothing else, unless it is on this machine
    it was told over TLS (nodes.py)         TLS, and nothing else
    it is elsewhere, and we have a password TLS if it speaks that, else in plaintext
    anything else                           in plaintext: a tutorial's server would choke on TLS

A certificate is accepted if it is the one that is remembered, or named by the address; if an
authority vouches for it; or if the server proves with it that it knows the password, which is then
remembered. Until then nothing is said that is worth anything to somebody in between.
"""

from __future__ import annotations

import asyncio
import ssl
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from hubbub.chat.errors import Refused
from hubbub.client.errors import Disconnected
from hubbub.client.handshake import NoTls, TlsStream, shake
from hubbub.tls.certificates import shown

if TYPE_CHECKING:
    from hubbub.client.address import Address
    from hubbub.client.trust import Trust


CONNECT_SECONDS = 10
PROOF_SECONDS = 20
"""A server looks at a password later where many wrong ones came from."""


class Protection(Enum):
    """What stands between us and those on the way."""

    NONE = "plaintext"
    TRUSTED = "trusted"
    """TLS, with a certificate that is known or vouched for."""

    PROVEN = "proven"
    """TLS, and both sides have proven the password on this connection."""


class Line(NamedTuple):
    """A connection. `news`: a sentence for the user about the certificate, if there is one.

    `authorities`: those of whom one vouches for it, if that is so.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protection: Protection = Protection.NONE
    fingerprint: str = ""
    news: str = ""
    authorities: ssl.SSLContext | None = None


def is_readable(address: Address, protection: Protection) -> bool:
    """Return whether others could read what is said, and the address does not say that they may."""
    return protection is Protection.NONE and not (address.is_local or address.plain)


def unprotected(address: Address) -> Refused:
    """Return why the password is not given to a server."""
    return Refused(
        f"The chatroom at {address} speaks no TLS, so everybody on the way could read the "
        "password. It was not sent. If that does not matter, write the address as "
        f"http://{address}/.",
        code="unprotected",
    )


def password_needed(address: Address) -> Refused:
    """Return what the user is told of a server that wants a password which we lack."""
    return Refused(
        f"The chatroom at {address} has a password. Give it with --password, in HUBBUB_PASSWORD, "
        "or from Python as password=….",
        code="password_needed",
    )


async def dial(address: Address, password: str, trust: Trust) -> Line:
    """Connect to the server at `address`; `password`: the chatroom's, if it is known.

    Raises OSError or Disconnected if there is no connection, and Refused if what answers cannot be
    trusted. `password_needed` as its code: with the password, it could be found out.
    """
    known = None if address.is_local and not address.secure else trust.known(address)
    # What was told, by whoever speaks without TLS, does not bind those that were given.
    given = [one for one in address.others if not one.learned]
    others = [one for one in given if not (address.is_local or one.is_local)]
    if address.secure or known is not None or any(map(trust.known, others)):
        return await _protected(address, password, trust)
    if password and not address.is_local:
        try:
            return await _protected(address, password, trust)
        except NoTls:
            pass
    async with asyncio.timeout(CONNECT_SECONDS):
        return Line(*await asyncio.open_connection(address.host, address.port))


async def _shake(address: Address, context: ssl.SSLContext) -> TlsStream:
    async with asyncio.timeout(CONNECT_SECONDS):
        return await shake(address, context)


async def _protected(address: Address, password: str, trust: Trust) -> Line:
    known = trust.known(address)
    expected = address.fingerprint or (known.fingerprint if known is not None else "")
    former = f"of the former one it was {shown(expected)}" if expected else ""
    if known is not None and not expected:
        former = "an authority vouched for the former one"
    if expected:
        stream = await _shake(address, trust.anybody)
        if stream.fingerprint.startswith(expected):
            trust.remember(address, stream.fingerprint)
            return Line(*stream[:2], Protection.TRUSTED, stream.fingerprint)
        stream.writer.transport.abort()
        if address.fingerprint:
            raise _changed(address, former, stream, "It is not the one that the address names.")
    try:
        stream = await _shake(address, trust.authorities)
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message
    else:
        trust.remember(address, "")
        news = ""
        if expected:
            news = _news(address, former, stream, "An authority vouches for the new one.")
        return Line(*stream[:2], Protection.TRUSTED, stream.fingerprint, news, trust.authorities)
    stream = await _shake(address, trust.anybody)
    try:
        return await _proven(address, password, trust, stream, former=former, reason=reason)
    except BaseException:
        stream.writer.transport.abort()
        raise


async def _proven(
    address: Address, password: str, trust: Trust, stream: TlsStream, *, former: str, reason: str
) -> Line:
    """Go on with a certificate for which nobody vouches, if the server proves the password.

    `former`: what is known of another one that it had before.
    """
    if trust.ca:
        raise Refused(
            f"The authorities in {trust.ca} do not vouch for the certificate of {address}: "
            f"{reason}. Its SHA-256 is {shown(stream.fingerprint)}.",
            code="certificate_unknown",
        )
    if not password:
        raise _unknown(address, former, stream)
    from hubbub.client.proving import prove  # noqa: PLC0415 (slow to load, and rarely needed)

    try:
        async with asyncio.timeout(PROOF_SECONDS):
            await prove(stream.reader, stream.writer, password, stream.fingerprint, address)
    except Refused as refusal:
        if former:
            raise _changed(address, former, stream, str(refusal)) from None
        raise
    except (Disconnected, TimeoutError):
        if former:  # to try again would let somebody in between try one password after another
            why = "It does not prove that it knows the password."
            raise _changed(address, former, stream, why) from None
        raise
    trust.remember(address, stream.fingerprint)
    news = ""
    if former:
        news = _news(address, former, stream, "It has proven that it knows the password with it.")
    return Line(*stream[:2], Protection.PROVEN, stream.fingerprint, news)


def _news(address: Address, former: str, stream: TlsStream, why: str) -> str:
    """Return what the user is told of a new certificate."""
    return (
        f"The certificate of {address} has changed. {why} The SHA-256 of the new one is "
        f"{shown(stream.fingerprint)}; {former}."
    )


def _changed(address: Address, former: str, stream: TlsStream, why: str) -> Refused:
    return Refused(
        f"The certificate of {address} is another one than before: its SHA-256 is "
        f"{shown(stream.fingerprint)}; {former}. {why} Nothing was told to it. "
        "Ask whoever runs the chatroom which one is right.",
        code="certificate_changed",
    )


def _unknown(address: Address, former: str, stream: TlsStream) -> Refused:
    is_new = "is another one than before" if former else "is vouched for by nobody"
    return Refused(
        f"The certificate of {address} {is_new}. Give the chatroom's password, by which it can be "
        "checked: with --password, in HUBBUB_PASSWORD, or from Python as password=…. If there is "
        f"none, add the SHA-256 that the host tells you to the address: #fp=…. This one has "
        f"{shown(stream.fingerprint)}.",
        code="password_needed",
    )
