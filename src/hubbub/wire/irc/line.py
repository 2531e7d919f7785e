"""One IRC message, as modern.ircdocs.horse and the specification of message tags write it."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from hubbub.chat.heard import Reply

BODY_BYTES_MAX: Final = 512
"""Of a message without its tags, with the line end."""

LINE_END_BYTES: Final = 2

TAG_BYTES_MAX: Final = 4096
"""Of what a client sends as tags, with `@` and the space behind them."""

PARAMS_MAX: Final = 15

TAGS_MAX: Final = 64
"""Of what a client sends; more are passed over. Clients send three or four."""

NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})

_PARTING: Final = re.compile(r"[ \r\n\0]")
"""What parts one parameter from the next, or becomes a space."""

_ESCAPES: Final = {";": r"\:", " ": r"\s", "\\": r"\\", "\r": r"\r", "\n": r"\n", "\0": ""}
_MEANINGS: Final = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}
_ESCAPING: Final = str.maketrans(_ESCAPES)


class Line(NamedTuple):
    """A message. `source` is who it comes from, empty if it does not say so."""

    command: str
    params: tuple[str, ...] = ()
    source: str = ""
    tags: Mapping[str, str] = NO_TAGS

    def encode(self) -> bytes:
        """Return its bytes.

        Only the last parameter may be empty, hold spaces, or begin with `:`. Where a client gave
        such a thing as a name, and hears of it, `*` stands in its place. What is too long is cut:
        what must be whole is divided before.
        """
        *middle, last = self.params or ("",)
        words = [self.command, *(one if _may_be_inside(one) else "*" for one in middle)]
        if self.params:
            words.append(f":{last}")
        if self.source:
            words.insert(0, f":{self.source}")
        body = _inert(" ".join(words)).encode()
        if len(body) > BODY_BYTES_MAX - LINE_END_BYTES:
            body = body[: BODY_BYTES_MAX - LINE_END_BYTES].decode(errors="ignore").encode()
        if self.tags:
            return f"{encode_tags(self.tags)} ".encode() + body + b"\r\n"
        return body + b"\r\n"


def _inert(text: str) -> str:
    """Return a text without what ends a line."""
    return text.replace("\r", " ").replace("\n", " ").replace("\0", " ")


def _may_be_inside(param: str) -> bool:
    return bool(param) and _PARTING.search(param) is None and param[0] != ":"


def encode_tags(tags: Mapping[str, str]) -> str:
    """Return tags with the `@` before them, without the space behind."""
    written = [
        f"{key}={value.translate(_ESCAPING)}" if value else key for key, value in tags.items()
    ]
    return "@" + ";".join(written)


def reply(*lines: Line) -> Reply:
    """Return what sends these lines."""
    return Reply(b"".join(line.encode() for line in lines))


class TooLong(NamedTuple):
    """A line that is longer than may be; it was passed over."""


class NotText(NamedTuple):
    """A line that is not UTF-8; `line` is what can be read of it."""

    line: Line


class Blank(NamedTuple):
    """A line with nothing in it: it means nothing, but to read it takes time."""


AnyLine = Line | TooLong | NotText | Blank


def parse(text: str) -> Line | None:
    """Return the message that a line without its end is; None if it is empty."""
    tags: Mapping[str, str] = NO_TAGS
    if text.startswith("@"):
        raw, _, text = text[1:].partition(" ")
        tags = tags_in(raw)
        text = text.lstrip(" ")
    source = ""
    if text.startswith(":"):
        source, _, text = text[1:].partition(" ")
        text = text.lstrip(" ")
    head, has_last, last = _trailing(text)
    words = head.split(" ", PARAMS_MAX * 4)
    words = [word for word in words if word]
    if not words:
        return None
    command, *params = words
    if has_last:
        params.append(last)
    return Line(command.upper(), tuple(params), source, tags)


def _trailing(text: str) -> tuple[str, bool, str]:
    head, colon, last = text.partition(" :")
    return head, bool(colon), last


def tags_in(raw: str) -> dict[str, str]:
    """Return the tags that are written in a text, without the `@` before them."""
    tags = {}
    for one in raw.split(";", TAGS_MAX)[:TAGS_MAX]:
        key, _, value = one.partition("=")
        if key:
            tags[key] = _unescaped(value)
    return tags


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    chars, pieces = iter(value), []
    for char in chars:
        escaped = next(chars, "") if char == "\\" else None
        pieces.append(char if escaped is None else _MEANINGS.get(escaped, escaped))
    return "".join(pieces)


class LineDecoder:
    """Cuts a stream of bytes into messages; a line that is too long is passed over as it comes."""

    __slots__ = ("_is_passing", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._is_passing = False

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a line wait for the rest."""
        return len(self._rest)

    def receive(self, data: bytes) -> Iterator[AnyLine]:
        """Yield the messages that end in `data`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for raw in lines:
            if self._is_passing:
                self._is_passing = False
                yield TooLong()
            else:
                yield _decoded(raw.rstrip(b"\r"))
        if len(self._rest) > TAG_BYTES_MAX + BODY_BYTES_MAX:
            self._rest, self._is_passing = b"", True


def _decoded(raw: bytes) -> AnyLine:
    if not raw:
        return Blank()
    body = raw
    if raw.startswith(b"@"):
        tags, _, body = raw.partition(b" ")
        if len(tags) + 1 > TAG_BYTES_MAX:
            return TooLong()
    if len(body) + LINE_END_BYTES > BODY_BYTES_MAX:
        return TooLong()
    try:
        return parse(raw.decode()) or Blank()
    except UnicodeDecodeError:
        return NotText(parse(raw.decode(errors="replace")) or Line("*"))
