"""A search, step by step: from the newest messages back, until there is enough or it took too long.

It performs no I/O. Its owner asks the log for each step (`query` and `windows`), and says what came
of it and how long that took. Steps are short, for others wait meanwhile. The next one looks through
several times as many windows if that is still short: words that are rare are found in as few steps
as possible, since each waits for the event loop.
"""

from typing import Final

from msgspec.structs import replace

from hubbub.chat.events import Page, Stretch
from hubbub.chat.queries import SearchQuery
from hubbub.log.pages import page_of

SECONDS_MAX: Final = 1.0
"""How long all steps of a search may take, without what it waits for others."""

STEP_SECONDS: Final = 0.004
"""What a step should take at most: shorter ones are lost in what it takes to ask for a step."""

GROWTH_MAX: Final = 4
"""After a step that took next to nothing, the next one asks so many times as many windows."""

WINDOWS_AT_FIRST: Final = 2
"""A common word is found often enough in so many."""

WINDOWS_MAX: Final = 256


class Search:
    """What was found so far. `query` and `windows` are what the log is to be asked next."""

    def __init__(self, query: SearchQuery) -> None:
        self._asked = query
        self._page = Page(room=query.room, messages=[], more=False, last=0)
        self._missing: list[Stretch] = []
        self.query = query
        self.windows = WINDOWS_AT_FIRST
        self.seconds = 0.0
        """What the steps so far took."""
        self.reached: int | None = None
        """All messages from this seq on were looked at; None: all there are."""
        self.is_done = False

    def take(self, step: Page, seconds: float) -> None:
        """Take in what a step found, and how long it took."""
        is_first = self.query is self._asked
        self._page = page_of(
            self._asked.room,
            [*step.messages, *self._page.messages],
            ascending=False,
            limit=self._asked.limit,
            # What was found first lacks what later changes did.
            last=step.last if is_first else self._page.last,
            is_cut=step.more,
        )
        self._missing = [*step.missing, *self._missing]
        self.reached = step.reached
        self.seconds += seconds
        self.is_done = self._page.more or self.reached is None or self.seconds >= SECONDS_MAX
        if not self.is_done:
            # One beyond the limit tells that there is more.
            limit = max(1, self._asked.limit - len(self._page.messages))
            self.query = replace(self._asked, before=self.reached, limit=limit)
            self._change_pace(seconds)

    def _change_pace(self, seconds: float) -> None:
        if seconds > STEP_SECONDS:
            self.windows = max(1, self.windows // 2)
            return
        growth = GROWTH_MAX if seconds <= 0 else min(GROWTH_MAX, int(STEP_SECONDS / 2 / seconds))
        self.windows = min(WINDOWS_MAX, self.windows * max(1, growth))

    def page(self) -> Page:
        """Return what was found so far; it has `reached` if the search ends before it is done."""
        page = replace(self._page, missing=self._missing)
        if page.more or self.reached is None:
            return page
        return replace(page, more=True, reached=self.reached)
