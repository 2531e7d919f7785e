"""Where a chatroom is by what servers tell: what is believed, kept, and tried (protocol, 3.8)."""

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Backoff
from hubbub.client.address import Address, parse_address
from hubbub.client.admission import Admission
from hubbub.client.dialling import Protection, dial
from hubbub.client.nodes import Nodes, at_home, chatroom, led, understood
from hubbub.client.outputs import Dial, Learn, Over, Write
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.client.trust import Trust
from hubbub.wire.codec import encode
from hubbub.wire.frames import Frame

from .passing import ticks
from .servers import room, welcome

TOLD = ["n1:1234", "n2:1234", "n3:1234"]


@pytest.fixture(autouse=True)
def _remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is remembered with the test."""
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: tmp_path)


def tried(address: Address) -> list[str]:
    """Return where a client goes, in order."""
    return [f"{'hubbubs://' if one.secure else ''}{one.host}" for one in (address, *address.others)]


class Ann:
    """Somebody at a chatroom, and where she went."""

    def __init__(self, address: str = "n1", password: str = "") -> None:
        self.now = 0.0
        self.dialled: list[str] = []
        self.learned: list[Learn] = []
        self.over = self.ref = ""
        self.session = Session(
            Admission(parse_address(address), "ann", password),
            JoinedRooms("lobby"),
            backoff=Backoff(1.0, jitter=lambda: 1.0),
        )
        self.session.start()
        self._look()

    def _look(self) -> None:
        while self.session.outputs:
            match self.session.outputs.pop(0):
                case Dial():
                    self.dialled.append(self.session.address.host)
                case Write(raw=raw) if b'"ref"' in raw:
                    self.ref = json.loads(raw[10:])["ref"]
                case Learn() as learned:
                    self.learned.append(learned)
                case Over(error=error):
                    self.over = str(error)
                case _:
                    pass

    def lose(self) -> None:
        self.session.lost("connection refused", self.now)
        self._pass()

    def refuse(self) -> None:
        self.session.distrust(Refused("Nobody vouches for it.", code="x"), self.now)
        self._pass()

    def _pass(self) -> None:
        self._look()
        for moment in ticks(self.session, self.now, self.now + 60):
            self.now = moment
            self._look()
            if self.session.state is State.DIALLING:
                return

    def greet(
        self, told: list[str], *, protection: Protection = Protection.NONE, locked: bool = False
    ) -> None:
        self.session.connected(self.now, protection)
        greeting = welcome("ann")
        greeting.addresses, greeting.locked = ([], True) if locked else (told, False)
        self.hear(greeting)
        if locked:
            greeting.addresses, greeting.locked, greeting.ref = told, False, self.ref
            self.hear(greeting)

    def enter(self, told: list[str] | None = None) -> None:
        self.greet(TOLD if told is None else told)
        if self.session.state is State.RESUMING:
            self.hear(e.Ok(ref=self.ref))
        self.hear(room(ref=self.ref))

    def hear(self, event: e.Event) -> None:
        self.session.receive(Frame(encode(event).decode(), event=True), self.now)
        self._look()


def test_a_client_goes_on_at_the_nodes_of_which_its_server_tells_after_those_that_were_given() -> (
    None
):
    ann = Ann("n3,n1")
    ann.enter(["n3:1234", "n9:1234", "n1:1234", "n2:1234"])
    for _ in range(4):
        ann.lose()
    assert ann.dialled == ["n3", "n1", "n9", "n2", "n3"]


def test_what_is_told_later_takes_the_place_of_what_was_told_before() -> None:
    ann = Ann()
    ann.enter()
    ann.hear(e.Addresses(addresses=["n1:1234", "n4:1234"]))
    assert tried(ann.session.address) == ["n1", "n4"]
    ann.lose()
    ann.enter(["n4:1234", "n5:1234"])
    assert tried(ann.session.address) == ["n4", "n1", "n5"], "the one given is never forgotten"
    ann.hear(e.Addresses(addresses=[]))
    assert tried(ann.session.address) == ["n4", "n1"]


def test_a_server_that_did_not_take_the_password_leads_nowhere() -> None:
    """Whoever stands in for a server could else lead to a place where the password is given."""
    ann = Ann(password="rotu-mika")
    ann.greet(TOLD)
    assert tried(ann.session.address) == ["n1"]
    assert [one.told for one in ann.learned] == [[]]
    proven = Ann(password="rotu-mika")
    proven.greet(TOLD, protection=Protection.PROVEN)
    assert tried(proven.session.address) == ["n1", "hubbubs://n2", "hubbubs://n3"]
    given = Ann("http://n1:1234", password="rotu-mika")
    given.greet(TOLD, locked=True)
    assert tried(given.session.address) == ["n1", "n2", "n3"]
    assert given.learned[-1].locked


def test_from_tls_it_leads_to_tls_alone_and_to_the_certificate_that_was_named() -> None:
    digits = "0" * 64
    at = parse_address(f"hubbubs://n1#fp={digits}")
    found = led(at, understood(TOLD, over_tls=True))
    assert tried(found) == ["hubbubs://n1", "hubbubs://n2", "hubbubs://n3"]
    assert {one.fingerprint for one in found.others} == {digits}
    by_the_address = led(parse_address("hubbubs://n1"), understood(TOLD, over_tls=False))
    assert tried(by_the_address) == ["hubbubs://n1", "hubbubs://n2", "hubbubs://n3"]
    plain = led(parse_address("n1"), understood(["n2", "hubbubs://n3:443"], over_tls=False))
    assert tried(plain) == ["n1", "n2", "hubbubs://n3"]


def test_nobody_elsewhere_leads_to_the_user_s_own_machine() -> None:
    told = ["127.0.0.1:5", "localhost:5", "[::1]:5", "n2:1234"]
    assert tried(led(parse_address("n1"), told)) == ["n1", "n2"]
    assert len(led(parse_address("127.0.0.1"), told).others) == len(told)


def test_what_is_no_address_is_passed_over_and_more_than_enough_are_not_kept() -> None:
    assert understood(["", "a b", "x/../y", "n2:1234", "n2:1234"], over_tls=False) == [
        "127.0.0.1:1234",
        "n2:1234",
    ]
    assert len(understood((f"n{one}" for one in range(1000)), over_tls=False)) == 16


def test_a_node_that_cannot_be_trusted_or_refuses_is_left_out_and_no_reason_to_end() -> None:
    Nodes(parse_address("n1")).learn(parse_address("n1"), TOLD, locked=False)
    at = Nodes(parse_address("n1")).known()
    assert tried(at) == ["n1", "n2", "n3"]
    ann = Ann()
    ann.enter()
    ann.lose()
    ann.refuse()
    ann.session.connected(ann.now)
    ann.hear(e.Error(code="not_admitted", message="Nobody is let in."))
    ann.lose()
    assert ann.dialled == ["n1", "n2", "n3", "n1"]
    assert tried(ann.session.address) == ["n1"]
    assert ann.over == ""


def test_at_a_node_that_was_told_of_nothing_is_said_in_the_classic_way() -> None:
    ann = Ann()
    ann.session = Session(
        Admission(led(parse_address("n1"), TOLD), "ann"), JoinedRooms("lobby"), backoff=Backoff()
    )
    ann.session.start()
    ann.lose()
    assert ann.session.address.learned
    ann.session.connected(ann.now)
    ann.now += 10
    ann.session.tick(ann.now)
    assert ann.session.state is State.GREETING, "it waits for a welcome"


# What is kept.


def test_what_was_told_is_there_at_the_next_start_until_something_else_is_told() -> None:
    first = parse_address("n1")
    Nodes(first).learn(first, TOLD, locked=False)
    assert tried(Nodes(first).known()) == ["n1", "n2", "n3"]
    assert tried(Nodes(parse_address("n2")).known()) == ["n2"], "it is n1's word"
    Nodes(first).learn(first, [], locked=False)
    assert tried(Nodes(first).known()) == ["n1"]
    Nodes(first, keeps=False).learn(first, TOLD, locked=False)
    assert tried(Nodes(first).known()) == ["n1"], "nothing is to be remembered"


def test_who_has_a_password_by_now_does_not_take_it_where_another_server_led() -> None:
    first = parse_address("n1")
    Nodes(first).learn(first, TOLD, locked=False)
    assert tried(Nodes(first).known("rotu")) == ["n1"]
    Nodes(first).learn(first, TOLD, locked=True)
    assert tried(Nodes(first).known("rotu")) == ["n1", "n2", "n3"]


def first_of(address: Address) -> tuple[str, list[str], tuple[str, ...]]:
    """Return where a client begins, where it goes on, and what it leaves out."""
    return str(address), [str(one) for one in address.others], address.left_out


def test_a_password_goes_to_no_first_address_of_which_home_told_before_it_took_it() -> None:
    home = parse_address("bank")
    Nodes(home).learn(home, ["bank:1234", "n2:1234"], locked=False)
    for listed in ("n2,bank", "n2"):
        at = at_home(listed, "bank:1234")
        for known in (Nodes(at).known("rotu"), Nodes(replace(at, password="rotu")).known()):
            assert first_of(known) == ("bank:1234", [], ("n2:1234",))
        assert str(Nodes(at).known(as_somebody=True)) == "n2:1234", "which is seen on the way too"
        assert str(Nodes(at).known()) == "n2:1234"
    Nodes(home).learn(home, ["bank:1234", "n2:1234"], locked=True)
    for listed in ("n2,bank", "n2"):
        known = Nodes(at_home(listed, "bank:1234")).known("rotu")
        assert first_of(known) == ("n2:1234", ["bank:1234"], ())


def test_what_shows_who_we_are_goes_to_no_first_address_of_which_home_has_not_told() -> None:
    home = parse_address("bank")
    Nodes(home).learn(home, ["bank:1234", "n2:1234"], locked=True)
    at = at_home("evil,n2,bank", "bank:1234")
    assert first_of(Nodes(at).known(as_somebody=True)) == (
        *("bank:1234", ["n2:1234"]),
        ("evil:1234",),
    )
    assert str(Nodes(at).known()) == "evil:1234", "whoever comes in passing has nothing to show"


def visited(address: str, at: str, told: list[str]) -> None:
    """Have been at one of the chatroom's servers, which told this."""
    Nodes(parse_address(address)).learn(parse_address(at), told, locked=False)


