"""The client's side of a proof of the password (docs/protocol.md, section 11)."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import msgspec

from hubbub.chat.errors import Refused
from hubbub.chat.events import Error
from hubbub.chat.text import inert_line
from hubbub.client.errors import Disconnected
from hubbub.tls.certificates import shown
from hubbub.tls.pake import METHOD, BadElement, Proving

if TYPE_CHECKING:
    from hubbub.client.address import Address


class _Proof(msgspec.Struct, tag="proof"):
    element: str = ""
    confirmation: str = ""


async def prove(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    password: str,
    fingerprint: str,
    address: Address,
) -> None:
    """Show the server that we know the password, and have it show the same; nobody learns it.

    Raises Refused if either does not, and Disconnected if the connection ends before.
    """
    proving = await asyncio.to_thread(Proving, password.encode(), fingerprint, is_server=False)
    element = await _asked(reader, writer, {"method": METHOD, "element": proving.element})
    try:
        await asyncio.to_thread(proving.meet, _bytes(element.element))
        said = await _asked(reader, writer, {"confirmation": proving.confirmation})
        is_confirmed = proving.is_confirmed(_bytes(said.confirmation))
    except BadElement:
        is_confirmed = False
    except Refused as refusal:
        if refusal.code == "wrong_password":
            raise Refused(_in_between(address, fingerprint), code="wrong_password") from None
        raise
    if not is_confirmed:
        raise Refused(_in_between(address, fingerprint), code="wrong_password")


def _in_between(address: Address, fingerprint: str) -> str:
    return (
        f"Either this is not the password of the chatroom at {address}, or what answers there is "
        "not the chatroom but something in between. Nothing was told to it. The certificate that "
        f"it shows has the SHA-256 {shown(fingerprint)}."
    )


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: dict[str, str | bytes]
) -> _Proof:
    texts = {
        key: b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in said.items()
    }
    writer.write(msgspec.json.encode({"type": "prove", **texts}) + b"\n")
    try:
        line = await reader.readline()
    except (OSError, ValueError) as error:
        raise Disconnected("the connection was lost while the password was proven") from error
    if not line:
        raise Disconnected("the server ended the connection while the password was proven")
    try:
        answer = msgspec.json.decode(line, type=_Proof | Error)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise Refused(
            "What answers there speaks TLS, and cannot prove that it knows the password. Nothing "
            "was told to it.",
            code="not_proven",
        ) from None
    if isinstance(answer, Error):
        raise Refused(inert_line(answer.message), code=answer.code, retry_after=answer.retry_after)
    return answer


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadElement from None
