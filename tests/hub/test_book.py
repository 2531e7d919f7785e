"""The book of people: it looks up what is asked for, and keeps some of it for a while."""

from collections.abc import Sequence
from functools import partial

import msgspec
import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Damaged, LogError, Refused
from hubbub.chat.events import NOTHING, Fact
from hubbub.chat.people import ABOUT, IGNORE, READ, Device, Held, Kind, Profile, hash_of
from hubbub.hub.known import values
from hubbub.hub.known.book import Book
from hubbub.log.memory import MemoryLog
from tests.hub.peers import Chatroom, Peer, now
from tests.inputs.steps import Steps

AT = 1_700_000_000_000


class AskedLog(MemoryLog):
    """Counts what is looked up, and fails with `error` if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.error: LogError | None = None

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        self._ask()
        return super().look_up(keys)

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        self._ask()
        return super().led_to(lead, limit)

    def guests(self, limit: int) -> list[Fact]:
        self._ask()
        return super().guests(limit)

    async def facts(self, prefix: str = "") -> list[Fact]:
        """Go through all that stands only where there may be something of it."""
        return [] if prefix.startswith((READ, IGNORE, ABOUT)) else await super().facts(prefix)

    def _ask(self) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error


def fact(key: str, value: msgspec.Struct | bytes | None, expects: int | None = None) -> Fact:
    raw = msgspec.json.encode(value) if isinstance(value, msgspec.Struct) else value
    return Fact(
        seq=0,
        prev=0,
        sender="",
        at=AT,
        key=key,
        value=NOTHING if raw is None else msgspec.Raw(raw),
        expects=expects,
    )


def profile(name: str, *devices: str, kind: Kind = "guest", seen: int = AT) -> Profile:
    """Return that of somebody with devices of these hashes."""
    of_theirs = tuple(Device(f"id of {one}", one, AT) for one in devices)
    return Profile(name, kind, since=AT, seen=seen, devices=of_theirs)


ANN = profile("Ann", "a1", "a2")


def people() -> list[Fact]:
    return [
        fact("person/1", ANN),
        fact("name/ann", Held("1")),
        fact("person/2", profile("Zoë", "z", kind="member")),
        fact("name/zoë", Held("2")),
        fact("person/3", profile("bob", "b")),
        fact("person/0", profile("cat", "c")),
    ]


@pytest.fixture
def log() -> AskedLog:
    """A log in which some people are known."""
    log = AskedLog()
    now(log.append(people()))
    return log


def test_people_are_found_by_name_device_and_looks(log: AskedLog) -> None:
    book = Book(log)
    assert book.owner("ann") == ("1", ANN)
    assert book.owner("bob") is None, "a name that is nobody's"
    assert [book.owner_of_device(one) for one in ("a1", "a2", "z", "x", "")] == [
        "1", "1", "2", "", "",
    ]  # fmt: skip
    assert [one.name for one in book.look_alikes("аnn")] == ["Ann"], "with a Cyrillic letter"
    assert [one.name for one in book.look_alikes("b0b")] == ["bob"]
    assert book.look_alikes("nobody") == []
    assert [id_ for id_, _ in book.guests(9)] == ["1", "3", "0"]
    assert [id_ for id_, _ in book.guests(2)] == ["1", "3"]


def test_a_start_looks_nothing_up(log: AskedLog) -> None:
    Book(log)
    assert log.asked == 0


def test_what_was_asked_for_is_kept_also_that_it_is_nobody(log: AskedLog) -> None:
    book = Book(log)
    for _ in range(3):
        assert book.owner("ann") == ("1", ANN)
        assert book.owner("eve") is None
    assert log.asked == 3, "two names, and one person"


def test_what_is_asked_for_together_is_looked_up_at_once(log: AskedLog) -> None:
    book = Book(log)
    book.profiles.prepare(["1", "2", "nobody", "", "1"])
    assert log.asked == 1
    assert [book.profiles.told(one) for one in ("1", "nobody")] == [ANN, None]
    assert log.asked == 1


def test_what_is_held_is_known_as_soon_as_the_log_can_be_read_again(log: AskedLog) -> None:
    book = Book(log)
    log.error = LogError("it is away")
    book.profiles.hold("1")
    assert book.profiles.told("1") is None
    log.error = None
    book.profiles.prepare(["1", "2"])
    assert book.profiles.told("1") == ANN


def test_only_so_much_is_kept_and_what_is_held_stays(
    log: AskedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "KEPT_MAX", 2)
    book = Book(log)
    book.profiles.hold("1")
    book.profiles.hold("1")
    book.profiles.let_go("1")
    assert log.asked == 1
    for id_ in ("2", "3", "0", "1"):
        assert id_ in book.profiles
    assert log.asked == 4
    for id_ in ("0", "3", "1"):
        assert id_ in book.profiles
    assert log.asked == 4, "those asked for lately"
    assert "2" in book.profiles
    assert log.asked == 5
    book.profiles.let_go("1")
    assert "1" in book.profiles
    assert len(book.profiles._lately) == 2


def test_what_the_log_has_committed_is_not_told_before_it_is_applied(log: AskedLog) -> None:
    book = Book(log)
    changes = [
        fact("person/1", profile("anna", "a2"), expects=1),
        fact("name/ann", None, expects=2),
        fact("person/3", profile("bob", "b", "a1"), expects=5),
    ]
    for one in changes:
        book.begin(one.key)
    now(log.append(changes))
    assert book.owner("ann") == ("1", ANN)
    assert [book.owner_of_device(one) for one in ("a1", "a2", "b")] == ["1", "1", "3"]
    assert book.look_alikes("anna") == []
    assert book.look_alikes("ann") == [ANN]
    book.take(changes)
    for one in changes:
        book.end(one.key)
    assert book.owner("ann") is None
    assert book.profiles["1"].name == "anna"
    assert [book.owner_of_device(one) for one in ("a1", "a2", "b")] == ["3", "1", "3"]
    assert [one.name for one in book.look_alikes("anna")] == ["anna"]
    assert book.look_alikes("ann") == []
    assert (book._led, book._leads, book.profiles._held, book.held._held) == ({}, {}, {}, {})


def test_what_was_refused_never_was(log: AskedLog) -> None:
    book = Book(log)
    book.begin("person/1")
    book.end("person/1")
    assert book.profiles["1"] == ANN
    assert book.owner_of_device("a1") == "1"


def test_a_fact_that_another_was_faster_than_does_not_take(log: AskedLog) -> None:
    book = Book(log)
    first, late = (fact("name/ann", Held(id_), expects=2) for id_ in "32")
    for one in (first, late):
        book.begin(one.key)
    now(log.append([first, late]))
    book.take([first, late])
    assert book.names.get("ann") == "3"
    assert book.seq("name/ann") == first.seq


def test_facts_that_come_twice_or_late_do_no_harm(log: AskedLog) -> None:
    book = Book(log)
    assert book.names.get("ann") == "1"
    others = [fact("name/ann", Held("2")), fact("name/ann", Held("3")), fact("name/cat", None)]
    now(log.append(others))
    assert book.names.get("cat") is None
    for _ in range(2):
        book.take(others)
        assert book.names.get("ann") == "3"
    assert book.seq("name/ann") == others[1].seq


@pytest.mark.parametrize("value", [b"{}", b'"text"', b"[1]"])
def test_what_is_no_profile_is_nobody_but_stands(log: AskedLog, value: bytes) -> None:
    now(log.append([fact("person/9", value), fact("name/9", value)]))
    book = Book(log)
    assert "9" not in book.profiles
    assert book.owner("9") is None
    assert (book.seq("person/9"), book.seq("name/9")) == (7, 8)


@pytest.mark.parametrize("error", [LogError("locked"), Damaged("broken")])
def test_what_cannot_be_read_is_refused_and_may_be_asked_again(
    log: AskedLog, error: LogError
) -> None:
    book = Book(log)
    log.error = error
    for ask in (
        lambda: book.owner("ann"),
        lambda: book.profiles["1"],
        lambda: book.seq("person/1"),
        lambda: "ann" in book.names,
        lambda: book.owner_of_device("a1"),
        lambda: book.look_alikes("ann"),
        lambda: book.guests(1),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == error.code
        assert str(error) not in str(refused.value), "the cause is for the operator"
    assert book.profiles.told("1") is None
    assert not book.profiles.is_gone("1")
    book.profiles.prepare(["1", "2"])
    log.error = None
    assert book.owner("ann") == ("1", ANN)
    assert book.profiles.is_gone("nobody")


# In the hub.


def chatroom_with(count: int) -> tuple[Chatroom, AskedLog]:
    """Return a chatroom in which so many guests are known."""
    log, chatroom = AskedLog(), Chatroom()
    chatroom.log, chatroom.feed = log, log.follow()
    for number in range(count):
        known = profile(f"guest {number}", hash_of(device_of(number)))
        now(log.append([fact(f"person/{number}", known)]))
        now(log.append([fact(f"name/{known.name}", Held(str(number)))]))
    chatroom.clock = AT
    chatroom.restart()
    return chatroom, log


def device_of(number: int) -> str:
    return f"the-device-of-{number}".ljust(22, "-")


def comings(chatroom: Chatroom) -> list[object]:
    """Return what a new guest does, and one who comes back."""
    peers: list[Peer] = []

    def identify(peer: int, number: int) -> None:
        peers[peer].tell(c.Identify(device=device_of(number), ref="i"))
        assert isinstance(peers[peer].events()[-1], e.Welcome)

    return [
        lambda: peers.append(chatroom.enter("ann")),
        partial(identify, 0, 99_999),
        lambda: peers.append(chatroom.enter("bob")),
        partial(identify, 1, 5),
        lambda: peers[0].tell(c.Join(room="lobby")),
        lambda: peers[0].tell(c.Rooms()),
        partial(chatroom.pass_time, 1_000),
    ]


def test_coming_in_looks_up_as_much_and_takes_as_many_steps_whoever_else_is_known() -> None:
    asked, counted = [], []
    for count in (9, 999):
        chatroom, log = chatroom_with(count)
        steps = Steps()
        of_each = []
        for act in comings(chatroom):
            before = log.asked
            counted.append(steps.of(act))  # type: ignore[arg-type]
            of_each.append(log.asked - before)
        asked.append(of_each)
    assert asked[0] == asked[1]
    assert max(asked[0]) <= 5, asked
    assert sum(asked[0]) <= 12, asked
    few, many = counted[: len(counted) // 2], counted[len(counted) // 2 :]
    assert all(one <= other * 1.1 for other, one in zip(few, many, strict=True)), [
        *zip(few, many, strict=True)
    ]


def test_who_is_here_speaks_without_being_looked_up() -> None:
    chatroom, log = chatroom_with(9)
    peer = chatroom.enter("guest 1")
    peer.tell(c.Identify(device=device_of(1)))
    peer.tell(c.Join(room="lobby"))
    peer.tell(c.SetRules(room="lobby", slow_seconds=1))
    chatroom.commit()
    before = log.asked
    for _ in range(3):
        chatroom.pass_time(60_000)
        peer.tell(c.Say(room="lobby", text="hello"))
        chatroom.commit()
    assert log.asked == before + 3, "once in each sweep, for the guest who is away for longest"


def test_a_name_that_cannot_be_looked_up_is_not_taken_for_free() -> None:
    chatroom, log = chatroom_with(9)
    log.error = LogError("locked")
    with pytest.raises(Refused) as refused:
        chatroom.enter("guest 1")
    assert refused.value.code == "log_unavailable"
    log.error = None
    peer = chatroom.enter("guest 1")
    assert peer.session.held


def test_a_device_that_cannot_be_looked_up_is_not_taken_for_a_new_one() -> None:
    chatroom, log = chatroom_with(9)
    peer = chatroom.enter("ann")
    log.error = Damaged("broken")
    peer.tell(c.Identify(device=device_of(1), ref="i"))
    refusal = peer.events()[-1]
    assert isinstance(refusal, e.Error)
    assert (refusal.code, refusal.ref) == ("damaged", "i")
    log.error = None
    peer.tell(c.Identify(device=device_of(1)))
    assert peer.session.person.id == "1"


def test_those_who_are_here_go_on_while_nothing_can_be_looked_up() -> None:
    chatroom, log = chatroom_with(9)
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for number, peer in enumerate((ann, bob)):
        peer.tell(c.Identify(device=device_of(number)))
        peer.tell(c.Join(room="den"))
    chatroom.commit()
    log.error = LogError("locked")
    ann.tell(c.Say(room="den", text="hello", ref="s"))
    chatroom.commit()
    assert "hello" in [one.text for one in bob.events() if isinstance(one, e.Message)]
    ann.tell(c.SetRules(room="den", locked=True))
    chatroom.commit()
    chatroom.hub.depart(bob.session, 1.0)
    chatroom.pass_time(3_600_000)
    chatroom.hub.end()
    chatroom.commit()
    log.error = None
    bob = chatroom.enter("bob")
    bob.tell(c.Identify(device=device_of(1)))
    assert bob.session.person.id == "1"
