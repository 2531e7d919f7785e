"""`hubbub account` and `hubbub admin` against the real server."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.request import urlopen

import pytest

from hubbub.chat.access import Access
from hubbub.chat.events import Invitation
from hubbub.chat.listed import InvitationSummary
from hubbub.cli import grants, scanning
from hubbub.client import parse_address
from hubbub.desk.profile import Profile
from hubbub.lan.invitation import invitation_url
from hubbub.lan.qr_code import drawn_code
from hubbub.server.config import Config, ServerSection
from hubbub.server.credentials.operator_code import shown_operator_code
from hubbub.testing import LocalServer, serving
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command

from .commands import PATIENCE_SECONDS, past, refused, started, told

if TYPE_CHECKING:
    from hubbub.cli.visiting import Visit

PASSWORD = "four words of mine"


def on_another_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_an_account_is_claimed_used_on_another_machine_and_left(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    address = hubbub_server.address
    ann = (address, "--name", "ann")
    assert "characters" in refused("account", "register", *ann, stdin="short\n")
    assert told("account", "register", *ann, stdin=f"{PASSWORD}\n") == (
        "The name 'ann' is yours for good.\n"
    )
    on_another_machine(monkeypatch, tmp_path)
    assert "belongs to a member" in refused("send", address, "--name", "ann", "hi")
    assert "wrong" in refused("account", "login", *ann, stdin="wrong\n")
    assert "You are 'ann'" in told("account", "login", *ann, stdin=f"{PASSWORD}\n")
    told("send", address, "--name", "ann", "hi")
    listed = told("account", "devices", *ann).splitlines()
    assert len(listed) == 2
    assert [", this one" in line for line in listed] == [False, True]
    told("account", "password", *ann, stdin=f"{PASSWORD}\n{PASSWORD} too\n")
    told("account", "devices", *ann, "--revoke", listed[0].split()[0])
    assert len(told("account", "devices", *ann).splitlines()) == 1
    assert "keeps nothing of you" in told("account", "logout", *ann)
    assert Profile.load().devices.known(str(parse_address(address)), "ann") == ""
    assert Profile.load().name is None


def test_a_machine_is_linked_by_a_code(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    address = hubbub_server.address
    first = started("account", "link", address, "--name", "ann")
    assert first.stdin is not None
    assert first.stdout is not None
    code = first.stdout.readline().decode().split()[-1]
    first.stdin.write(b"y\n")
    first.stdin.flush()
    on_another_machine(monkeypatch, tmp_path)
    linked = told("account", "link", address, "--name", "tv", "--code", code)
    assert linked.splitlines()[-1] == "You are 'ann' on this machine now."
    assert first.communicate(timeout=PATIENCE_SECONDS)[0] == b"It is linked.\n"
    assert Profile.load().name == "ann"
    told("send", address, "hello")
    assert past(address) == "ann > hello\n"


def test_operators_give_out_codes_tokens_and_invitations_and_keep_people_out(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    address = hubbub_server.address
    at = ("--at", address, "--name", "op")
    there = (address, "--name", "op")
    token = told("admin", "token", "ci", "--scope", "read", "--scope", "write", *at).strip()
    assert token.startswith("hb_")
    listed = told("admin", "tokens", *there)
    assert "ci: read, write; made by op" in listed
    told("admin", "tokens", *there, "--revoke", listed.split()[0])
    assert told("admin", "tokens", *there) == ""
    invitation = told("admin", "invite", *there, "--uses", "2", "--time", "2h").strip()
    assert re.fullmatch(rf"http://{address}/#invite=[\w-]{{22}}", invitation)
    listed = told("admin", "invitations", *there)
    assert "as guest, 2 uses left, until" in listed
    told("admin", "invitations", *there, "--revoke", listed.split()[0])
    told("admin", "invite", *there, "--uses", "1")
    assert "as guest, 1 use left, for good" in told("admin", "invitations", *there)
    told("admin", "ban", "eve*", *at, "--time", "2h", "--reason", "spam")
    assert "eve*: banned until" in told("admin", "bans", *there)
    assert "banned" in refused("send", address, "--name", "eve7", "hi")
    told("admin", "unban", "eve*", *at)
    told("admin", "door", "locked", *at)
    told("admin", "door", "open", *at)
    changed = told("admin", "access", *there, "--enter", "invitation", "--no-passing")
    assert changed == told("admin", "access", *there)
    assert changed.splitlines()[0].startswith("enter: invitation (people who were here before, wi")
    assert changed.splitlines()[1:] == ["guests: yes", "passing: no"]
    assert "Only people who were invited" in refused("send", address, "--name", "newcomer", "hi")
    told("admin", "access", *there, "--enter", "open", "--passing")
    assert "eve*" in told("admin", "audit", *there)
    told("send", address, "--name", "op", "known")
    told("account", "devices", address, "--name", "ann")  # now known
    code = told("admin", "recovery", "ann", *at).strip()
    told("admin", "appoint", "ann", "moderator", "--room", "lobby", *at)
    on_another_machine(monkeypatch, tmp_path)
    recovered = told("account", "recover", address, "--name", "ann", stdin=f"{code}\n{PASSWORD}\n")
    assert recovered == "You are 'ann' on this machine now.\n"
    assert "operators" in refused("admin", "bans", address, "--name", "ann")


def test_a_moderator_makes_a_webhook_and_revokes_it(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    at, there = ("--at", address, "--name", "op"), (address, "--name", "op")
    told("send", *there, "--room", "dev", "a room of one's own")
    made = told("admin", "webhook", "builds", "--room", "dev", *at).strip()
    assert re.fullmatch(rf"http://{address}/hooks/[\w-]{{22}}", made)
    with urlopen(made, b'{"text": "green"}', timeout=PATIENCE_SECONDS) as answer:
        assert answer.status == 200
    assert past(address, "--room", "dev").splitlines()[-1] == "builds > green"
    listed = told("admin", "webhooks", *there, "--room", "dev")
    assert re.search(r"builds, last used .*; made by op", listed)
    assert told("admin", "webhooks", *there) == "", "the lobby has none"
    told("admin", "webhooks", *there, "--room", "dev", "--revoke", listed.split()[0])
    assert told("admin", "webhooks", *there, "--room", "dev") == ""


@pytest.mark.parametrize("messages", [[], ["--messages", "delete"]], ids=["keep", "delete"])
def test_an_account_is_forgotten_with_what_was_said_if_one_likes(
    hubbub_server: LocalServer, messages: list[str]
) -> None:
    ann = (hubbub_server.address, "--name", "ann")
    assert "not known" in refused("account", "forget", "--yes", *ann)
    told("account", "register", *ann, stdin=f"{PASSWORD}\n")
    told("send", *ann, "hello")
    assert "not your password" in refused("account", "forget", "--yes", *ann, stdin="wrong\n")
    goes = "goes, too" if messages else "stays, under another name"
    assert told("account", "forget", "--yes", *ann, *messages, stdin=f"{PASSWORD}\n") == (
        f"The account 'ann' is deleted; what you said {goes}.\n"
    )
    is_left = "(deleted)" if messages else "hello"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not re.fullmatch(
        rf"'deleted account \d{{6}}' > {re.escape(is_left)}\n", past(hubbub_server.address)
    ):
        assert time.monotonic() < deadline, "the server deletes what was said by itself"
    assert "not known" in refused("account", "forget", "--yes", *ann)


def test_on_a_terminal_an_account_goes_only_after_a_yes(hubbub_server: LocalServer) -> None:
    ann = (hubbub_server.address, "--name", "ann")
    told("account", "devices", *ann)  # now known
    for answer, end in (("n", "Nothing is deleted."), ("y", "The account 'ann' is deleted")):
        with Terminal(command("account", "forget", *ann)) as terminal:
            terminal.expect("Delete it? [y/N]")
            terminal.type(answer)
            terminal.expect(end)


class Inviting:
    """Stands for a visit to a server that is reached at this address."""

    folder = None

    def __init__(self, address: str) -> None:
        self.address = address
        self.folder = None

    @asynccontextmanager
    async def connect(self, **_: object) -> AsyncIterator["Inviting"]:
        yield self

    async def invite(self, kind: str, **_: object) -> Invitation:
        about = InvitationSummary("id", 1, "ann", kind=kind)
        return Invitation(invitation="k3vWQ0pTz1mUe8rYb5xJ7A", about=about)


@pytest.mark.parametrize(
    ("address", "is_drawn"), [("192.0.2.7:1234", True), ("127.0.0.1", False), ("localhost", False)]
)
def test_an_invitation_can_be_scanned_where_the_address_leads_others_there(
    address: str,
    is_drawn: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(scanning, "can_show", lambda _: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    grants.invite(cast("Visit", Inviting(address)), "guest", [], None, "")
    printed = capsys.readouterr()
    url, _, code = printed.out.partition("\n")
    assert url == invitation_url(f"http://{parse_address(address)}", "k3vWQ0pTz1mUe8rYb5xJ7A")
    assert code.rstrip() == (drawn_code(url) if is_drawn else "")
    assert ("this machine alone" in printed.err) == (not is_drawn)


def test_the_ignored_are_left_out_of_lines_but_not_of_json(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    ann = (address, "--name", "ann")
    told("account", "register", *ann, stdin=f"{PASSWORD}\n")
    lines = told("join", *ann, "--plain", stdin="/ignore eve\n/me waves\n")
    assert "hubbub > You ignore eve now. /unignore eve ends that." in lines
    told("send", address, "--name", "eve", "buy my coins")
    assert past(*ann) == "* ann waves\n"
    assert told("search", *ann, "coins") == ""
    assert "buy my coins" in past(*ann, "--json")
    chatting = started("join", *ann, "--plain")
    assert chatting.stdin is not None
    assert chatting.stdout is not None
    chatting.stdin.write(b"/who\n")
    chatting.stdin.flush()
    assert b"ann" in chatting.stdout.readline(), "it has entered"
    told("send", address, "--name", "eve", "buy my coins")
    told("send", address, "--name", "ben", "hello")
    assert chatting.stdout.readline() == b"ben > hello\n"
    chatting.stdin.close()
    assert chatting.wait(PATIENCE_SECONDS) == 0


def test_the_operators_code_lets_in_where_nobody_new_is(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    config = Config(
        server=ServerSection(listen="127.0.0.1:0", data=str(folder), password="rolu-mika-tedo"),
        access=Access(enter="members", guests=False, passing=False),
    )
    with serving(config) as server:
        at = ("--at", server.address, "--name", "op")
        password = ("--password", config.server.password)
        told("admin", "bans", server.address, "--name", "host", *password)  # the first from here
        assert "Only members are let in" in refused(
            "admin", "bans", server.address, "--name", "eve", *password
        )
        code = shown_operator_code(folder)
        assert told("admin", "operate", code, *at).startswith("You run the server now")
        assert told("admin", "access", server.address, "--name", "op").startswith("enter: members")
        elsewhere = ("--at", server.address, "--name", "eve")
        assert "That code does not count" in refused("admin", "operate", code, *elsewhere)
        no_code = refused("admin", "operate", "CODE", *elsewhere)
        assert "That code does not count" in no_code, "and no word of an invitation"