def kept_as(address: str, *known: str) -> str:
    return chatroom(parse_address(address), known.__contains__)


def test_the_same_addresses_in_another_order_are_the_same_chatroom() -> None:
    visited("n1", "n1", ["n1:1234", "n2:1234"])
    assert kept_as("n2,n1", "n1:1234") == "n1:1234", "its own server said so"
    assert kept_as("n2,n3,n1", "n1:1234") == "n1:1234"
    assert kept_as("n1,n2", "n1:1234") == "n1:1234"
    assert kept_as("n3,n1", "n1:1234") == "n3:1234", "nobody but the list says so"


def test_a_node_alone_is_the_same_chatroom_once_both_have_said_so() -> None:
    visited("n1", "n1", TOLD)
    assert kept_as("n2", "n1:1234") == "n2:1234", "n2 has not said it"
    visited("n1", "n2", TOLD)
    assert kept_as("n2", "n1:1234") == "n1:1234"
    assert kept_as("n3", "n1:1234") == "n3:1234"


def test_no_server_gets_the_secrets_of_another_chatroom_by_naming_it() -> None:
    known = ("bank:1234",)
    visited("evil", "evil", ["evil:1234", "bank:1234"])
    assert kept_as("evil", *known) == "evil:1234"
    assert kept_as("evil,bank", *known) == "evil:1234", "as a link could have it"
    assert kept_as("bank", *known) == "bank:1234"
    assert kept_as("bank,evil", *known) == "bank:1234"
    tried = Nodes(parse_address("bank,evil")).known(as_somebody=True)
    assert first_of(tried) == ("bank:1234", [], ("evil:1234",))


