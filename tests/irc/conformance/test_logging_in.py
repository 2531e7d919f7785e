"""Logging in: SASL (ircv3.net/specs/extensions/sasl-3.1, RFC 4616, RFC 5802)."""

from base64 import b64encode
from pathlib import Path

import pytest

from hubbub.chat.limits import GuestLimits, Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.irc.conformance.scram import prove, salt_of
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

PASSWORD = "sesame"


def plain(name: str, password: str, as_whom: str | None = None) -> list[str]:
    """Return the lines that log somebody in."""
    as_whom = name if as_whom is None else as_whom
    text = b64encode(f"{as_whom}\0{name}\0{password}".encode()).decode()
    pieces = [text[start : start + 400] for start in range(0, len(text) + 1, 400)]
    return ["AUTHENTICATE PLAIN", *(f"AUTHENTICATE {piece or '+'}" for piece in pieces)]


def register(server: LocalServer, name: str, password: str = PASSWORD) -> None:
    """Make somebody a member, as a suite of tests does that."""
    client = IrcClient.named(server.address, name)
    client.ask(f"NS REGISTER {password}")
    assert client.said("900").params[2] == name
    client.ask("QUIT")
    client.ended()


@pytest.mark.parametrize("as_whom", ["jilles", ""])
def test_plain_logs_in_with_or_without_a_name_to_act_as(server: LocalServer, as_whom: str) -> None:
    """If the client does not provide an authorization identity, the server derives one"""
    register(server, "jilles")
    client = IrcClient(server.address, "CAP REQ :sasl", *plain("jilles", PASSWORD, as_whom))
    client.until("AUTHENTICATE", "+")
    assert client.said("900").params[2] == "jilles"
    client.until("903")
    client.ask("NICK jilles", "USER u * * :r", "CAP END")
    assert client.said("001").params[0] == "jilles"


def test_nobody_acts_as_somebody_else(server: LocalServer) -> None:
    register(server, "jilles")
    eve = IrcClient(server.address, "CAP REQ :sasl", *plain("jilles", PASSWORD, "root"))
    eve.until("904")


@pytest.mark.parametrize("password", ["é" * 100, "bar" * 100, "bar" * 97, "bar"])
def test_passwords_of_any_script_and_length_are_given_in_parts(
    server: LocalServer, password: str
) -> None:
    """After a last chunk of exactly 400 bytes comes an empty one, AUTHENTICATE +."""
    register(server, "foo", password)
    client = IrcClient(server.address, "CAP REQ :sasl", *plain("foo", password))
    client.until("900")
    client.until("903")


def test_what_is_wrong_is_refused_by_its_number(server: LocalServer) -> None:
    """904 ERR_SASLFAIL … 905 ERR_SASLTOOLONG … 906 ERR_SASLABORTED … 908 RPL_SASLMECHS"""
    register(server, "jilles")
    eve = IrcClient(server.address, "CAP REQ :sasl", *plain("jilles", "millet"))
    eve.until("904")
    eve.ask(*plain("nobody", PASSWORD))
    eve.until("904")
    eve.ask("AUTHENTICATE FOO")
    assert "SCRAM-SHA-256" in eve.said("908").params[1].split(",")
    eve.until("904")
    eve.ask("AUTHENTICATE PLAIN", f"AUTHENTICATE {'A' * 401}")
    eve.until("905")
    eve.ask("AUTHENTICATE PLAIN", *[f"AUTHENTICATE {'A' * 400}"] * 12)
    eve.until("905")
    for nonsense in ("!!!", "AA==", "+"):
        eve.ask("AUTHENTICATE *", "AUTHENTICATE PLAIN", f"AUTHENTICATE {nonsense}")
        eve.until("906")
        eve.until("904")
    eve.ask("NICK eve", "USER u * * :r", "CAP END")
    assert eve.said("001").params[0] == "eve"


def test_a_password_is_proven_without_being_said(server: LocalServer) -> None:
    """AUTHENTICATE SCRAM-SHA-256 (RFC 7677): both sides prove that they know it."""
    register(server, "Scramtest")
    client = IrcClient(server.address, "CAP REQ :sasl")
    assert prove(client, "Scramtest", PASSWORD) == "903"
    client.ask("NICK Scramtest", "USER u * * :r", "CAP END")
    assert client.said("001").params[0] == "Scramtest"


@pytest.mark.parametrize(("name", "password"), [("Scramtest", "millet"), ("nobody", PASSWORD)])
def test_a_wrong_proof_and_an_unknown_name_are_refused_alike(
    server: LocalServer, name: str, password: str
) -> None:
    register(server, "Scramtest")
    eve = IrcClient(server.address, "CAP REQ :sasl")
    assert prove(eve, name, password) == "904"
    eve.ask("NICK eve", "USER u * * :r", "CAP END")
    assert eve.said("001").params[0] == "eve"


