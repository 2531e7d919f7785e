"""Where the server's times come from: a test moves its own clock."""

from collections.abc import Callable
from typing import NamedTuple


class Clock(NamedTuple):
    """Where the time comes from: `seconds` only ever grows, `milliseconds` since the Unix epoch."""

    seconds: Callable[[], float]
    milliseconds: Callable[[], int]