def test_what_a_server_tells_that_is_only_assumed_to_be_the_chatroom_s_is_not_kept_for_it() -> None:
    ann = Ann("bank,evil")
    ann.lose()
    ann.enter(["evil:1234", "evil2:1234"])
    assert ann.learned == []
    ann.lose()
    assert ann.dialled == ["bank", "evil", "bank"], "it is as good as any place now"
    ann.enter(["bank:1234"])
    assert ann.learned == []


def test_a_secret_of_a_session_goes_to_no_address_that_is_only_assumed() -> None:
    ann = Ann("bank,evil")
    ann.enter(["bank:1234", "n2:1234"])
    ann.lose()
    assert ann.session.address.host == "evil"
    ann.greet([])
    assert ann.session.state is State.ONLINE, "it is nobody's that it knows"
    ann.lose()
    ann.greet([])
    assert ann.session.address.host == "bank"
    assert ann.session.state is State.ONLINE, "nor is that of the second one for the first"


def test_an_address_of_a_list_is_the_chatroom_s_as_soon_as_its_servers_tell_of_it() -> None:
    ann = Ann("n1,n2")
    ann.enter(["n1:1234", "n2:1234"])
    ann.lose()
    assert ann.session.address.host == "n2"
    ann.greet(["n1:1234"])
    assert ann.session.state is State.RESUMING


