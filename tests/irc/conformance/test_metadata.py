"""METADATA (ircv3.net/specs/extensions/metadata)."""

from pathlib import Path

import pytest

from hubbub.chat.limits import Limits
from hubbub.hub.people import metadata as kept
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from hubbub.wire.irc.commands import metadata
from tests.irc.conformance.members import PASSWORD, batch, member, register
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

CAPS = "draft/metadata-2 batch"
NEWER = "draft/metadata-3 batch"


def got(client: IrcClient, line: str) -> list[tuple[str, ...]]:
    """Return the answer to a question: numbers with what stands behind the nick."""
    client.ask(line)
    return [(one.command, *one.params[1:4]) for one in batch(client, "metadata")[1:]]


@pytest.mark.parametrize("target", ["*", "foo"])
def test_one_says_something_about_oneself(server: LocalServer, target: str) -> None:
    """«responds with one RPL_KEYVALUE event, representing the new value (or lack of one)»"""
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    assert got(foo, f"METADATA {target} GET display-name avatar") == [
        ("766", "foo", "display-name", "Nothing is said there."),
        ("766", "foo", "avatar", "Nothing is said there."),
    ]
    assert got(foo, f"METADATA {target} LIST") == []
    foo.ask(f"METADATA {target} SET display-name :Foo The First 💜")
    assert foo.said("761").params[1:] == ("foo", "display-name", "*", "Foo The First 💜")
    assert got(foo, "METADATA * LIST") == [("761", "foo", "display-name", "*")]
    foo.ask(f"METADATA {target} SET display-name", f"METADATA {target} SET display-name")
    assert foo.said("766").params[1:3] == ("foo", "display-name")
    assert foo.said("766").params[1:3] == ("foo", "display-name")
    foo.ask("METADATA * SET url :https://x.example")
    assert [one[:3] for one in got(foo, "METADATA * CLEAR")] == [("766", "foo", "url")]
    assert got(foo, "METADATA * LIST") == []


def test_those_who_want_to_hear_of_a_key_do_and_nobody_else(server: LocalServer) -> None:
    """«all users sharing a channel with that user … will receive a METADATA message»"""
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x,#y")
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    far = IrcClient.named(server.address, "far", caps=CAPS)
    for one in (bar, far):
        one.ask("METADATA * SUB avatar display-name", "METADATA * SUBS")
        assert one.said("770").params[1:] == ("avatar", "display-name")
        assert sorted(one.said("772").params[1:]) == ["avatar", "display-name"]
    foo.ask("METADATA * SET display-name :Foo The First")
    foo.until("761")
    bar.ask("JOIN #x,#y")
    told = ("foo", "display-name", "*", "Foo The First")
    assert bar.said("METADATA").params == told
    bar.ask("METADATA foo SYNC")
    assert [one.params for one in batch(bar, "metadata")[1:]] == [told]
    bar.drain()
    foo.ask("METADATA * SET display-name :Second", "METADATA * SET url :x", "METADATA * SET url")
    foo.ask("METADATA * SET display-name")
    assert bar.said("METADATA").params == ("foo", "display-name", "*", "Second")
    assert bar.said("METADATA").params == ("foo", "display-name", "*")
    bar.ask("METADATA * UNSUB display-name")
    assert bar.said("771").params[1:] == ("display-name",)
    foo.ask("METADATA * SET display-name :Third")
    foo.until("761", "foo", "foo", "display-name")
    for one in (bar, far):
        assert "METADATA" not in [line.command for line in one.drain()]


