"""How a decision asks questions, and reads the log."""

import math
from collections.abc import Callable, Generator, Sequence
from typing import Final

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.events import AnyLogged, Fact, Page, Reaction, Revisions
from hubbub.chat.queries import (
    Answer,
    FactsQuery,
    HappenedQuery,
    Moment,
    PageQuery,
    Question,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.hub.flow.drafts import NOT_COMMITTED
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

Reading = Generator[Question, Answer, None]
"""A decision that asks questions before it is made."""

Decision = Reading | None
"""None: it is made already."""

PAUSE_SECONDS_MIN: Final = 0.01
PAUSE_SECONDS_MAX: Final = 0.32


def wait_while(is_so: Callable[[], bool], seconds: float = math.inf) -> Reading:
    """Wait as long as something is so that need not end with a commit, for about `seconds` at most.

    It is looked at again after a pause, which is twice as long each time: many may wait for one
    thing.
    """
    pause = PAUSE_SECONDS_MIN
    while seconds > 0 and is_so():
        yield Moment(pause)
        seconds, pause = seconds - pause, min(2 * pause, PAUSE_SECONDS_MAX)


def read(
    state: State, session: Session, query: PageQuery | SearchQuery
) -> Generator[Question, Answer, Page]:
    """Read a page. What the session said before is in it, committed: people look for that first."""
    yield from settle(state, session)
    page = yield query
    assert isinstance(page, Page), "the answer to a query is a page"
    return page


def settle(state: State, session: Session) -> Reading:
    """Wait until what the session's person said before is committed, or refused."""
    said = session.person.newest_draft
    while not state.drafts.is_settled(said):
        yield state.drafts.next_batch()


def read_seqs_at(at: int) -> Generator[Question, Answer, tuple[int, int]]:
    """Read between which seqs the first event stands that came at a time or later."""
    answer = yield TimeQuery(at)
    assert isinstance(answer, tuple), "the answer to a query for a time is seqs"
    return answer


def read_happened(query: HappenedQuery) -> Generator[Question, Answer, list[AnyLogged]]:
    """Read what was logged besides messages."""
    found = yield query
    assert isinstance(found, list), "the answer to a query for events is events"
    return [one for one in found if not isinstance(one, Fact)]


def read_reactions(
    room: str, person: str, targets: Sequence[int]
) -> Generator[Question, Answer, list[Reaction]]:
    """Read which reactions somebody, by id, gave to messages of a room."""
    given = (yield ReactionsQuery(room, person, tuple(targets))) if targets else []
    assert isinstance(given, list), "the answer to a query for reactions is reactions"
    return [one for one in given if isinstance(one, Reaction)]


def read_revisions(query: RevisionsQuery) -> Generator[Question, Answer, Revisions]:
    """Read what a message said before it was edited."""
    found = yield query
    assert isinstance(found, Revisions), "the answer to a query for revisions is revisions"
    return found


def read_facts(state: State, prefix: str) -> Generator[Question, Answer, list[Fact]]:
    """Read the facts that stand under keys with this beginning.

    Facts that were noted before, and still wait for the log, are among them.
    """
    newest = state.clerk.person.newest_draft
    while not state.drafts.is_settled(newest):
        yield state.drafts.next_batch()
    facts = yield FactsQuery(prefix)
    assert isinstance(facts, list), "the answer to a query for facts is facts"
    return [one for one in facts if isinstance(one, Fact)]


def write(state: State, facts: Sequence[Fact]) -> Reading:
    """Have facts logged, and wait until they are applied; the book says which of them took.

    Raises Refused `log_unavailable` if they cannot be logged now.
    """
    drafts = [state.note(fact) for fact in facts]
    for draft in drafts:
        while not state.drafts.is_settled(draft.number):
            yield state.drafts.next_batch()
    if not all(fact.seq for fact in facts):
        raise Refused(NOT_COMMITTED, code=LogError.code)
