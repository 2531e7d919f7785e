"""What calls somebody, of what an index found; every log shares it.

An index knows words, and not what of a text is code or a link: only the text itself says whether it
mentions a name. To read that takes longer than to find words, so a step looks at a bounded part.
"""

from collections.abc import Sequence, Set
from itertools import accumulate

from msgspec.structs import replace

from hubbub.chat.events import Message, Page
from hubbub.chat.queries import Calls
from hubbub.chat.words import Phrase, found_in, words_of

LOOKED_AT_CHARS = 65_536
"""Of the texts of a step, so many are looked at; the next one goes on from there."""


def phrases_of_name(name: str) -> list[Phrase]:
    """Return the words that every mention of a name holds; none if the name has no words."""
    words = tuple(words_of(name))
    return [Phrase(words, goes_on=False)] if words else []


def calling(messages: Sequence[Message], calls: Calls, answers: Set[int]) -> list[Message]:
    """Return those of `messages` that call somebody; `answers` do, whatever they say."""
    from hubbub.markup.mentions import mentions  # noqa: PLC0415 (loads parsers that few need)

    phrases = phrases_of_name(calls.name)
    return [
        replace(one, found=tuple(found_in(one.text, phrases)))
        for one in messages
        if one.seq in answers or mentions(one.text, calls.name)
    ]


def only_calls(page: Page, calls: Calls, answers: Set[int]) -> Page:
    """Return a step of a search without what does not call them; it goes on from `reached`."""
    totals = accumulate(len(one.text) for one in reversed(page.messages))
    fitting = 1 + sum(total < LOOKED_AT_CHARS for total in totals)
    looked_at = page.messages[-fitting:]
    kept = calling(looked_at, calls, answers)
    if len(kept) == len(page.messages):
        return replace(page, messages=kept)
    is_to_go_on = page.more or len(looked_at) < len(page.messages)
    reached = looked_at[0].seq if is_to_go_on else page.reached
    return replace(page, messages=kept, more=False, reached=reached)