@pytest.mark.parametrize(
    "first",
    [
        *("", "n,,", "n,,n=x", "p=tls-unique,,n=x,r=abc", "n,a=root,n=x,r=abc", "n,,n=x,r="),
        *("n,,m=1,n=x,r=a", "n,,n=x,r=\N{SNOWMAN}"),
    ],
)
def test_what_is_no_beginning_of_a_proof_is_refused(server: LocalServer, first: str) -> None:
    eve = IrcClient(server.address, "CAP REQ :sasl", "AUTHENTICATE SCRAM-SHA-256")
    eve.ask(f"AUTHENTICATE {b64encode(first.encode()).decode() or '+'}")
    eve.until("904")


def test_a_proof_of_another_challenge_is_refused(server: LocalServer) -> None:
    """RFC 5802: the nonce must be the one that the server gave."""
    register(server, "ann")
    eve = IrcClient(server.address, "CAP REQ :sasl", "AUTHENTICATE SCRAM-SHA-256")
    eve.until("AUTHENTICATE", "+")
    for said in ("n,,n=ann,r=abc", "c=biws,r=abc,p=AAAA"):
        eve.ask(f"AUTHENTICATE {b64encode(said.encode()).decode()}")
    eve.until("904")


def test_one_may_log_in_after_the_welcome_and_again(server: LocalServer) -> None:
    """Servers SHOULD allow a client, authenticated or otherwise, to reauthenticate by sending a
    new AUTHENTICATE message at any time."""
    register(server, "jilles")
    register(server, "foo", "bar")
    user = IrcClient.named(server.address, "user", caps="sasl")
    for name, password in (("foo", "bar"), ("jilles", PASSWORD)):
        user.ask(*plain(name, password))
        numbers = [line.command for line in user.until("903")]
        assert numbers[-3:] == ["AUTHENTICATE", "900", "903"]
    assert user.drain() == [], "the nick stays"
    assert prove(user, "foo", "bar") == "903"
    user.ask("WHOIS user")
    assert user.said("330").params[:3] == ("user", "user", "foo")


def test_a_member_is_shown_with_account_and_real_name(server: LocalServer) -> None:
    """extended-join: JOIN <channel> <account> :<realname>; account-tag: «this tag will be added to
    all commands sent by a user»."""
    register(server, "jilles")
    caps = "extended-join account-tag setname"
    foo = IrcClient.named(server.address, "foo", caps=caps, rooms="#chan,#other")
    first, second = (
        IrcClient(server.address, "CAP REQ :sasl", *plain("jilles", PASSWORD)) for _ in range(2)
    )
    first.ask("NICK first", "USER j * * :Jilles the First", "CAP END", "JOIN #chan")
    assert foo.said("JOIN").params == ("#chan", "jilles", "Jilles the First")
    second.ask("NICK jilles", "USER s * * :The Second", "CAP END", "JOIN #other")
    assert foo.said("JOIN").params == ("#other", "jilles", "Jilles the First")
    guest = IrcClient.named(server.address, "guest", caps="account-tag")
    first.ask("INVITE guest #chan")
    assert guest.said("INVITE", "guest", "#chan").tags == {"account": "jilles"}
    second.ask("SETNAME :Jilles the Second")
    assert foo.said("SETNAME").params == ("Jilles the Second",)


def test_a_challenge_for_an_unknown_name_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """Or it would tell that nobody has the name: a member's salt is always the same."""
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path)),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        people=GuestLimits(password_chars_min=3),
    )
    salts: list[list[str]] = []
    for _ in range(2):
        with serving(config) as server:
            if not salts:
                register(server, "ann")
                IrcClient(server.address, "CAP REQ :sasl", *plain("ann", PASSWORD)).until("903")
            eve = IrcClient(server.address, "CAP REQ :sasl")
            salts.append([salt_of(eve, name) for name in ("nobody", "ann", "nobody", "noone")])
            eve.close()
    assert salts[0] == salts[1]
    assert salts[0][0] == salts[0][2]
    assert len({*salts[0]}) == 3


def test_what_proofs_are_checked_with_comes_and_goes_with_a_password(server: LocalServer) -> None:
    """It is kept of passwords that are given over IRC, and another password takes it away."""
    given, chosen = "correct-horse", "battery-staple"
    with EventPeer(server, "ann", room=None) as page:
        page.ask(type="identify", device="s" * 22)
        page.ask(type="register", password=given)
        assert prove(IrcClient(server.address, "CAP REQ :sasl"), "ann", given) == "904"
        IrcClient(server.address, "CAP REQ :sasl", *plain("ann", given)).until("903")
        assert prove(IrcClient(server.address, "CAP REQ :sasl"), "ann", given) == "903"
        page.ask(type="password", old=given, new=chosen)
    for password in (given, chosen):
        assert prove(IrcClient(server.address, "CAP REQ :sasl"), "ann", password) == "904"
    ann = IrcClient.named(server.address, "other")
    ann.ask(f"NS IDENTIFY ann {chosen}", f"NS SET PASSWORD {chosen} {given}")
    ann.until("NOTICE", "ann", "Your password is another one from now on.")
    assert prove(IrcClient(server.address, "CAP REQ :sasl"), "ann", given) == "903"
