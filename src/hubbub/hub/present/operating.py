"""Who runs the server for as long as they are connected, by a password of the configuration."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType


class Operating:
    """By what rules name them; `passwords` are those that let people in, by the names they give."""

    def __init__(self) -> None:
        self.passwords: Mapping[str, str] = MappingProxyType({})
        self._who: set[str] = set()

    def __contains__(self, standing: str) -> bool:
        return standing in self._who

    def __iter__(self) -> Iterator[str]:
        return iter(self._who)

    def begin(self, standing: str) -> None:
        """Let somebody run the server."""
        self._who.add(standing)

    def end(self, standing: str) -> None:
        """Let somebody run it no longer, if they did."""
        self._who.discard(standing)
