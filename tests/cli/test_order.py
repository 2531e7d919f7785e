"""`hubbub admin` about one room: what holds there, who is let in, and what is deleted."""

import json

from hubbub.testing import LocalServer
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command

from .commands import hubbub, past, refused, told


def owns(server: LocalServer) -> tuple[str, ...]:
    """Have op open the room plans, as its owner; return how op does something there."""
    told("admin", "bans", server.address, "--name", "op")  # known from now on
    told("send", server.address, "--name", "op", "--room", "plans", "let us plan")
    told("account", "devices", server.address, "--name", "ann")  # known as well
    return ("--room", "plans", "--name", "op")


def test_an_owner_changes_what_holds_in_a_room_and_sees_it(hubbub_server: LocalServer) -> None:
    address, op = hubbub_server.address, owns(hubbub_server)
    assert told("admin", "rules", address, *op) == "plans: owned by op.\n"
    changes = ("--locked", "--slow", "30s", "--topic-by", "moderator", "--title", "plans-2027")
    holds = told("admin", "rules", address, *op, *changes)
    assert holds.startswith("plans-2027: owned by op")
    assert "locked" in holds
    assert "once in 30 seconds" in holds
    assert "its topic is set by" in holds
    back = ("--unlocked", "--slow", "off", "--topic-by", "passing", "--title", "")
    assert told("admin", "rules", address, *op, *back) == "plans: owned by op.\n"
    soon = hubbub("admin", "rules", address, *op, "--slow", "soon")
    assert (soon.returncode, "no slow mode" in soon.stderr) == (2, True)
    assert hubbub("admin", "rules", address, *op, "--topic-by", "king").returncode == 2
    assert "There is no room" in refused("admin", "rules", address, "--room", "nowhere")


def test_a_private_room_lets_in_whom_its_moderators_add(hubbub_server: LocalServer) -> None:
    address, op = hubbub_server.address, owns(hubbub_server)
    ann = (address, "--name", "ann", "--room", "plans")
    assert "private" in told("admin", "rules", address, *op, "--private")
    assert "private room" in refused("history", *ann)
    told("admin", "add", "ann", "--at", address, *op)
    assert past(*ann) == "op > let us plan\n"
    told("admin", "kick", "ann", "--at", address, *op, "--reason", "enough")
    assert "private room" in refused("history", *ann)


def test_people_are_muted_and_messages_reported_and_deleted(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    owns(hubbub_server)
    at, ann = ("--at", address, "--name", "op"), (address, "--name", "ann")
    told("admin", "mute", "ann", "--room", "lobby", "--time", "10m", *at)
    assert "muted" in refused("send", *ann, "may I speak?")
    told("admin", "unmute", "ann", "--room", "lobby", *at)
    told("send", *ann, "a rude word")
    seq = json.loads(told("history", address, "--json"))["seq"]
    told("admin", "report", str(seq), "--reason", "rude", "--at", address, "--name", "ben")
    assert "of 'ann' in 'lobby': rude" in told("admin", "reports", address, "--name", "op")
    told("admin", "delete", str(seq), *at)
    assert past(address) == "ann > (deleted)\n"


def test_a_room_goes_only_after_a_yes_on_a_terminal(hubbub_server: LocalServer) -> None:
    address, op = hubbub_server.address, owns(hubbub_server)
    for answer, end in (("n", "Nothing is deleted."), ("y", "The room 'plans' is deleted.")):
        goes = command("admin", "delete-room", "plans", "--at", address, "--name", "op")
        with Terminal(goes) as terminal:
            terminal.expect("Delete it? [y/N]")
            terminal.type(answer)
            terminal.expect(end)
    assert "There is no room 'plans'" in refused("admin", "rules", address, *op)
