"""What can be used up: connections, rooms, names, private conversations, the disk."""

from collections.abc import Iterator
from itertools import count, repeat

from bench.attacks.kinds.arrivals import again_and_again
from bench.attacks.line import Line, member, stranger, websocket
from bench.attacks.lines import flood
from bench.attacks.target import Attack, Target
from bench.peers.hubbub import frame, framed_command

LOBBY = "lobby"


def strangers(target: Target) -> None:
    """5,000 connections are silent."""
    flood(target, target.scale.of(5000), stranger)


def silent_websockets(target: Target) -> None:
    """2,000 WebSockets are silent."""
    flood(target, target.scale.of(2000), websocket)


def idle_members(target: Target) -> None:
    """2,000 sessions sit in the lobby."""
    flood(target, target.scale.of(2000), member(LOBBY))


def _opened_and_left(room: str) -> bytes:
    return framed_command(type="join", room=room) + framed_command(type="leave", room=room)


def rooms(target: Target) -> None:
    """5 sessions open one room after the other, and leave them."""

    def moves() -> Iterator[bytes]:
        whose = target.name()
        for number in count():
            yield _opened_and_left(f"{whose}-{number}")

    flood(target, 5, member(LOBBY), moves, 32)


def said_rooms(target: Target) -> None:
    """5 sessions open one room after the other, and say something there."""

    def moves() -> Iterator[bytes]:
        whose = target.name()
        for number in count():
            room = f"{whose}-{number}"
            yield (
                framed_command(type="join", room=room)
                + framed_command(type="say", room=room, text="mine")
                + framed_command(type="leave", room=room)
            )

    flood(target, 5, member(LOBBY), moves, 32)


def room_lists(target: Target) -> None:
    """10 sessions open 450 rooms each, and ask for the list."""

    def moves() -> Iterator[bytes]:
        whose = target.name()
        for number in range(450):
            yield _opened_and_left(f"{whose}-{number}")
        yield from repeat(framed_command(type="rooms"))

    flood(target, 10, member(LOBBY), moves, 16)


def private_conversations(target: Target) -> None:
    """Somebody writes to everybody who comes, and they go again, on 3 lines."""

    def visit() -> None:
        with member(LOBBY)(target) as one, Line(target) as other:
            name = target.name()
            other.send(frame(name.encode()) + frame(b"/topic"))
            other.receive()
            one.send(framed_command(type="direct", name=name, ref="d"))
            one.receive_until(b'"ref":"d"')

    again_and_again(target, visit)


def disk(target: Target) -> None:
    """5 sessions fill the disk as fast as they may."""
    say = framed_command(type="say", room=LOBBY, text="word " * 13_000)
    flood(target, 5, member(LOBBY), lambda: repeat(say))


ATTACKS = (
    Attack("strangers", strangers),
    Attack("silent-websockets", silent_websockets),
    Attack("idle-members", idle_members),
    Attack("rooms", rooms),
    Attack("rooms-talk", said_rooms),
    Attack("room-lists", room_lists),
    Attack("conversations", private_conversations, processes=3),
    Attack("disk", disk),
)
