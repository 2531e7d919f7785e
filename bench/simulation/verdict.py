"""Whether all that was promised holds once nothing goes wrong any more."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from bench.simulation.node import Node
from bench.simulation.people import ROOMS, Claim, Ledger
from bench.simulation.server import Server
from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Deleted, Message
from hubbub.log.jetstream import JetStreamLog

Held = tuple[dict[str, list[AnyLogged]], list[tuple[str, int, bytes]]]
"""The events of each room, and the facts that stand: keys, seqs and values."""

FAR_BYTES = 10_000_000


async def look_at_all(nodes: Sequence[Node], server: Server, ledger: Ledger, folder: Path) -> None:
    """Note what is wrong with what the nodes hold; another one begins in the empty `folder`."""
    find = ledger.findings.append
    for node in nodes:
        assert node.log is not None, "all were started again"
        try:
            await node.log.try_writing()
        except LogError as error:
            find(f"Node {node.number} takes nothing, though nothing is wrong any more: {error}")
    late = Node(len(nodes), folder, server, random.Random(0))
    await late.start()
    held = [await _held(node.log) for node in (*nodes, late) if node.log is not None]
    for number, one in enumerate(held[1:], 1):
        if one != held[0]:
            find(f"Nodes 0 and {number} differ: {_difference(held[0], one)}.")
    await late.kill()
    _look_at_events(held[0][0], ledger)
    _look_at_claims(ledger.claims, ledger)
    stored = b"".join(kept.payload for kept in server.messages.values())
    for text in ledger.deleted:
        if f'"{text}"'.encode() in stored:
            find(f"'{text}' was deleted, and is still in the stream.")


async def _held(log: JetStreamLog) -> Held:
    async with asyncio.timeout(60):
        rooms = {room: await log.backlog(room, 0, FAR_BYTES) for room in ROOMS}
        facts = [(one.key, one.seq, bytes(one.value)) for one in await log.facts()]
    return rooms, facts


def _difference(one: Held, other: Held) -> str:
    for room in ROOMS:
        for mine, theirs in zip(one[0][room], other[0][room], strict=False):
            if mine != theirs:
                return f"{mine} is {theirs}"
        if len(one[0][room]) != len(other[0][room]):
            return f"{room} has {len(one[0][room])} events, or {len(other[0][room])}"
    return f"facts {sorted({*one[1]} ^ {*other[1]})[:4]}"


def _look_at_events(rooms: dict[str, list[AnyLogged]], ledger: Ledger) -> None:
    find = ledger.findings.append
    places: dict[str, tuple[str, int]] = {}
    count: Counter[str] = Counter()
    for room, events in rooms.items():
        for earlier, later in pairwise(events):
            if not earlier.seq < later.seq or later.prev != earlier.seq:
                find(
                    f"In {room}, {later.seq} follows {later.prev}, and stands after {earlier.seq}."
                )
        gone = {event.target for event in events if isinstance(event, Deleted)}
        for event in events:
            if isinstance(event, Message) and event.nonce:
                text = event.nonce.removeprefix("nonce of ")
                count[text] += 1
                places[text] = (room, event.seq)
                if (event.seq in gone) != (not event.text):
                    find(f"'{text}' is deleted: {event.seq in gone}, and reads '{event.text}'.")
    for text, place in ledger.acknowledged.items():
        if text in ledger.deleted and text not in places:
            continue
        if places.get(text) != place:
            find(f"'{text}' was acknowledged at {place}, and is at {places.get(text)}.")
    for text, number in count.items():
        if number > 1:
            find(f"'{text}' is there {number} times.")
    _look_at_order(ledger)
    _look_at_names([one for one in rooms[ROOMS[0]] if isinstance(one, Message)], ledger)


def _look_at_names(said: Sequence[Message], ledger: Ledger) -> None:
    """See that nobody said anything under a name once the next one had it."""
    holders: dict[str, int] = {}
    for one in said:
        name, _, number = one.text.partition(" ")
        if one.nonce or name != one.sender:  # of others, under names of their own
            continue
        if holders.setdefault(name, 0) > int(number):
            ledger.findings.append(
                f"Holder {number} of '{name}' said something at {one.seq}, and holder "
                f"{holders[name]} before."
            )
        holders[name] = int(number)


def _look_at_order(ledger: Ledger) -> None:
    """See that what somebody said after an acknowledgment stands behind that."""
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for text, (room, seq) in ledger.acknowledged.items():
        name, number = text.split()
        former = last.get((name, room), (0, 0))
        if former[0] < int(number) and former[1] > seq:
            ledger.findings.append(f"'{text}' stands at {seq}, before '{name} {former[0]}'.")
        last[name, room] = (int(number), seq)


def _look_at_claims(claims: Sequence[Claim], ledger: Ledger) -> None:
    """See that nobody had a key that another one had and did not try to let go."""
    by_key: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: claim.seq):
        by_key.setdefault(claim.key, []).append(claim)
    for key, held in by_key.items():
        for earlier, later in pairwise(held):
            if later.at < earlier.let_go_at or earlier.seq == later.seq:
                ledger.findings.append(
                    f"{later.by} has {key} since {later.seq}, and {earlier.by} since {earlier.seq}."
                )
