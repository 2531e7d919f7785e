"""Faults that a node could have, put into it on purpose: the checker must tell each of them."""

import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry
from hubbub.chat.queries import Answer, Question
from hubbub.hub.people import claims
from hubbub.hub.present.person import Person
from hubbub.hub.state import State
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.erasing import Erasing
from hubbub.log.jetstream.tenure import Tenure

STARTED = """
import os, sys
if "serve" in sys.orig_argv:
    from tests.bench import node_sabotage
    for name in os.environ["SABOTAGES"].split():
        node_sabotage.SABOTAGES[name]()
"""
"""The file sitecustomize.py, which every Python loads that finds it."""

ROOT = Path(__file__).resolve().parents[2]


def environment_of(folder: Path, *sabotages: str) -> dict[str, str]:
    """Return the environment of nodes that have faults; what puts these there is in `folder`."""
    (folder / "sitecustomize.py").write_text(STARTED)
    path = os.pathsep.join((str(folder), str(ROOT)))
    return {"SABOTAGES": " ".join(sabotages), "PYTHONPATH": path}


def acknowledges_alone() -> None:
    """What the servers cannot store is acknowledged all the same."""
    append = JetStreamLog.append

    async def alone(self: JetStreamLog, drafts: Sequence[Entry]) -> list[int]:
        if self._stream.is_live:
            try:
                return await append(self, drafts)
            except LogError:
                pass
        for number, draft in enumerate(drafts, 1):
            draft.seq = self.last + number
        return [draft.seq for draft in drafts]

    JetStreamLog.append = alone  # type: ignore[method-assign]
    JetStreamLog.check = lambda _: None  # type: ignore[method-assign, assignment]


def gives_names_twice() -> None:
    """Names are not claimed in the log."""

    def unclaimed(
        state: State, person: Person, secrets: tuple[str, ...]
    ) -> Generator[Question, Answer, bool]:
        del state, person, secrets
        return True
        yield

    claims.claim = unclaimed
    claims.is_elsewhere = lambda *_: False


def erases_nothing() -> None:
    """What is deleted, or edited away, stays in the stream."""
    Erasing.note = lambda *_, **__: None  # type: ignore[method-assign]


def has_nothing_checked() -> None:
    """What it appends is stored though others took it for gone."""
    Tenure.headers = {}  # type: ignore[method-assign, assignment]


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (
        acknowledges_alone,
        gives_names_twice,
        erases_nothing,
        has_nothing_checked,
    )
}
