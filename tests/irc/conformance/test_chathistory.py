"""CHATHISTORY, as https://ircv3.net/specs/extensions/chathistory has it."""

from collections.abc import Callable

import pytest

from hubbub.testing import LocalServer
from tests.irc.conformance.members import CAPS, Heard, batch, member, register, said, speak
from tests.irc.irc_client import IrcClient

BY: list[Callable[[Heard], str]] = [
    lambda one: f"msgid={one[0]}",
    lambda one: f"timestamp={one[1]}",
]
PLAYBACK = f"{CAPS} draft/event-playback"


def ten(kind: str = "PRIVMSG") -> list[str]:
    return [f"{kind} TARGET :text {number}" for number in range(10)]


def ask(client: IrcClient, target: str, question: str) -> list[Heard]:
    client.ask(f"CHATHISTORY {question}")
    first, *lines = batch(client, "chathistory")
    assert first.params[2] == target
    assert {line.tags["batch"] for line in lines} <= {first.params[0][1:]}
    return said(lines)


def check(client: IrcClient, target: str, all_: list[Heard], by: Callable[[Heard], str]) -> None:
    """Ask for parts of what was said in all ways."""
    names = [by(one) for one in all_]
    questions = {
        "LATEST {0} * 50": all_,
        "LATEST {0} * 5": all_[-5:],
        "LATEST {0} * 1": all_[-1:],
        f"LATEST {{0}} {names[4]} 50": all_[5:],
        f"BEFORE {{0}} {names[6]} 50": all_[:6],
        f"BEFORE {{0}} {names[6]} 2": all_[4:6],
        f"AFTER {{0}} {names[3]} 50": all_[4:],
        f"AFTER {{0}} {names[3]} 3": all_[4:7],
        f"AROUND {{0}} {names[7]} 1": all_[7:8],
        f"AROUND {{0}} {names[7]} 3": all_[6:9],
        f"BETWEEN {{0}} {names[0]} {names[-1]} 50": all_[1:-1],
        f"BETWEEN {{0}} {names[-1]} {names[0]} 50": all_[1:-1],
        f"BETWEEN {{0}} {names[0]} {names[-1]} 3": all_[1:4],
        f"BETWEEN {{0}} {names[-1]} {names[0]} 3": all_[-4:-1],
    }
    for question, answer in questions.items():
        assert ask(client, target, question.format(target)) == answer, question


@pytest.mark.parametrize("by", BY, ids=["by id", "by time"])
def test_parts_of_what_was_said_are_given_in_all_ways(
    hubbub_server: LocalServer, by: Callable[[Heard], str]
) -> None:
    """ "The returned messages MUST start from and exclude the first message selector, while
    finishing on and excluding the second"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS, rooms="#den")
    check(ann, "#den", speak(ann, "#den", *ten()), by)


@pytest.mark.parametrize("by", BY, ids=["by id", "by time"])
def test_talks_of_two_have_their_history(
    hubbub_server: LocalServer, by: Callable[[Heard], str]
) -> None:
    """ "The `target` parameter specifies a single buffer (channel or nickname)"."""
    for name in ("ann", "ben", "cat"):
        register(hubbub_server, name)
    ann, ben = member(hubbub_server, "ann"), member(hubbub_server, "ben")
    heard: list[Heard] = []
    for number in range(5):
        heard += speak(ann, "ben", f"PRIVMSG TARGET :a {number}")
        heard += speak(ben, "ann", f"PRIVMSG TARGET :b {number}")
    member(hubbub_server, "cat").ask("PRIVMSG ann :something else")
    check(ann, "ben", heard, by)
    check(ben, "ANN", heard, by)
    ann.close()
    again = member(hubbub_server, "ann")
    assert ask(again, "Ben", "LATEST Ben * 50") == heard, "also of a talk that is not open now"


def test_events_are_played_back_to_those_who_want_them(hubbub_server: LocalServer) -> None:
    """ "If the client has not negotiated the `event-playback` capability, the server MUST NOT send
    any lines other than `PRIVMSG` and `NOTICE`"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=PLAYBACK, rooms="#den")
    ben = IrcClient.named(hubbub_server.address, "ben", caps=CAPS, rooms="#den")
    lines = [f"{kind} TARGET :{number}" for number in range(5) for kind in ("TOPIC", "PRIVMSG")]
    heard = speak(ann, "#den", *lines)
    for by in BY:
        check(ann, "#den", heard, by)
    assert ask(ben, "#den", "LATEST #den * 50") == heard[1::2]
    ann.ask("@+note=1;+draft/react=x TAGMSG #den")
    signal = ann.said("TAGMSG")
    ann.ask("CHATHISTORY LATEST #den * 1")
    assert batch(ann, "chathistory")[1].tags["msgid"] == signal.tags["msgid"]
    ben.ask("CHATHISTORY LATEST #den * 50")
    assert {line.command for line in batch(ben, "chathistory")} == {"BATCH", "PRIVMSG"}