def test_no_server_knows_by_which_secret_the_user_comes_to_another_chatroom() -> None:
    """A device that one of them has seen would make its owner the user at the other."""
    known = ("evil:1234",)
    visited("evil", "evil", ["evil:1234", "bank:1234"])
    assert kept_as("bank", *known) == "bank:1234"
    visited("evil", "bank", ["bank:1234"])
    assert kept_as("bank", *known) == "bank:1234", "it does not say so itself"


def test_of_a_chatroom_with_one_address_nothing_is_kept(tmp_path: Path) -> None:
    visited("n1", "n1", [])
    assert not (tmp_path / "nodes.json").exists()


class ByTls(Exception):
    """TLS was tried."""


def dialled(address: Address, trust: Trust) -> str:
    """Return how a server is called."""

    async def plainly(*_: object) -> tuple[None, None]:
        return None, None

    async def by_tls(*_: object) -> None:
        raise ByTls

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asyncio.open_connection", plainly)
        patch.setattr("hubbub.client.dialling._protected", by_tls)
        try:
            asyncio.run(dial(address, "", trust))
        except ByTls:
            return "TLS"
    return "plaintext"


def test_what_is_told_does_not_bind_what_was_given() -> None:
    trust = Trust(keeps=False)
    trust.remember(parse_address("elsewhere"), "")
    assert dialled(parse_address("n1,elsewhere"), trust) == "TLS", "the user says that it is one"
    told = led(parse_address("n1"), ["elsewhere:1234"])
    assert dialled(told, trust) == "plaintext"
    assert dialled(told.next, trust) == "TLS", "it is known to speak that"
    trust.remember(parse_address("n1"), "")
    assert dialled(led(parse_address("n1"), ["n2:1234"]).next, trust) == "TLS"


def test_a_damaged_file_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "nodes.json").write_text('{"n1:1234": {"nodes": ["a b", "http://[", "n2:1"]}}')
    assert tried(Nodes(parse_address("n1")).known()) == ["n1", "n2"]
    (tmp_path / "nodes.json").write_text("{")
    assert tried(Nodes(parse_address("n1")).known()) == ["n1"]
