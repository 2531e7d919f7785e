"""A page of HTML with all that was said, which needs nothing else to be read: no script, no server.

All that people wrote is escaped. What cannot be written in the encoding of the output stands there
as a number, which browsers show as the same character.
"""

import sys
from datetime import UTC, datetime
from html import escape

from hubbub.chat.events import Message, Missing
from hubbub.chat.files import FileSummary, size_words
from hubbub.chat.text import inert
from hubbub.cli.export_forms import ExportedRoom, Form
from hubbub.cli.transcript import lost, shown_name

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { margin: 3rem 0 0; }
h3 { margin: 1.5rem 0 .5rem; font-size: .9rem; font-weight: normal; opacity: .75; }
p { margin: .25rem 0; display: grid; grid-template-columns: 3.5rem 1fr; gap: .75rem; }
p:target { outline: 2px solid; outline-offset: 2px; }
time, small, .gone { opacity: .75; }
p > span { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
a { color: inherit; }
"""


class HtmlPage(Form):
    """Writes it, in lines."""

    def __init__(self) -> None:
        self._encoding = sys.stdout.encoding or "utf-8"
        self._server = ""
        self._room = ExportedRoom("", "")
        self._day = ""

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
            f"<title>{self._text(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{self._text(title)}</h1>",
            f"<small>As it was on {made:%d %B %Y at %H:%M %Z}.</small>",
            *(["<ul>", *links, "</ul>"] if len(rooms) > 1 else []),
        ]

    def enter(self, room: ExportedRoom) -> list[str]:
        """Return a heading."""
        self._room, self._day = room, ""
        return [f'<h2 id="{_anchor(room.name)}">{self._text(room.title)}</h2>']

    def tell(self, event: Message | Missing) -> list[str]:
        """Return a paragraph, below a heading where a day begins."""
        if isinstance(event, Missing):
            said = self._text(lost(event.room, event.after, event.upto))
            return [f'<p class="gone"><time></time><span>{said}</span></p>']
        at = datetime.fromtimestamp(event.at / 1000, UTC).astimezone()
        day, self._day = self._day, f"{at:%A, %d %B %Y}"
        place = f"{_anchor(self._room.name)}-{event.seq}"
        line = (
            f'<p id="{place}"><time datetime="{at.isoformat(timespec="seconds")}">{at:%H:%M}</time>'
            f'<span dir="auto">{self._said(event)}</span></p>'
        )
        return [line] if day == self._day else [f"<h3>{self._day}</h3>", line]

    def end(self) -> list[str]:
        """Return what closes the page."""
        return ["</body></html>"]

    def _said(self, message: Message) -> str:
        name = f"<b>{self._text(shown_name(message.sender))}</b>"
        if message.deleted:
            return f'{name} <i class="gone">deleted this message</i>'
        answered = ""
        if message.reply_to is not None:
            place = f"{_anchor(self._room.name)}-{message.reply_to}"
            answered = f'<small><a href="#{place}">answers {message.reply_to}</a></small> '
        marks = ["edited"] if message.edited is not None else []
        marks += [f"{emoji} {', '.join(by)}" for emoji, by in message.reactions.items()]
        after = f" <small>{self._text(' · '.join(marks))}</small>" if marks else ""
        text = "<br>".join([self._text(message.text), *map(self._file, message.files)])
        return (
            f"{answered}{name} <i>{text}</i>{after}"
            if message.me
            else (f"{answered}{name}  {text}{after}")
        )

    def _file(self, file: FileSummary) -> str:
        """Return a link to a file, which is on the server: the page has what people wrote."""
        place = escape(f"http://{self._server}{file.path}")
        size = size_words(file.size)
        return f'<a href="{place}">{self._text(file.name)}</a> <small>{size}</small>'

    def _text(self, text: str) -> str:
        """Return what people wrote, so that it means nothing but itself."""
        plain = inert(text).replace("\t", "    ")
        shown = escape(plain).replace("\n", "<br>")
        return shown.encode(self._encoding, "xmlcharrefreplace").decode(self._encoding)


def _anchor(room: str) -> str:
    """Return a name for a place in the page, of characters that need no escaping."""
    return f"room-{room.encode().hex()}"