def test_the_end_of_what_was_said_is_told(hubbub_server: LocalServer) -> None:
    """The tag `draft/chathistory-end` says that there is nothing more in that direction."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS, rooms="#den")
    heard = speak(ann, "#den", *ten())
    for question, is_end in {
        "LATEST #den * 50": True,
        "LATEST #den * 5": False,
        f"BEFORE #den msgid={heard[3][0]} 2": False,
        f"BEFORE #den msgid={heard[3][0]} 3": True,
        f"AFTER #den msgid={heard[3][0]} 50": True,
        f"BETWEEN #den msgid={heard[0][0]} msgid={heard[9][0]} 50": True,
        f"BETWEEN #den msgid={heard[0][0]} msgid={heard[9][0]} 3": False,
    }.items():
        ann.ask(f"CHATHISTORY {question}")
        assert ("draft/chathistory-end" in batch(ann, "chathistory")[0].tags) is is_end, question


def test_targets_are_told_by_when_something_was_said_there(hubbub_server: LocalServer) -> None:
    register(hubbub_server, "ann")
    ann = member(hubbub_server, "ann", rooms="#den,#lobby")
    cat = IrcClient.named(hubbub_server.address, "cat", caps=CAPS)
    (first,) = speak(ann, "#den", "PRIVMSG TARGET :first")
    (second,) = speak(cat, "ann", "PRIVMSG TARGET :second")
    whole = "timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z"
    for times, targets in {
        whole: [("#den", first[1]), ("cat", second[1])],
        f"timestamp={first[1]} {whole.split()[1]}": [("cat", second[1])],
    }.items():
        ann.ask(f"CHATHISTORY TARGETS {times} 10")
        lines = batch(ann, "draft/chathistory-targets")[1:]
        assert [line.params for line in lines] == [("TARGETS", *one) for one in targets]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("LATEST #nowhere * 10", "INVALID_TARGET"),
        ("LATEST #others * 10", "INVALID_TARGET"),
        ("LATEST nobody * 10", "INVALID_TARGET"),
        ("LATEST #den * 0", "INVALID_PARAMS"),
        ("LATEST #den * x", "INVALID_PARAMS"),
        ("LATEST #den", "INVALID_PARAMS"),
        ("BEFORE #den * 10", "INVALID_PARAMS"),
        ("BEFORE #den timestamp=yesterday 10", "INVALID_PARAMS"),
        ("BEFORE #den msgid=lobby/3 10", "INVALID_PARAMS"),
        ("BETWEEN #den msgid=den/3 10", "INVALID_PARAMS"),
        ("TARGETS x y 10", "INVALID_PARAMS"),
        ("SIDEWAYS #den * 10", "INVALID_PARAMS"),
    ],
)
def test_what_cannot_be_answered_fails(
    hubbub_server: LocalServer, question: str, code: str
) -> None:
    """ "Errors are returned using the standard replies syntax"."""
    IrcClient.named(hubbub_server.address, "ben", rooms="#others")
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS, rooms="#den")
    ann.ask(f"CHATHISTORY {question}")
    assert ann.said("FAIL").params[:3] == ("CHATHISTORY", code, question.split(maxsplit=1)[0])
