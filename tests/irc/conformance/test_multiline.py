"""Texts of several lines, as https://ircv3.net/specs/extensions/multiline has them."""

import pytest

from hubbub.testing import LocalServer
from hubbub.wire.irc.line import Line
from tests.irc.conformance.members import CAPS, batch
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

WHOLE = f"{CAPS} draft/multiline"
CONCAT = "draft/multiline-concat"


def three(server: LocalServer) -> tuple[IrcClient, IrcClient, IrcClient]:
    """Return a speaker, and two who hear: one knows of such texts, the other does not."""
    ann = IrcClient.named(server.address, "ann", caps=WHOLE, rooms="#den")
    ben = IrcClient.named(server.address, "ben", caps=WHOLE, rooms="#den")
    cat = IrcClient.named(server.address, "cat", caps=CAPS, rooms="#den")
    for client in (ann, ben, cat):
        client.drain()
    return ann, ben, cat


def without_tags(lines: list[Line]) -> list[tuple[str, ...]]:
    return [line.params for line in lines]


def test_a_text_comes_whole_or_line_by_line(hubbub_server: LocalServer) -> None:
    """ "Servers MUST deliver the component messages without using a multiline BATCH" to others."""
    ann, ben, cat = three(hubbub_server)
    ann.ask(
        "@label=x;+note=1 BATCH +12 draft/multiline #den",
        "@batch=12 PRIVMSG #den hello",
        "@batch=12 PRIVMSG #den :",
        "@batch=12 PRIVMSG #den :how is ",
        f"@batch=12;{CONCAT} PRIVMSG #den :everyone?",
        "BATCH -12",
    )
    echo, relay = batch(ann, "draft/multiline"), batch(ben, "draft/multiline")
    assert echo[0].tags["label"] == "x"
    for first, *lines in (echo, relay):
        assert first.params[2] == "#den"
        assert first.tags["+note"] == "1"
        assert without_tags(lines) == [
            *(("#den", "hello"), ("#den", ""), ("#den", "how is "), ("#den", "everyone?")),
        ]
        assert [CONCAT in line.tags for line in lines] == [False, False, False, True]
        assert not any("msgid" in line.tags or "time" in line.tags for line in lines)
    ids = {first.tags["msgid"] for first, *_ in (echo, relay)}
    times = {first.tags["time"] for first, *_ in (echo, relay)}
    parts = cat.drain()
    assert without_tags(parts) == [("#den", "hello"), ("#den", "how is "), ("#den", "everyone?")]
    assert [line.tags.get("msgid") for line in parts] == [*ids, None, None]
    assert {line.tags["time"] for line in parts} == times
    assert {line.tags["+note"] for line in parts} == {"1"}


def test_the_page_gets_and_gives_such_texts(hubbub_server: LocalServer) -> None:
    ann, *_ = three(hubbub_server)
    with EventPeer(hubbub_server, "page", room="den") as page:
        ann.ask(
            *("BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #den one"),
            *("@batch=1 PRIVMSG #den :\x02two\x02", "BATCH -1"),
        )
        assert page.next("message")["text"] == "one\n**two**"
        page.tell(type="say", room="den", text="three\n\n" + "long " * 120)
        while (heard := batch(ann, "draft/multiline"))[1].params[1] != "three":
            pass
        assert heard[2].params == ("#den", "")
        assert "".join(line.params[1] for line in heard[3:]) == "long " * 120
        assert [CONCAT in line.tags for line in heard[3:]] == [False, True]


def test_history_has_them_within_its_batch(hubbub_server: LocalServer) -> None:
    ann, *_ = three(hubbub_server)
    ann.ask(
        *("BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #den one"),
        *("@batch=1 PRIVMSG #den two", "BATCH -1"),
    )
    told = batch(ann, "draft/multiline")
    ann.ask("CHATHISTORY LATEST #den * 5")
    outer, inner, *lines, _ = batch(ann, "chathistory")
    assert inner.tags["batch"] == outer.params[0][1:]
    assert inner.tags["msgid"] == told[0].tags["msgid"]
    assert {line.tags["batch"] for line in lines} == {inner.params[0][1:]}


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (["@batch=2 PRIVMSG #den hi"], ("MULTILINE_INVALID",)),
        (["PRIVMSG #den hi"], ("MULTILINE_INVALID",)),
        (
            ["@batch=1 PRIVMSG #den hi", f"@batch=1;{CONCAT} PRIVMSG #den :"],
            ("MULTILINE_INVALID",),
        ),
        (["@batch=1 PRIVMSG #den :", "BATCH -1"], ("MULTILINE_INVALID",)),
        (["@batch=1 PRIVMSG #lobby hi"], ("MULTILINE_INVALID_TARGET", "#den", "#lobby")),
        (["@batch=1 PRIVMSG #den hi"] * 41, ("MULTILINE_MAX_LINES", "40")),
        ([f"@batch=1 PRIVMSG #den {'x' * 450}"] * 37, ("MULTILINE_MAX_BYTES", "16384")),
    ],
)
def test_what_is_no_such_text_fails(
    hubbub_server: LocalServer, lines: list[str], refusal: tuple[str, ...]
) -> None:
    """ "FAIL BATCH MULTILINE_MAX_BYTES <limit>" and the like; nothing of it is said."""
    ann, ben, _ = three(hubbub_server)
    ann.ask("BATCH +1 draft/multiline #den", *lines, "BATCH -1")
    fail = ann.said("FAIL")
    assert fail.params[:-1] == ("BATCH", *refusal)
    assert not ann.drain()
    assert not ben.drain()