def test_whoever_looks_after_a_room_says_something_about_it(server: LocalServer) -> None:
    """«Clients can set/delete metadata on themselves, and on channels they administer»"""
    register(server, "foo")
    foo = member(server, "foo", CAPS, rooms="#den")
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    bar.ask("METADATA * SUB display-name", "JOIN #den")
    bar.until("366")
    foo.ask("METADATA #den SET display-name :Hash Channel")
    assert foo.said("761").params[1:] == ("#den", "display-name", "*", "Hash Channel")
    assert bar.said("METADATA").params == ("#den", "display-name", "*", "Hash Channel")
    assert got(bar, "METADATA #den GET display-name") == [("761", "#den", "display-name", "*")]
    bar.ask("METADATA #den SET display-name :Mine", "METADATA foo SET display-name :Mine")
    for target in ("#den", "foo"):
        fail = bar.said("FAIL").params
        assert fail[:4] == ("METADATA", "KEY_NO_PERMISSION", target, "display-name")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("METADATA foobar LIST", "INVALID_TARGET"),
        ("METADATA #nowhere LIST", "INVALID_TARGET"),
        ("METADATA * SET a!b :x", "KEY_INVALID"),
        ("METADATA * SET", "KEY_INVALID"),
        (f"METADATA * SET x :{'abcd' * 119}", "VALUE_INVALID"),
        (f"METADATA * SET x :{'💜' * 119}", "VALUE_INVALID"),
        ("METADATA * SET x :\x07", "VALUE_INVALID"),
        ("METADATA * DANCE", "SUBCOMMAND_INVALID"),
        ("METADATA * SUB a!b", "KEY_INVALID"),
        ("METADATA bar CLEAR", "KEY_NO_PERMISSION"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(server: LocalServer, line: str, code: str) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    foo.ask(line)
    assert [one.params[:2] for one in foo.drain()] == [("METADATA", code)]


def test_there_is_an_end_to_what_is_said_and_asked_for(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    foo.ask(*(f"METADATA * SET key{number} :x" for number in range(metadata.KEYS_MAX + 1)))
    assert foo.said("FAIL").params[1] == "LIMIT_REACHED"
    keys = " ".join(f"k{number}" for number in range(metadata.SUBSCRIPTIONS_MAX + 1))
    foo.ask(f"METADATA * SUB :{keys}", *(f"METADATA * SUB {key}" for key in keys.split()))
    foo.until("FAIL", "METADATA", "KEY_INVALID")
    foo.until("FAIL", "METADATA", "TOO_MANY_SUBS", f"k{metadata.SUBSCRIPTIONS_MAX}")
    assert (kept.KEYS_MAX, kept.VALUE_BYTES_MAX) == (metadata.KEYS_MAX, metadata.VALUE_BYTES_MAX)


def test_of_a_secret_channel_nobody_outside_is_told(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x")
    bar = IrcClient.named(server.address, "bar", caps=CAPS)
    foo.ask("MODE #x +s", "METADATA #x SET url :x", "METADATA * SET url :y", "METADATA #x LIST")
    assert len(batch(foo, "metadata")) == 2
    bar.ask("METADATA * SUB url")
    for word in ("LIST", "SYNC", "GET url"):
        bar.ask(f"METADATA #x {word}")
        assert bar.said("FAIL").params[:3] == ("METADATA", "INVALID_TARGET", "#x")


def test_a_key_is_answered_once_however_often_it_is_asked_for(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    foo.ask("METADATA * GET :" + "a " * 150 + " ".join(map(str, range(40))))
    assert len(batch(foo, "metadata")) == 1 + metadata.KEYS_MAX


def test_of_what_was_said_before_the_welcome_one_is_told_with_it(server: LocalServer) -> None:
    """«before-connect: … MAY set metadata … during connection registration»"""
    for caps, command in ((CAPS, "METADATA"), (NEWER, "761")):
        foo = IrcClient(server.address, "CAP LS 302")
        offered = " ".join(one.params[-1] for one in foo.until("CAP", "*", "LS"))
        assert "metadata-3=before-connect," in offered + foo.said("CAP").params[-1]
        foo.ask(f"CAP REQ :{caps}", "METADATA * SET url :x", "METADATA * SET url :y")
        assert foo.said("761").params == ("*", "*", "url", "*", "x")
        foo.ask("METADATA * SET avatar :a", "METADATA * SET avatar", "METADATA bar LIST")
        assert foo.said("766").params[1:3] == ("*", "avatar")
        assert foo.said("FAIL").params[:3] == ("METADATA", "INVALID_TARGET", "bar")
        assert got(foo, "METADATA * LIST") == [("761", "*", "url", "*")]
        foo.ask("NICK foo", "USER u 0 * :r", "CAP END")
        foo.until("376")
        assert [one.command for one in batch(foo, "metadata")[1:]] == [command]
        assert got(foo, "METADATA foo GET url") == [("761", "foo", "url", "*")]
        foo.ask("QUIT")
        foo.ended()


def test_newer_clients_hear_by_numbers(server: LocalServer) -> None:
    """draft/metadata-3: RPL_KEYVALUE and RPL_KEYNOTSET are news, too"""
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x")
    bar = IrcClient.named(server.address, "bar", caps=NEWER, rooms="#x")
    bar.ask("METADATA * SUB url")
    assert bar.said("770").params == ("bar", "url")
    assert bar.said("774").params == ("bar", "#x"), "it may ask for what stands there"
    foo.ask("METADATA * SET url :x", "METADATA * SET url")
    assert bar.said("761").params == ("bar", "foo", "url", "*", "x")
    assert bar.said("766").params[:3] == ("bar", "foo", "url")
    bar.ask(f"METADATA * SET url :{'x' * 301}")
    assert bar.said("FAIL").params[:3] == ("METADATA", "INVALID_VALUE", "url")


def test_whois_says_what_somebody_says_of_themselves(server: LocalServer) -> None:
    """«RPL_WHOISKEYVALUE (760): "<client> <Target> <Key> <Visibility> :<Value>"»"""
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    foo.ask("METADATA * SET url :https://x.example")
    foo.until("761")
    bar = IrcClient.named(server.address, "bar", caps=NEWER)
    bar.ask("WHOIS foo")
    assert bar.said("760").params == ("bar", "foo", "url", "*", "https://x.example")
    other = IrcClient.named(server.address, "other")
    other.ask("WHOIS foo")
    assert "760" not in [line.command for line in other.until("318")]


def test_nobody_clears_what_is_said_of_a_channel_that_others_look_after(
    server: LocalServer,
) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS, rooms="#x")
    bar = IrcClient.named(server.address, "bar", caps=CAPS, rooms="#x")
    foo.ask("METADATA #x SET url :x", "METADATA #x SET avatar :y")
    foo.until("761", "foo", "#x", "avatar")
    bar.ask("METADATA #x CLEAR")
    assert bar.said("FAIL").params[:4] == ("METADATA", "KEY_NO_PERMISSION", "#x", "*")
    assert len(got(foo, "METADATA #x CLEAR")) == 2
    assert got(foo, "METADATA #x LIST") == []


def test_what_members_say_about_themselves_is_kept_until_they_are_forgotten(
    tmp_path: Path,
) -> None:
    config = Config(
        server=ServerSection(data=str(tmp_path)),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
    with serving(config) as first:
        register(first, "boss")
        register(first, "foo")
        foo = member(first, "foo", CAPS)
        foo.ask("METADATA * SET url :x", "METADATA * SET a/b/ :y", "METADATA * SET gone :z")
        foo.ask("METADATA * SET url :old", "METADATA * SET url :x")
        foo.ask("METADATA * SET gone", "SETNAME :Foo F.")
        foo.until("766")
        foo.ask("QUIT")
        foo.ended()
        foo = member(first, "foo", CAPS)
        assert len(got(foo, "METADATA * LIST")) == 2
    with serving(config) as second:
        bar = IrcClient.named(second.address, "bar", caps=CAPS)
        foo = member(second, "foo", CAPS)
        bar.ask("METADATA foo LIST")
        told = {one.params[2]: one.params[4] for one in batch(bar, "metadata")[1:]}
        assert told == {"url": "x", "a/b/": "y"}
        bar.ask("WHOIS foo")
        assert bar.said("311").params[-1] == "foo", "the real name is that of the client"
        with EventPeer(second, "foo", room=None) as page:
            page.ask(type="login", name="foo", password=PASSWORD)
            told = page.ask(type="forget_me", password=PASSWORD, messages="keep")
            assert told["type"] != "error", told
        foo.ended()
        register(second, "foo")
        foo = member(second, "foo", CAPS)
        assert got(foo, "METADATA * LIST") == []


def test_lists_of_keys_take_as_many_lines_as_they_need(server: LocalServer) -> None:
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    keys = [f"{number:02}{'k' * 62}" for number in range(50)]
    foo.ask(*(f"METADATA * SUB {' '.join(keys[at : at + 7])}" for at in range(0, 50, 7)))
    foo.ask("METADATA * SUBS", f"METADATA * UNSUB {' '.join(keys[:7])}", "METADATA * UNSUB")
    heard = foo.drain()
    for number, named in (("770", keys), ("772", keys), ("771", keys[:7])):
        said = [key for line in heard if line.command == number for key in line.params[1:]]
        assert said == named
