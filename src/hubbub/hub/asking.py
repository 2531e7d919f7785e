"""How a decision asks questions, and reads the log."""

from collections.abc import Generator

from hubbub.chat.events import Page
from hubbub.chat.queries import PageQuery, Question, SearchQuery, Settled
from hubbub.hub.room import Session
from hubbub.hub.state import State

Reading = Generator[Question, Page | None, None]
"""A decision that asks questions before it is made. Queries are answered by a page."""

Decision = Reading | None
"""None: it is made already."""


def read(
    state: State, session: Session, query: PageQuery | SearchQuery
) -> Generator[Question, Page | None, Page]:
    """Read a page. What the session said before is in it, committed: people look for that first."""
    if session.pending_bytes:
        yield Settled(state.drafts.accepted)
    page = yield query
    assert page is not None, "the answer to a query is a page"
    return page
