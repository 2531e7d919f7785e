"""What a bad disk does to a file, at random places; a seed chooses them."""

import random
from collections.abc import Callable

PAGE_BYTES = 4096


def flip(data: bytearray, chance: random.Random) -> None:
    """Change some bytes."""
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def scribble(data: bytearray, chance: random.Random) -> None:
    """Write noise over a stretch."""
    start = chance.randrange(len(data))
    noise = chance.randbytes(chance.choice((16, 300, 6000)))
    data[start : start + len(noise)] = noise[: len(data) - start]


def truncate(data: bytearray, chance: random.Random) -> None:
    """Cut the end off."""
    del data[chance.randrange(len(data)) :]


def zero(data: bytearray, chance: random.Random) -> None:
    """Empty a page."""
    start = _page(data, chance)
    data[start : start + PAGE_BYTES] = bytes(PAGE_BYTES)


def splice(data: bytearray, chance: random.Random) -> None:
    """Put a page in the place of another."""
    source, target = _page(data, chance), _page(data, chance)
    data[target : target + PAGE_BYTES] = data[source : source + PAGE_BYTES]


def _page(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data) // PAGE_BYTES) * PAGE_BYTES


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip,
    scribble,
    truncate,
    zero,
    splice,
)


def damaged(data: bytes, seed: int) -> bytes:
    """Return `data` with damage of a kind, which is another one with each next seed."""
    chance = random.Random(seed)
    result = bytearray(data)
    DAMAGES[seed % len(DAMAGES)](result, chance)
    return bytes(result)
