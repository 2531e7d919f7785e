"""What an item says, in rows, with what belongs to it: quotes, remarks, reactions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from hubbub.chat.events import Message
from hubbub.chat.files import FileSummary, size_words
from hubbub.chat.names import same_name
from hubbub.desk.log import Item, Note, Pending, Said
from hubbub.markup.visible import visible
from hubbub.tui.log.labels import cut, does, one_line, speaker
from hubbub.tui.log.wrap import hung, wrapped
from hubbub.tui.looks import Looks
from hubbub.tui.markup import paragraphs
from hubbub.tui.pictures.store import Pictures

_NAMES_MAX = 3
_ROWS_MAX = 400
_CHARS_MAX = 20_000
"""A message beyond these is shown in part: one message must not fill the room."""

VERB = "verb"
"""In the meta of a style: what a click there does with the message."""

FindMessage = Callable[[int], Message | None]


class Row(NamedTuple):
    """`said`: the characters of it that the item says, `lead` cells from its left; None: none.

    `begins`: whether they begin a new line of what is said, and do not go on with the row above.
    """

    text: Text
    said: str | None = None
    lead: int = 0
    begins: bool = True


class Body(NamedTuple):
    """Draws what is said in `width` columns. `words` stand out as the user's name does."""

    width: int
    looks: Looks
    own_name: str
    find: FindMessage
    words: tuple[str, ...] = ()
    pictures: Pictures | None = None
    """Where pictures are drawn, if any are."""
    listed: frozenset[str] = frozenset()
    """Names of the user's own rooms, as `hubbub.markup.rooms` needs them."""

    def rows(self, item: Item) -> Iterator[Row]:
        """Yield the rows of an item."""
        match item:
            case Note():
                style = self.looks.error if item.is_error else self.looks.dim
                yield from self._prose(Text(visible(item.text), style))
            case Pending():
                yield from self._pending(item)
            case Said(message):
                yield from self._said(message)

    def _pending(self, item: Pending) -> Iterator[Row]:
        if item.reply_to is not None:
            yield self._quote(item.reply_to)
        rows = self._text(item.text, Text(" …", self.looks.dim), self._doer(item))
        if item.failure is None:
            for row in rows:
                text = row.text if row.text.spans else Text(row.text.plain, self.looks.dim)
                yield row._replace(text=text)
        else:
            yield from rows
            sentence = f"✗ Not sent: {visible(item.failure)} /retry tries again, /drop gives up."
            yield from self._remark(Text(sentence, self.looks.error))

    def _said(self, message: Message) -> Iterator[Row]:
        if message.reply_to is not None:
            yield self._quote(message.reply_to)
        if message.deleted:
            yield Row(Text("(deleted)", self.looks.dim))
            return
        does = self.looks.dim + Style(meta={VERB: "revisions"})
        after = Text.assemble((" (edited)", does)) if message.edited else Text()
        thread = self._thread(message)
        if thread and message.text and not message.files and not message.reactions:
            # In a row of its own it would stand between this message and what goes on from it.
            after, thread = after + Text("  ") + thread, Text()
        if message.text or not message.files:
            yield from self._text(message.text, after, self._doer(Said(message)))
        for file in message.files:
            yield from self._remark(self._file(file))
            yield from self._picture(file)
        if message.reactions:
            yield from self._remark(self._reactions(message.reactions) + thread)
        elif thread:
            yield from self._remark(thread)

    # A message's text.

    def _doer(self, item: Said | Pending) -> Text:
        """Return what stands before a text that says what somebody does: who it is."""
        if not does(item):
            return Text()
        name = speaker(item, self.own_name)
        return Text.assemble((f"{name} ", self.looks.name(name)))

    def _text(self, text: str, after: Text, before: Text) -> list[Row]:
        """Return the rows of a message's text, with remarks before its beginning and behind it."""
        rows: list[Row] = []
        parts = paragraphs(text[:_CHARS_MAX], self.looks, self.own_name, self.words, self.listed)
        if before and parts and not parts[0].is_code:
            parts[0] = parts[0]._replace(text=before + parts[0].text, hangs={})
        elif before:
            rows.append(Row(before))
        for number, part in enumerate(parts, start=1):
            if part.is_code:
                rows += self._code(part.text)
            else:
                ending = after if number == len(parts) else None
                rows += self._prose(part.text, ending, part.hangs)
        if after and (not parts or parts[-1].is_code):
            rows.append(Row(after))
        if len(rows) > _ROWS_MAX or len(text) > _CHARS_MAX:
            del rows[_ROWS_MAX:]
            rest = "… (the rest is not shown; copy the message to read it)"
            rows += self._remark(Text(rest, self.looks.dim))
        return rows

    def _prose(
        self, text: Text, after: Text | None = None, hangs: Mapping[int, int] | None = None
    ) -> Iterator[Row]:
        left = len(text.plain)  # what was said and is still to come; the remark follows
        whole = text + after if after else text
        for number, (row, begins, indent) in enumerate(hung(whole, self.width, hangs or {})):
            left -= begins and number > 0  # the line's end
            said = row.plain[:left] if begins or left > 0 else None
            shown = Text.assemble(" " * indent, row) if indent else row
            yield Row(shown, said, lead=indent, begins=begins)
            left = max(left - len(row.plain), 0)

    def _code(self, text: Text) -> Iterator[Row]:
        for row, begins in wrapped(text, max(self.width - 2, 1)):
            padding = " " * (self.width - 1 - cell_len(row.plain))
            style = self.looks.code
            shown = Text.assemble((" ", style), row, (padding, style))
            yield Row(shown, row.plain, lead=1, begins=begins)

    # What belongs to it.

    def _remark(self, text: Text) -> Iterator[Row]:
        return (Row(row) for row, _ in wrapped(text, self.width))

    def _quote(self, seq: int) -> Row:
        """Return the row that shows which message is answered."""
        message = self.find(seq)
        if message is None:
            return Row(Text(cut("↳ an older message", self.width), self.looks.quote))
        said = "(deleted)" if message.deleted else one_line(said_in(message)[:_CHARS_MAX])
        line = cut(f"↳ {one_line(message.sender)}: {said}", self.width)
        return Row(Text(line, self.looks.quote))

    def _file(self, file: FileSummary) -> Text:
        extent = f"{file.width}×{file.height}, " if file.width else ""
        about = f"  {extent}{size_words(file.size)}"
        does = Style(meta={VERB: "view" if file.preview else "download"})
        name = (one_line(file.name), self.looks.accent + does)
        return Text.assemble(("▤ ", self.looks.dim), name, (about, self.looks.dim))

    def _picture(self, file: FileSummary) -> Iterator[Row]:
        """Yield the rows of a picture; until they are here, as many empty ones."""
        extent = self.pictures.extent(file, self.width) if self.pictures is not None else None
        if self.pictures is None or extent is None:
            return
        rows = self.pictures.rows(file, self.width)
        for row in [Text()] * extent.rows if rows is None else rows:
            shown = row.copy()
            shown.stylize(Style(meta={VERB: "view"}))
            yield Row(shown)

    def _thread(self, message: Message) -> Text:
        """Return what says how many answers a message has, and whether it is pinned."""
        count = message.replies
        shown = Text()
        if count:
            counted = f"↩ {count} {'reply' if count == 1 else 'replies'}"
            shown.append(counted, self.looks.accent + Style(meta={VERB: "replies"}))
        if message.pinned:
            shown.append("   ⚲ pinned" if count else "⚲ pinned", self.looks.accent)
        return shown

    def _reactions(self, reactions: Mapping[str, Sequence[str]]) -> Text:
        shown = Text()
        for emoji, names in reactions.items():
            some = ", ".join(map(one_line, names[:_NAMES_MAX]))
            more = f" +{len(names) - _NAMES_MAX}" if len(names) > _NAMES_MAX else ""
            own = any(same_name(name, self.own_name) for name in names)
            style = self.looks.accent if own else self.looks.dim
            shown.append(f"{one_line(emoji)} {some}{more}   ", style)
        return shown


def said_in(message: Message) -> str:
    """Return the text of a message, or the names of the files that it brings without one."""
    return message.text or ", ".join(file.name for file in message.files)
