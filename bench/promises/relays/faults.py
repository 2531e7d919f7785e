"""Everything that happens to a server, a relay of it, and their link; each fault goes again.

As with one machine (`bench.promises.faults`), whose faults are played on either of both.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Final

from bench.promises import faults as of_one
from bench.promises.faults import Fault, Stage
from bench.promises.ledger import Ledger
from bench.promises.relays.pair import Half, Pair

HOLD_SECONDS: Final = (0.5, 3.0, 12.0)
"""After ten seconds of silence a relay is alone."""

DELAYS: Final = (0.02, 0.1, 0.3)


@dataclass(slots=True)
class Scene:
    """Both, and all that can happen to them. `chance` draws all that is not fixed."""

    pair: Pair
    ledger: Ledger
    chance: random.Random

    @property
    def ended(self) -> str:
        """The last words of one that ended by itself; nothing if both run."""
        gone = (half.server for half in self.pair.halves if not half.server.runs)
        return next((server.last_words() for server in gone), "")

    def last_words(self) -> str:
        """Return what both said last."""
        return " | ".join(half.server.last_words()[-200:] for half in self.pair.halves)

    def stage(self, half: Half) -> Stage:
        """Return one of both as the only server."""
        return Stage(half.server, half.system, half.members, self.ledger, self.chance)

    async def pause(self, least: float, most: float) -> None:
        """Let some time pass."""
        await asyncio.sleep(self.chance.uniform(least, most))


async def link_cut(scene: Scene) -> None:
    """The link is cut a few times, or cannot be made for a while."""
    for _ in range(scene.chance.randint(1, 3)):
        if scene.chance.random() < 0.5:
            scene.pair.link.cut()
        else:
            scene.pair.link.shut()
            await scene.pause(0.0, 4.0)
            scene.pair.link.release()
        await scene.pause(0.0, 1.0)


async def link_hang(scene: Scene) -> None:
    """The link carries nothing for a while, in one direction or both, and perhaps breaks then."""
    kind = scene.chance.randrange(3)
    scene.pair.link.hold(there=kind != 1, back=kind != 2)
    await asyncio.sleep(scene.chance.choice(HOLD_SECONDS))
    if scene.chance.random() < 0.5:
        scene.pair.link.cut()
    scene.pair.link.release()


async def link_slow(scene: Scene) -> None:
    """The relay is far away from the server."""
    scene.pair.link.slow(scene.chance.choice(DELAYS))
    await scene.pause(1.0, 4.0)
    scene.pair.link.release()


async def both_killed(scene: Scene) -> None:
    """Both are killed, one after the other, and started again, the relay first or last."""
    halves = [*scene.pair.halves]
    scene.chance.shuffle(halves)
    for half in halves:
        await half.server.kill()
        await scene.pause(0.0, 0.3)
    scene.chance.shuffle(halves)
    for half in halves:
        await half.server.start()
        await scene.pause(0.0, 4.0)


def _at(name: str, fault: Fault[Stage]) -> Fault[Scene]:
    """Return a fault of one machine as that of the origin, or of the relay."""

    async def happen(scene: Scene) -> None:
        await fault.happen(scene.stage(getattr(scene.pair, name)))

    happen.__name__ = f"{name}_{fault.happen.__name__}"
    happen.__doc__ = f"To the {name}: {fault.happen.__doc__}"
    return Fault(happen, power=fault.power, faulty=fault.faulty)


FAULTS: Final = (
    _at("relay", Fault(of_one.kill)),
    _at("origin", Fault(of_one.kill)),
    Fault(link_cut),
    _at("relay", Fault(of_one.full_disk)),
    Fault(link_hang),
    _at("origin", Fault(of_one.freeze)),
    _at("relay", Fault(of_one.stop_and_start)),
    Fault(both_killed),
    _at("relay", Fault(of_one.freeze)),
    _at("origin", Fault(of_one.stop_and_start)),
    Fault(link_slow),
    _at("relay", Fault(of_one.few_descriptors)),
    _at("origin", Fault(of_one.full_disk)),
    _at("relay", Fault(of_one.resets)),
    _at("relay", Fault(of_one.hang)),
    _at("origin", Fault(of_one.few_descriptors)),
    _at("relay", Fault(of_one.read_only_disk)),
    _at("relay", Fault(of_one.slow_disk)),
    _at("relay", Fault(of_one.clock_jump)),
    _at("origin", Fault(of_one.clock_jump)),
)
