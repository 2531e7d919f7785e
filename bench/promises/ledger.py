"""What everybody knows: what was said, acknowledged and seen, and whatever is wrong with it.

A text is said once, by one sender, and says so itself: `NAME NUMBER`, and then anything. So every
message can be recognised wherever it turns up.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

FINDINGS_MAX = 20
"""So many are told of one round: the rest is mostly the same."""


@dataclass(slots=True)
class Said:
    """A message of a sender: its place among the sender's, and the hashes of its files."""

    sender: str
    number: int
    room: str
    text: str
    files: tuple[str, ...] = ()
    seq: int | None = None
    """Where it is, once that was acknowledged."""
    withdrawn: bool = False
    """Whether the server said for good that it will not post it."""

    @property
    def nonce(self) -> str:
        """By which a repeat of it is known."""
        return f"{self.sender}-{self.number}"


@dataclass(slots=True)
class Reading:
    """What one reader saw of a room, from its beginning, once and in order."""

    reader: str
    room: str
    events: list[Json] = field(default_factory=list)

    @property
    def cursor(self) -> int:
        """The seq of the last event seen."""
        return int(self.events[-1]["seq"]) if self.events else 0


class Ledger:
    """Everybody's notes of one round."""

    def __init__(self) -> None:
        self.said: dict[str, Said] = {}
        self.readings: list[Reading] = []
        self.heard: list[list[tuple[str, str]]] = []
        """What classic listeners heard, a list of names and texts for each connection."""
        self.findings: list[str] = []
        self.acknowledged = 0
        self.refused = 0
        self._is_over = False
        self._counts: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    def goes_on(self) -> bool:
        """Return whether anybody is to say anything new."""
        return not self._is_over

    def end(self) -> None:
        """Have nobody say anything new."""
        self._is_over = True

    def say(self, sender: str, room: str, padding: int = 0, files: tuple[str, ...] = ()) -> Said:
        """Return a new message of a sender."""
        self._counts[sender] += 1
        number = self._counts[sender]
        text = f"{sender} {number}{' ' + 'é' * padding if padding else ''}"
        said = self.said[text] = Said(sender, number, room, text, files)
        return said

    async def acknowledge(self, said: Said, seq: int) -> None:
        """Note where a message is; it can be nowhere else."""
        if said.seq not in (None, seq):
            self.find(f"'{said.text[:40]}' was acknowledged with the seq {said.seq}, then {seq}.")
        if said.seq is None:
            said.seq = seq
            self.acknowledged += 1
            async with self._changed:
                self._changed.notify_all()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds after an acknowledgement; return whether it does in time."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            return condition()
        return True

    def count_refusal(self) -> None:
        """Note that the server cannot post something just now."""
        self.refused += 1

    def reading(self, reader: str, room: str) -> Reading:
        """Return a reader's notes of a room, to be filled in."""
        reading = Reading(reader, room)
        self.readings.append(reading)
        return reading

    def see(self, reading: Reading, event: Json) -> None:
        """Note an event of a room; it follows the one before."""
        if event["prev"] != reading.cursor:
            self.find(
                f"{reading.reader} saw the seq {event['seq']} of {reading.room}, which follows "
                f"{event['prev']}, after the seq {reading.cursor}."
            )
        reading.events.append(event)

    def find(self, what: str) -> None:
        """Note that a promise is broken, in a sentence."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(what)
