"""Where a chat server is, as people write it. Pure: nothing is looked up.

A chatroom that several servers serve may be written with all of their addresses, in the place of
one: `n1.example.org:1234,n2.example.org:1234`, or `hubbubs://n1.example.org,n2.example.org/lobby`.
"""

import ipaddress
import re
from urllib.parse import parse_qsl, unquote

import msgspec
from msgspec.structs import replace

from hubbub.chat.errors import HubbubError
from hubbub.chat.text import whole_number

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 1234
PORT_MAX = 65_535

_HTTP_PORT = 80
_HTTPS_PORT = 443
_DEFAULT_PORTS = {
    "hubbub": DEFAULT_PORT,
    "hubbubs": DEFAULT_PORT,
    "http": _HTTP_PORT,
    "https": _HTTPS_PORT,
}
"""Of links: the page's address leads to the chatroom itself, for both have one port."""

_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::(.*))?")
_HOST = re.compile(r"[^\s\x00-\x1f/:@\[\]?#]{1,253}")
_PATH = re.compile(r"([^/?]*)(?:/([0-9]{1,18}))?/?")
_INVITATION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECURE = {"hubbubs", "https"}
_FINGERPRINT = re.compile(r"[0-9a-f]{32,64}")
_FORMS = (
    "Write HOST, HOST:PORT, [IPV6]:PORT or hubbub://HOST:PORT/ROOM, the address of a room or "
    "message in the page, or the link of an invitation; with TLS hubbubs://HOST:PORT. Separate the "
    "servers of one chatroom by commas: HOST:PORT,HOST:PORT."
)


class BadAddress(HubbubError):
    """An address that cannot be understood."""

    code = "bad_address"


class Address(msgspec.Struct, frozen=True):
    """A TCP address, and what a link to it holds beside: a room to enter, what lets one in."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    room: str | None = None
    seq: int | None = None
    """A message in the room."""
    invitation: str = ""
    password: str = ""
    secure: bool = False
    """Whether it asks for TLS, whatever is known of the server."""

    plain: bool = False
    """Whether it says that the way is not protected: a password may go over it all the same."""

    fingerprint: str = ""
    """The SHA-256 of the certificate, or at least the first half of it."""

    learned: bool = False
    """Whether a server told it, and not the user."""

    assumed: bool = False
    """Whether nobody but whoever wrote it says that it is the same chatroom as the first one."""

    home: str = ""
    """Under which address things are kept of the chatroom, if not under this one."""

    left_out: tuple[str, ...] = ()
    """Those that were given with it and are not to be tried."""

    others: tuple["Address", ...] = ()
    """Where else the same chatroom is, in the order in which they are tried."""

    @property
    def next(self) -> "Address":
        """The one to try after this one, which is then the last of the others."""
        if not self.others:
            return self
        head, *tail = self.others
        others = (*tail, replace(self, others=()))
        return replace(head, others=others, left_out=self.left_out)

    @property
    def one_before(self) -> "Address":
        """The last of the others, with the rest of them and without this one."""
        *rest, last = self.others
        return replace(last, others=tuple(rest), left_out=self.left_out)

    @property
    def is_local(self) -> bool:
        """Whether it leads to the user's own machine: elsewhere it means another one."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(written: str) -> Address:
    """Return the address that `written` names; what it leaves out is 127.0.0.1 and 1234.

    It may be the page's address, as in an invitation: `http://HOST:PORT/#invite=SECRET`, or that of
    a room or a message in it, as `http://HOST:PORT/lobby/1042`. If it names several servers, all
    else in it holds for each of them. Raises BadAddress with the cause and the forms that are
    understood.
    """
    place, _, fragment = written.strip().partition("#")
    scheme, is_link, rest = place.rpartition("://")
    scheme = scheme.lower()
    if is_link and scheme not in _DEFAULT_PORTS:
        raise BadAddress(f"The address {written!r} is not that of a chatroom. {_FORMS}")
    place, _, path = rest.partition("/")
    room, seq = _place(path, written, is_link=bool(is_link))
    told = dict(parse_qsl(fragment, keep_blank_values=True))
    (host, port), *others = _servers(place, written, _DEFAULT_PORTS.get(scheme, DEFAULT_PORT))
    first = Address(
        host,
        port,
        room,
        seq,
        _invitation(told.get("invite"), written),
        told.get("password", ""),
        scheme in _SECURE,
        scheme == "http",
        _fingerprint(told.get("fp"), written),
    )
    assumed = tuple(replace(first, host=at, port=to, assumed=True) for at, to in others)
    return replace(first, others=assumed)


def _place(path: str, written: str, *, is_link: bool) -> tuple[str | None, int | None]:
    """Return the room and the message that a path names: `ROOM` or `ROOM/SEQ`."""
    found = _PATH.fullmatch(path)
    if found is None or (found[1] and not is_link):
        raise BadAddress(f"The address {written!r} leads to no room. {_FORMS}")
    return unquote(found[1]) or None, int(found[2]) if found[2] else None


def _invitation(secret: str | None, written: str) -> str:
    if secret is not None and not _INVITATION.fullmatch(secret):
        raise BadAddress(
            f"The invitation in {written!r} is cut off, or mistyped. Copy the whole link. {_FORMS}"
        )
    return secret or ""


def _fingerprint(digits: str | None, written: str) -> str:
    fingerprint = re.sub(r"[\s:+]", "", digits or "").lower()
    if digits is not None and not _FINGERPRINT.fullmatch(fingerprint):
        raise BadAddress(
            f"The fingerprint in {written!r} is cut off, or mistyped: it has 64 digits, and 32 of "
            f"them are needed. {_FORMS}"
        )
    return fingerprint


def _servers(place: str, written: str, default: int) -> list[tuple[str, int]]:
    """Return host and port of each server that is named, the default one if it is none."""
    named = place.split(",")
    if len(named) > 1 and not all(map(str.strip, named)):
        raise BadAddress(f"In {written!r} a server is missing before or after a comma. {_FORMS}")
    split = [_split(one.strip()) for one in named]
    return [(_host(host, written), _port(port, written, default)) for host, port in split]


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


def _port(port: str | None, written: str, default: int) -> int:
    if port is None:
        return default
    number = whole_number(port, PORT_MAX)
    if not number:
        raise BadAddress(
            f"The port in the address {written!r} must be a number from 1 to {PORT_MAX}. {_FORMS}"
        )
    return number
