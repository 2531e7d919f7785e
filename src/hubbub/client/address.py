"""Where a chat server is, as people write it. Pure: nothing is looked up."""

import ipaddress
import re
from urllib.parse import unquote

import msgspec

from hubbub.chat.errors import HubbubError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 1234

_SCHEME = "hubbub://"
_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::(.*))?")
_HOST = re.compile(r"[^\s\x00-\x1f/:@\[\]?#]{1,253}")
_FORMS = "Write HOST, HOST:PORT, [IPV6]:PORT or hubbub://HOST:PORT/ROOM."


class BadAddress(HubbubError):
    """An address that cannot be understood."""

    code = "bad_address"


class Address(msgspec.Struct, frozen=True):
    """A TCP address, and the room to enter there if the address names one."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    room: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(written: str) -> Address:
    """Return the address that `written` names; what it leaves out is 127.0.0.1 and 1234.

    Raises BadAddress with the cause and the forms that are understood.
    """
    place, room = written.strip(), None
    if place.lower().startswith(_SCHEME):
        place, _, path = place[len(_SCHEME) :].partition("/")
        room = unquote(path.rstrip("/")) or None
    elif "://" in place:
        raise BadAddress(f"The address {written!r} is not that of a chatroom. {_FORMS}")
    host, port = _split(place)
    return Address(_host(host, written), _port(port, written), room)


def _split(place: str) -> tuple[str, str | None]:
    if bracketed := _BRACKETED.fullmatch(place):
        return bracketed[1] or "[]", bracketed[2]
    if _is_v6(place):
        return place, None
    host, colon, port = place.rpartition(":")
    return (host, port) if colon else (place, None)


def _host(host: str, written: str) -> str:
    if host and not (_HOST.fullmatch(host) or _is_v6(host)):
        raise BadAddress(f"The address {written!r} holds no host name or IP address. {_FORMS}")
    return host or DEFAULT_HOST


def _is_v6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _port(port: str | None, written: str) -> int:
    if port is None:
        return DEFAULT_PORT
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise BadAddress(
            f"The port in the address {written!r} must be a number from 1 to 65535. {_FORMS}"
        )
    return int(port)
