"""What was decided about rooms and acknowledged: it must stand, whatever happens later."""

from dataclasses import dataclass, field
from typing import Any, Final

DEFAULTS: Final[dict[str, Any]] = {
    "read_only": False,
    "locked": False,
    "revisions": False,
    "topic_by": "passing",
    "title": "",
    "private": False,
}
"""The rules that are looked at, as they are where nobody decided otherwise."""


@dataclass(slots=True)
class Bar:
    """Something that is forbidden, from its acknowledgement until anybody asks for its end."""

    what: str
    times: int = 0
    holds: bool = False

    @property
    def word(self) -> str:
        """What stands in all that is said from now on, and only while it holds."""
        return f"{self.what}-{self.times};" if self.holds else ""

    def close(self) -> None:
        """Note that it is acknowledged."""
        self.times += 1
        self.holds = True

    def open(self) -> None:
        """Note that its end is asked for from now on."""
        self.holds = False


@dataclass(slots=True)
class Standing:
    """A room as its owner left it."""

    room: str
    topic: str = ""
    pins: set[int] = field(default_factory=set)
    rules: dict[str, Any] = field(default_factory=dict)
    banned: set[str] = field(default_factory=set)
    decisions: int = 0
    out: dict[str, Bar] = field(default_factory=dict)
    """Who may be put out, by name: while it is so, they hear nothing of what is said here."""
    silence: Bar = field(init=False)
    """That nobody but moderators may write."""

    def __post_init__(self) -> None:
        self.silence = Bar(f"silence-in-{self.room}")

    def may_be_put_out(self, who: str) -> Bar:
        """Return what keeps somebody out from time to time."""
        return self.out.setdefault(who, Bar(f"without-{who}"))

    def words(self) -> list[str]:
        """Return what stands in all that is said here from now on."""
        return [bar.word for bar in self.out.values() if bar.word]


@dataclass(frozen=True, slots=True)
class RoomLook:
    """A room as somebody saw it when nothing more happened; None: they are not shown that."""

    by: str
    room: str
    topic: str | None = None
    pins: set[int] | None = None
    rules: dict[str, Any] | None = None
    banned: set[str] | None = None
