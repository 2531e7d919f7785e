"""Masks of names, as people write them over IRC."""

import re
from fnmatch import translate

from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.chat import masks


@given(st.text("ab?*[]A", max_size=8), st.text("abB[]", max_size=8))
@example("*A?*ab", "aB")
@example("?*?", "a")
def test_a_mask_means_what_its_characters_say(mask: str, text: str) -> None:
    pattern = translate(mask.lower().replace("[", "[[]"))
    assert masks.fits(mask, text) == (re.match(pattern, text.lower()) is not None)
