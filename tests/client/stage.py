"""Plays a scenario of tests/golden/scenarios with the client's session: no socket, no clock."""

import json
from typing import Any

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.outbox import Post
from hubbub.client.outputs import Answer, Output, Over, Posted, Tell, Write
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.wire.frames import Frame, FrameDecoder
from tests.client.passing import ticks

DEVICE = "device-of-ann-and-of-nobody-else"
INVITATION = "invitation-of-ann-0001"

UNLISTED = {"ping", "history", "typing"}
"""What the two clients ask by themselves at other times than each other."""

PHASES = {
    "name_taken": "refused",
    "name_not_allowed": "refused",
    "banned": "refused",
    "logged_out": "refused",
    "not_admitted": "refused",
    "wrong_invitation": "refused",
    "wrong_password": "locked",
    "password_needed": "locked",
    "resumed": "elsewhere",
}
"""How the session ended, as the page calls it."""


class Stage:
    """The server, the user and the clock of one scenario.

    Like the terminal client it asks for a page of each room that it enters and holds nothing of.
    """

    def __init__(
        self, password: str = "", *, device: bool = False, invitation: bool = False
    ) -> None:
        self._now = 1000.0
        self._bound: dict[str, str] = {"$device": DEVICE, "$invitation": INVITATION}
        self._log: list[dict[str, Any]] = []
        self._unseen: list[dict[str, Any]] = []
        self._pings = 0
        self._posts: dict[str, Post] = {}
        self._answers: dict[str, e.AnyEvent | HubbubError] = {}
        self._pages: set[str] = set()
        self._replaced: list[str] = []
        self._failure = ""
        self._over: HubbubError | None = None
        self.session = Session(
            Admission(
                Address(),
                "ann",
                password=password,
                device=DEVICE if device else "",
                invitation=INVITATION if invitation else "",
            ),
            JoinedRooms("lobby"),
            backoff=Backoff(0.5, 15, jitter=lambda: 1.0),
            patient=True,
        )
        self.session.start()
        self._carry_out()

    # The client's side.

    def _carry_out(self) -> None:
        while self.session.outputs:
            self._do(self.session.outputs.pop(0))

    def _do(self, output: Output) -> None:
        match output:
            case Write(raw=raw):
                for frame in FrameDecoder(1_000_000).receive(raw):
                    self._sent(frame)
            case Tell(received=received) if isinstance(received.event, e.Room):
                self._entered(received.event)
            case Answer(outcome=HubbubError() as refusal):
                self._failure = refusal.code
            case Answer(ref=ref, outcome=e.Page() as page) if ref in self._pages:
                assert page.room is not None
                self.session.rooms.replicas[page.room].add_page(page)
            case Posted(nonce=nonce, outcome=outcome) if not isinstance(outcome, HubbubError):
                del self._posts[nonce]
            case Over(error=error):
                self._over = error
            case _:
                pass

    def _sent(self, frame: Frame) -> None:
        assert frame.event, "nothing is said in the classic way"
        is_name = self.session.state is State.GREETING
        command = {"type": "hello", "name": frame.text} if is_name else json.loads(frame.text)
        if command["type"] == "ping":
            self._pings += 1
            self._bound["$ping"] = command["ref"]
        if command["type"] == "history":
            self._answer_page(command)
        if command["type"] not in UNLISTED:
            self._unseen.append(command)

    def _entered(self, room: e.Room) -> None:
        if room.replaced:
            self._replaced.append(room.room)
        if self.session.state is State.ONLINE and not self.session.rooms.replicas[room.room].held:
            history = c.History(room=room.room, limit=100)
            self._pages.add(self.session.ask(history, self._now))

    def _answer_page(self, command: dict[str, Any]) -> None:
        messages = [one for one in self._log if one["room"] == command["room"]]
        last = self._log[-1]["seq"] if self._log else 0
        page = {"type": "page", "room": command["room"], "messages": messages, "more": False}
        self._receive({**page, "last": last, "ref": command["ref"]})

    # The script's side.

    def step(self, step: dict[str, Any]) -> None:
        """Play one step."""
        kind, value = next(iter(step.items()))
        getattr(self, f"play_{kind}")(value)
        self._carry_out()
        if kind == "says":
            self._pings = 0

    def play_connects(self, _: bool) -> None:
        assert self.session.state is State.DIALLING
        self.session.connected(self._now)

    def play_loses(self, _: bool) -> None:
        self.session.lost("connection closed by the server", self._now)

    def play_sends(self, expected: list[dict[str, Any]]) -> None:
        sent, self._unseen = in_order(self._unseen), []
        expected = in_order(expected)
        for command, one in zip(expected, sent, strict=False):
            if "ref" in command:
                self._bound[command["ref"]] = one.get("ref", "")
            if "nonce" in command:
                self._bound.setdefault(command["nonce"], one.get("nonce", ""))
        assert [self._given(command) for command in expected] == [
            {"ref": "", **one} for one in sent
        ]

    def play_says(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            given = self._given(event)
            if given["type"] == "message":
                self._log.append(given)
            self._receive(given)

    def _receive(self, event: dict[str, Any]) -> None:
        fields = {key: value for key, value in event.items() if (key, value) != ("ref", "")}
        self.session.receive(Frame(json.dumps(fields), event=True), self._now)
        self._carry_out()

    def play_user(self, user: dict[str, Any]) -> None:
        match user:
            case {"say": text, "room": room}:
                nonce = f"nonce {len(self._posts)} {self._now}"
                post = self._posts[nonce] = Post(
                    nonce, room, text, user.get("reply_to"), files=tuple(user.get("files", ()))
                )
                self.session.say(post, self._now)
            case {"join": room}:
                self.session.ask(c.Join(room=room, epoch=""), self._now)
            case {"direct": name}:
                self.session.ask(c.Direct(name=name), self._now)
            case {"edit": seq, "room": room, "text": text}:
                self.session.ask(c.Edit(room=room, seq=seq, text=text), self._now)
            case {"react": seq, "room": room, "emoji": emoji, "on": on}:
                self.session.ask(c.React(room=room, seq=seq, emoji=emoji, on=on), self._now)
            case {"pin": seq, "room": room, "on": on}:
                self.session.ask(c.Pin(room=room, seq=seq, on=on), self._now)
            case {"replies": seq, "room": room}:
                self.session.ask(c.Replies(room=room, seq=seq, limit=100), self._now)
            case {"ask": "rooms"}:
                self.session.ask(c.Rooms(), self._now)
            case {"ask": "status"}:
                self.session.ask(c.Status(), self._now)
            case {"ask": "mentions"}:
                self.session.ask(c.Mentions(), self._now)
            case _:
                raise AssertionError(user)

    def play_passes(self, seconds: float) -> None:
        end = self._now + seconds
        for moment in ticks(self.session, self._now, end):
            self._now = moment
            self._carry_out()
        self._now = end

    def play_pings(self, expected: bool) -> None:
        assert (self._pings > 0) is expected
        self._pings = 0

    def play_log(self, log: list[dict[str, Any]]) -> None:
        self._log = [self._given(event) for event in log]

    def play_fails(self, code: str) -> None:
        assert self._failure == code

    def play_replaced(self, rooms: list[str]) -> None:
        assert self._replaced == rooms

    def play_shows(self, shown: dict[str, Any]) -> None:
        if "phase" in shown:
            assert self._phase() == shown["phase"]
        for room, texts in shown.get("rooms", {}).items():
            assert self._shown(room) == texts

    def _phase(self) -> str:
        if self._over is not None:
            return PHASES[self._over.code]
        state = self.session.state
        return state.value if state in (State.ONLINE, State.WAITING) else "connecting"

    def _shown(self, room: str) -> list[str]:
        """Return the room's messages, then what is on its way, marked with `…` or `!`."""
        waiting = {post.nonce for post in self.session.outbox.posts}
        posts = [post for post in self._posts.values() if post.room == room]
        said = [message.text for message in self.session.rooms.replicas[room].messages]
        return said + [post.text + ("…" if post.nonce in waiting else "!") for post in posts]

    def _given(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what a scenario names as it is on the wire."""
        return {
            key: self._bound.get(value, value) if isinstance(value, str) else value
            for key, value in fields.items()
        }


def in_order(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort joins by room: in which order rooms are returned to is all the same."""
    joins = iter(
        sorted((one for one in commands if one["type"] == "join"), key=lambda one: one["room"])
    )
    return [next(joins) if one["type"] == "join" else one for one in commands]
