"""Those who own a room and decide about it: its topic, pins and rules, and who may be there.

One decision is under way at a time, and is asked for again until it is answered. What was answered
last must stand at the end.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from bench.promises.asking import Asker
from bench.promises.ledger import Ledger
from bench.promises.standing import DEFAULTS, Bar, Standing
from bench.promises.talking import Person
from hubbub.chat.errors import Refused

PAUSE_SECONDS: Final = 0.02
PINS_MAX: Final = 10


class Decider:
    """Says things in a room of their own, and decides something now and then."""

    def __init__(
        self, ledger: Ledger, name: str, standing: Standing, chance: random.Random
    ) -> None:
        self.ledger = ledger
        self.name = name
        self.standing = standing
        self.chance = chance
        self.number = 0

    async def decide_until_it_is_over(self, *decisions: Callable[[], Awaitable[None]]) -> None:
        """Take turns; each decision notes what is acknowledged."""
        while self.ledger.goes_on():
            try:
                await self.chance.choice(decisions)()
            except Refused as refusal:
                room = self.standing.room
                self.ledger.find(f"{self.name} is refused to decide in {room}: {refusal}")
            else:
                self.ledger.changes += 1
                self.standing.decisions += 1
            await asyncio.sleep(PAUSE_SECONDS)

    def draw_topic(self) -> str:
        """Return a topic that the room never had."""
        self.number += 1
        return f"about {self.standing.room}, no. {self.number}"

    def draw_rule(self) -> tuple[str, Any]:
        """Return a rule, and what it is to be."""
        self.number += 1
        room, standing = self.standing.room, self.standing
        other = {
            "topic_by": self.chance.choice(("passing", "guest", "moderator")),
            "title": self.chance.choice(("", f"{room}-{self.number}")),
        }
        name = self.chance.choice(("read_only", "locked", "revisions", "topic_by", "title"))
        return name, other.get(name, not standing.rules.get(name, DEFAULTS[name]))

    def begin_rule(self, name: str, value: object) -> None:
        """Note that a rule is asked for."""
        if not _silences({**self.standing.rules, name: value}):
            self.standing.silence.open()

    def end_rule(self, name: str, value: object) -> None:
        """Note that a rule is acknowledged."""
        self.standing.rules[name] = value
        if _silences(self.standing.rules) and not self.standing.silence.holds:
            self.standing.silence.close()

    def draw_guest(self) -> tuple[str, Bar]:
        """Return somebody who may be put out."""
        who = self.chance.choice([*self.standing.out])
        return who, self.standing.out[who]


def _silences(rules: dict[str, Any]) -> bool:
    return bool(rules.get("read_only") or rules.get("locked"))


class Owner(Decider):
    """Does so with commands of the protocol."""

    def __init__(
        self, ledger: Ledger, person: Person, standing: Standing, chance: random.Random
    ) -> None:
        super().__init__(ledger, person.name, standing, chance)
        self._asker = Asker(ledger, person, standing.room)
        self._about = {"room": standing.room}
        self._said: list[int] = []

    async def run(self) -> None:
        """Decide until it is over, and everything is acknowledged."""
        async with self._asker:
            await self.decide_until_it_is_over(
                *(
                    self._say,
                    self._say,
                    self._topic,
                    self._pin,
                    self._rule,
                    self._guest,
                    self._guest,
                )
            )

    async def _say(self) -> None:
        said = self.ledger.say(self.name, self.standing.room)
        about = {"room": said.room, "text": said.text, "nonce": said.nonce}
        ok = await self._asker.ask(type="say", **about)
        await self.ledger.acknowledge(said, ok["seq"])
        self._said.append(ok["seq"])

    async def _topic(self) -> None:
        topic = self.draw_topic()
        await self._asker.ask(type="topic", text=topic, **self._about)
        self.standing.topic = topic

    async def _pin(self) -> None:
        pins = self.standing.pins
        seqs = [*pins] if len(pins) >= PINS_MAX else self._said
        if seqs:
            seq = self.chance.choice(seqs)
            await self._asker.ask(type="pin", seq=seq, on=seq not in pins, **self._about)
            pins ^= {seq}

    async def _rule(self) -> None:
        name, value = self.draw_rule()
        self.begin_rule(name, value)
        await self._asker.ask(type="rules", **{name: value}, **self._about)
        self.end_rule(name, value)

    async def _guest(self) -> None:
        who, bar = self.draw_guest()
        if bar.holds:
            bar.open()
            await self._let_in(who)
        else:
            await self._put_out(who)
            bar.close()
            shown = await self._asker.ask(type="members", **self._about)
            if who in {one["name"] for one in shown["members"]}:
                self.ledger.find(f"{who} is put out of {self.standing.room}, and listed there.")
            await self._say()

    async def _let_in(self, who: str) -> None:
        if who in self.standing.banned:
            about = {"who": who, **self._about}
            await self._asker.ask_until("not_here", type="unban", **about)
            self.standing.banned.discard(who)
        if self.standing.rules.get("private"):
            await self._asker.ask(type="add", name=who, **self._about)

    async def _put_out(self, who: str) -> None:
        if self.standing.rules.get("private") and self.chance.random() < 0.5:
            about = {"name": who, **self._about}
            await self._asker.ask_until("not_here", type="kick", **about)
        else:
            await self._asker.ask(type="ban", who=who, **self._about)
            self.standing.banned.add(who)
