"""A page of HTML with all that was said, which needs nothing else to be read: no script, no server.

All that people wrote is escaped. What cannot be written in the encoding of the output stands there
as a number, which browsers show as the same character. Files are in a folder beside the page, if
they were fetched, or else on the server.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote
from zlib import crc32

from hubbub.chat.events import Message, Missing
from hubbub.chat.files import FileSummary, size_words
from hubbub.chat.text import inert
from hubbub.cli.export_forms import ExportedRoom, Form
from hubbub.cli.html_style import STYLE
from hubbub.cli.html_text import html_of
from hubbub.cli.transcript import lost, shown_name

QUOTED_CHARS = 80
"""Of a message that was answered."""

ANSWERED_MAX = 1000
"""So many messages are remembered, for those that answer them."""

_SHOWN = {"image": "img", "video": "video", "audio": "audio"}


class HtmlPage(Form):
    """Writes it, in lines. `fetched`: by the ids of files, where they lie beside the page."""

    def __init__(self, fetched: Mapping[str, str] | None = None) -> None:
        self._encoding = sys.stdout.encoding or "utf-8"
        self._fetched = {} if fetched is None else fetched
        self._server = ""
        self._room = ExportedRoom("", "")
        self._day = self._sender = ""
        self._said: dict[int, str] = {}

    def begin(self, address: str, rooms: list[ExportedRoom]) -> list[str]:
        """Return the head, and links to the rooms if there are several."""
        self._server = address
        title = rooms[0].title if len(rooms) == 1 else f"The chatroom at {address}"
        made = datetime.now(UTC).astimezone()
        links = [
            f'<li><a href="#{_anchor(room.name)}">{self._text(room.title)}</a></li>'
            for room in rooms
        ]
        return [
            "<!doctype html>",
            f'<html><head><meta charset="{escape(self._encoding)}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{self._text(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{self._text(title)}</h1>",
            f"<small>As it was on {made:%d %B %Y at %H:%M %Z}.</small>",
            *(["<nav><ul>", *links, "</ul></nav>"] if len(rooms) > 1 else []),
        ]

    def enter(self, room: ExportedRoom) -> list[str]:
        """Return a heading."""
        self._room, self._day, self._sender = room, "", ""
        self._said.clear()
        return [f'<h2 id="{_anchor(room.name)}">{self._text(room.title)}</h2>']

    def tell(self, event: Message | Missing) -> list[str]:
        """Return what it says, below a heading where a day begins."""
        if isinstance(event, Missing):
            self._sender = ""
            said = self._text(lost(event.room, event.after, event.upto))
            return [f'<div class="m gone"><time></time><span>{said}</span></div>']
        at = datetime.fromtimestamp(event.at / 1000, UTC).astimezone()
        day, self._day = self._day, f"{at:%A, %d %B %Y}"
        if day != self._day:
            self._sender = ""
        place = self._place(event.seq)
        line = (
            f'<div class="m" id="{place}"><time datetime="{at.isoformat(timespec="seconds")}">'
            f'<a href="#{place}">{at:%H:%M}</a></time>'
            f'<span dir="auto">{self._shown(event)}</span></div>'
        )
        self._remember(event)
        return [line] if day == self._day else [f"<h3>{self._day}</h3>", line]

    def end(self) -> list[str]:
        """Return what closes the page."""
        return ["</body></html>"]

    def _place(self, seq: int) -> str:
        return f"{_anchor(self._room.name)}-{seq}"

    def _remember(self, message: Message) -> None:
        text = " ".join(inert(message.text[: 4 * QUOTED_CHARS]).split())
        cut = f"{text[:QUOTED_CHARS]}…" if len(text) > QUOTED_CHARS else text
        self._said[message.seq] = f"{shown_name(message.sender)}: {cut}"
        if len(self._said) > ANSWERED_MAX:
            del self._said[next(iter(self._said))]

    def _shown(self, message: Message) -> str:
        name = self._name(message)
        if message.deleted:
            return f'{name}<i class="gone">deleted this message</i>'
        text = self._encoded(html_of(message.text))
        parts = [name, f"<i>{text}</i>" if message.me else text, *map(self._file, message.files)]
        if message.reply_to is not None:
            parts.insert(1, self._answered(message.reply_to))
        if message.edited is not None:
            parts.append(" <small>edited</small>")
        marks = [f"{emoji} {', '.join(by)}" for emoji, by in message.reactions.items()]
        if marks:
            parts.append(f'<small class="reactions">{self._text(" · ".join(marks))}</small>')
        return "".join(parts)

    def _name(self, message: Message) -> str:
        """Return who says it, once for what they say in a row; in a colour of their own."""
        name = shown_name(message.sender)
        if message.imported:  # its sender is nobody who is called so here
            name = f"[{message.imported}] {name}"
        if message.me:
            self._sender = ""
            return f"<b>{self._text(name)}</b> "
        before, self._sender = self._sender, name
        if before == name:
            return ""
        hue = crc32((message.person or name).encode()) % 360
        return f'<b class="name" style="--hue: {hue}">{self._text(name)}</b>'

    def _answered(self, seq: int) -> str:
        said = self._said.get(seq, f"message {seq}")
        return f'<small><a href="#{self._place(seq)}">↩ {self._text(said)}</a></small><br>'

    def _file(self, file: FileSummary) -> str:
        """Return a file: shown, if it is beside the page and can be, or a link to it."""
        beside = self._fetched.get(file.id)
        place = f"http://{self._server}{file.path}" if beside is None else quote(beside)
        place, name, size = escape(place), self._text(file.name), size_words(file.size)
        link = f'<span class="file"><a href="{place}">{name}</a> <small>{size}</small></span>'
        match _SHOWN.get(file.type.partition("/")[0]) if beside is not None else None:
            case "img" if file.preview:
                size = f'width="{file.width}" height="{file.height}"'
                return (
                    f'<a href="{place}"><img src="{place}" alt="{name}" {size} loading="lazy"></a>'
                )
            case "video" | "audio" as tag:
                return f'<{tag} src="{place}" controls preload="none"></{tag}>{link}'
        return link

    def _text(self, text: str) -> str:
        """Return what people wrote, so that it means nothing but itself."""
        plain = inert(text).replace("\t", "    ")
        return self._encoded(escape(plain).replace("\n", "<br>"))

    def _encoded(self, html: str) -> str:
        return html.encode(self._encoding, "xmlcharrefreplace").decode(self._encoding)


def _anchor(room: str) -> str:
    """Return a name for a place in the page, of characters that need no escaping."""
    return f"room-{room.encode().hex()}"
