"""A message with its answers, above the chat, where one can read and answer."""

from collections.abc import Iterator

from msgspec.structs import replace
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hubbub.chat.errors import HubbubError
from hubbub.desk.log import Pending, Said
from hubbub.desk.thread import Thread
from hubbub.tui.log.body import Body
from hubbub.tui.log.labels import at_of, one_line, speaker
from hubbub.tui.looks import Looks


class AtEnd(VerticalScroll, can_focus=False):
    """Stays at its end, however much comes and however large it becomes, until the user goes up.

    Only a move decides whether it is at its end: what has come may not be laid out yet.
    """

    class Resized(Message):
        """There is another width or height for what it holds."""

    _is_at_end = True

    def go_to_end(self) -> None:
        """Go to the end, and stay there."""
        self._is_at_end = True
        self.scroll_end(animate=False, immediate=True, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """See whether this was a move to the end, or away from it."""
        super().watch_scroll_y(old_value, new_value)
        self._is_at_end = new_value >= self.max_scroll_y

    def watch_virtual_size(self, _old: Size, _new: Size) -> None:
        """Follow what has been laid out."""
        if self._is_at_end:
            self.go_to_end()

    @on(events.Resize)
    def _resized(self) -> None:
        if self._is_at_end:
            self.go_to_end()
        self.post_message(self.Resized())


class ThreadScreen(ModalScreen[None]):
    """Ends when the user goes back; draws anew whenever `follow` is called."""

    DEFAULT_CSS = """
    ThreadScreen { align: right middle; background: $background 60%; }
    ThreadScreen > Vertical {
        width: 60%; max-width: 100; min-width: 30; height: 100%; background: $surface;
        border: round $accent; padding: 0 1;
    }
    ThreadScreen.narrow > Vertical { width: 100%; }
    ThreadScreen AtEnd { height: 1fr; background: $surface; scrollbar-size-vertical: 1; }
    ThreadScreen Input { background: $panel; padding: 0 1; }
    ThreadScreen #refusal { color: $error; display: none; }
    ThreadScreen #refusal.shown { display: block; }
    """
    BINDINGS = [
        Binding("escape,ctrl+c", "dismiss(None)", "Back", show=False),
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("pageup", "scroll(-10)", show=False, priority=True),
        Binding("pagedown", "scroll(10)", show=False, priority=True),
    ]

    def __init__(self, thread: Thread, looks: Looks, own_name: str) -> None:
        super().__init__()
        self._thread = thread
        self._looks = looks
        self._own_name = own_name

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical() as box:
            box.border_title = "Replies"
            with AtEnd():
                yield Static(id="messages")
            yield Static(id="refusal", markup=False)
            yield Input(placeholder="Write an answer; Escape goes back", compact=True)

    @on(events.Mount)
    async def _begin(self) -> None:
        self.query_one(Input).focus()
        self.run_worker(self._load())

    async def _load(self) -> None:
        try:
            await self._thread.load()
        except HubbubError as error:
            self._refuse(str(error))
        self.follow()

    @on(events.Resize)
    def _fit(self) -> None:
        self.set_class(self.app.size.width < 80, "narrow")

    @on(AtEnd.Resized)
    def follow(self) -> None:
        """Draw what there is now; whoever was at the end stays there."""
        if not self.is_mounted:
            return
        width = self.query_one(AtEnd).content_size.width - 1
        shown = Text("\n").join(self._rows(max(width, 10)))
        self.query_one("#messages", Static).update(shown)

    def _rows(self, width: int) -> Iterator[Text]:
        answers, root = self._thread.answers, self._thread.root
        body = Body(width, self._looks, self._own_name, lambda _: None)
        yield from self._item(Said(replace(root, replies=0)), body)
        count = max(root.replies, len(answers))
        counted = f"── {count} {'reply' if count == 1 else 'replies'} "
        yield Text(counted.ljust(width, "─"), self._looks.dim)
        for answer in answers:
            yield from self._item(Said(answer), body)
        for pending in self._thread.pending:
            yield from self._item(pending, body)
        if self._thread.more:
            yield Text("… and more, which stand in the room.", self._looks.dim)

    def _item(self, item: Said | Pending, body: Body) -> Iterator[Text]:
        name = speaker(item, self._own_name)
        at = f" {at_of(item):%d %b %H:%M}"
        yield Text.assemble((one_line(name), self._looks.name(name)), (at, self._looks.dim))
        # What is answered stands above.
        rows = list(body.rows(item))
        replied = item.message.reply_to if isinstance(item, Said) else item.reply_to
        is_answer = replied == self._thread.root.seq
        yield from (row.text for row in (rows[1:] if is_answer else rows))
        yield Text()

    def action_scroll(self, rows: int) -> None:
        """Scroll what is read."""
        self.query_one(AtEnd).scroll_relative(y=rows, animate=False)

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        if not (text := event.value.strip()):
            return
        try:
            self._thread.say(text)
        except HubbubError as error:
            self._refuse(str(error))
            return
        event.input.clear()
        self._refuse("")
        self.follow()
        self.query_one(AtEnd).go_to_end()

    def _refuse(self, sentence: str) -> None:
        refusal = self.query_one("#refusal", Static)
        refusal.update(sentence)
        refusal.set_class(bool(sentence), "shown")
