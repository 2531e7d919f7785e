"""The PRECIS profiles of names and passwords (RFC 8264), in time that grows with length alone.

The library precis-i18n has the tables and the rules. Its own profiles ask for the class of a
character wherever it stands, and look through the whole name for each that depends on the rest:
500 middle dots of Katakana take them 40 ms. Here the class of a character is looked up once, and
what depends on the whole name is asked once.

Its Unicode tables take a while to load: import this module when a name needs it.
"""

import re
from collections.abc import Callable, Container, Iterable
from functools import lru_cache
from unicodedata import normalize

from precis_i18n.bidi import bidi_rule, has_rtl
from precis_i18n.context import context_rule_error
from precis_i18n.derived import CONTEXTJ, CONTEXTO, FREE_PVAL, PVALID, derived_property
from precis_i18n.unicode import UnicodeData

_PASSES = 3
"""How often the rules of a nickname are applied; it must not change any more by then."""

_SHRINKING = 2
"""Times the limit that a later pass may still make shorter; only spaces go."""

_IDENTIFIER = (PVALID,)
_FREEFORM = (PVALID, FREE_PVAL)
_IN_CONTEXT = (CONTEXTJ, CONTEXTO)
_ANYWHERE = frozenset(map(chr, (0x30FB, *range(0x660, 0x66A), *range(0x6F0, 0x6FA))))
"""Characters whose rule is about the whole text, and not about their neighbours."""

_SPACE = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SPACES = re.compile(f"{_SPACE.pattern}+")
_UNICODE = UnicodeData()


class NotAllowedError(ValueError):
    """A text that a profile does not allow; says what it does, such as 'has 99 characters'."""


def nickname(text: str, chars_max: int) -> str:
    """Return `text` by the profile NicknameCasePreserved of RFC 8266; raise NotAllowedError.

    `chars_max`: a longer one is not looked at. Some characters become 18 others.
    """
    return _nickname(text, chars_max, str)


def nickname_key(text: str, chars_max: int) -> str:
    """Return `text` by the profile NicknameCaseMapped of RFC 8266; raise NotAllowedError."""
    return _nickname(text, chars_max, str.lower)


def _nickname(text: str, chars_max: int, case: Callable[[str], str]) -> str:
    before = ""
    for _ in range(_PASSES):
        before, text = text, normalize("NFKC", case(_SPACES.sub(" ", text).strip(" ")))
        _check_length(text, _SHRINKING * chars_max)
    _check_length(text, chars_max)
    return _checked(text, before, _FREEFORM)


def username(text: str, chars_max: int) -> str:
    """Return `text` by the profile UsernameCaseMapped of RFC 8265; raise NotAllowedError."""
    mapped = _mapped(text)
    _check_length(mapped, chars_max)
    if has_rtl(mapped, _UNICODE) and not bidi_rule(mapped, _UNICODE):
        raise NotAllowedError("mixes scripts of both directions")
    return _checked(_mapped(mapped), mapped, _IDENTIFIER)


def opaque_string(text: str, chars_max: int) -> str:
    """Return `text` by the profile OpaqueString of RFC 8265, for passwords; raise NotAllowedError.

    Capitals count, and so do spaces, all of them alike.
    """
    _check_length(text, chars_max)
    mapped = normalize("NFC", _SPACE.sub(" ", text))
    _check_length(mapped, chars_max)
    return _checked(normalize("NFC", mapped), mapped, _FREEFORM)


def _check_length(text: str, chars_max: int) -> None:
    if len(text) > chars_max:
        raise NotAllowedError(f"has {len(text)} characters")


def _mapped(text: str) -> str:
    return normalize("NFC", _UNICODE.width_map(text).lower())


def _checked(text: str, before: str, allowed: Container[str]) -> str:
    """Return `text` if one more pass has left it as it was `before`, with `allowed` characters."""
    is_stable = text and text == before
    if not is_stable or not all(_may_stand(char, text, allowed) for char in set(text)):
        raise NotAllowedError("holds characters that it may not have")
    return text


def _may_stand(char: str, text: str, allowed: Container[str]) -> bool:
    kind = _class_of(char)
    if kind not in _IN_CONTEXT:
        return kind in allowed
    return not any(context_rule_error(text, at, _UNICODE) for at in _places(char, text))


def _places(char: str, text: str) -> Iterable[int]:
    if char in _ANYWHERE:
        return (text.index(char),)
    return (at for at, one in enumerate(text) if one == char)


@lru_cache(maxsize=16_384)  # more than any chatroom writes its names with
def _class_of(char: str) -> str:
    return derived_property(ord(char), _UNICODE)[0]
