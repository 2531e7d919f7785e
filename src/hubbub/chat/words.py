"""What counts as a word of a text, for search; every log shares it.

Words are runs of letters, digits and the marks on them, without regard to case, accents and forms
that mean the same (NFKD): full-width letters, ligatures, half-width kana. Some scripts put no
space between words; there every character is a word of its own, so that a phrase of them is found
inside a text. The signs of `C++`, `F#` and `R&D` are words too, and so is the dot of `.NET`.

Each character is folded by itself, and composed again only within a word: to normalize a whole
text takes time that grows with the square of its longest run of marks, ten seconds for 60 kB.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.text import inert_line

RULES = f"2 {unicodedata.unidata_version}"
"""Changes whenever the words of some text may be others: an index of the former ones is void."""

WORD_CHARS_MAX = 64  # a longer one is several
QUERY_CHARS_MAX = 1000
QUERY_WORDS_MAX = 16  # as people count them
QUERY_PIECES_MAX = 32  # as they are counted here: each is looked up in the index
FOUND_MAX = 50  # places in a text that are told of
_FOLDED_MAX = 20_000  # characters whose folding is remembered: more than any chatroom writes

_LEADING = "\u1100-\u115f\ua960-\ua97c"  # the parts of a syllable of Korean
_VOWEL = "\u1160-\u11a7\ud7b0-\ud7c6"
_TRAILING = "\u11a8-\u11ff\ud7cb-\ud7fb"
_VOICING = "\u3099\u309a"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
    "\U00011700-\U0001174f"  # Thai, Lao, Myanmar, Khmer, Tai, Ahom
    "\u2e80-\u2fdf\u3005-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf"  # CJK, kana, Yi
    "\uf900-\ufaff\U00016fe0-\U00018dff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
_SIGNS = "+#&"
_PARTED = f"{_SIGNS}.{_LEADING}{_VOWEL}{_TRAILING}{_UNSPACED}"
_WORDS = re.compile(
    rf"[^ {_PARTED}]{{1,{WORD_CHARS_MAX}}}"
    rf"|[{_UNSPACED}][{_VOICING}]?"
    rf"|[{_LEADING}][{_VOWEL}]?[{_TRAILING}]?|[{_VOWEL}{_TRAILING}]"
    rf"|[{_SIGNS}]|\.(?=[^ {_SIGNS}.])"
)

PIECE_CHARS: Final = 2_048
"""A long text is not taken in one call, for which all other threads would have to wait."""

TOGETHER_CHARS: Final = 8_192
"""Texts that are no longer than that together are split in one call: a tenth of a millisecond."""

_ASCII_WORDS = re.compile(rf"[a-z0-9]{{1,{WORD_CHARS_MAX}}}|[{_SIGNS}]|\.(?=[a-z0-9])")
_PARTING: Final = "\x1e"  # stands between texts; as a control character it stands in none
_PARTING_BYTES: Final = _PARTING.encode()
_BETWEEN: Final = f" {_PARTING} "
_OTHER: Final = "x"  # stands for a text that is split by itself
_KEPT: Final = f"{_SIGNS}.{_PARTING}"
_ASCII: Final = "".join(
    char.lower() if char.isalnum() or char in _KEPT else " " for char in map(chr, range(0x80))
)
_ASCII_TABLE: Final = _ASCII.encode().ljust(0x100)
_END_DOTS = re.compile(rb"\.(?![a-z0-9])")
_PARTS = re.compile(r'"(?P<quoted>[^"]*)(?P<end>"?)|\S+')


def words_of(text: str) -> list[str]:
    """Return the words of `text` in order; none holds a space."""
    if not text.isascii():
        folded = "".join(piece.translate(_folding) for piece in _pieces(text))
        return [unicodedata.normalize("NFC", word.group()) for word in _WORDS.finditer(folded)]
    if len(text) <= PIECE_CHARS:
        return _ASCII_WORDS.findall(text.lower())
    return [word.group() for word in _ASCII_WORDS.finditer(text.lower())]


class WordsOfEach:
    """The words of several texts; `count` says how many they are.

    Short texts in ASCII are split together, by what CPython does with bytes: that takes a third of
    what it takes to look for the words of each.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = len(texts)
        together = _BETWEEN.join(texts)
        others: list[int] = []
        if not together.isascii():
            others = [place for place, text in enumerate(texts) if not text.isascii()]
            together = _BETWEEN.join([text if text.isascii() else _OTHER for text in texts])
        self._words = _ascii_words(together) if len(together) <= TOGETHER_CHARS else []
        # An older log may have kept control characters, and a longer word is several.
        is_parted = bool(self._words) and together.count(_PARTING) + 1 == len(texts)
        if not is_parted or max(map(len, self._words)) > WORD_CHARS_MAX:
            others = [*range(len(texts))]
            self._words = _ascii_words(_BETWEEN.join([_OTHER] * len(texts)))
        self._others = [(place, words_of(texts[place])) for place in others]
        self.count = len(self._words) - len(texts) + 1
        self.count += sum([len(words) - 1 for _, words in self._others])

    def joined(self, between: str) -> list[str]:
        """Return the words of each text, with `between` between them."""
        parting = f"{between}{_PARTING}{between}"
        each = between.encode().join(self._words).decode().split(parting)
        if len(each) != self._texts:  # some have none: nothing would stand between two partings
            each = between.encode().join(_with_blanks(self._words)).decode().split(parting)
        for place, words in self._others:
            each[place] = between.join(words)
        return each


def _with_blanks(words: Iterable[bytes]) -> Iterator[bytes]:
    """Yield words and partings, with an empty word where a text has none."""
    before = _PARTING_BYTES
    for word in words:
        if word == before == _PARTING_BYTES:
            yield b""
        yield word
        before = word
    if before == _PARTING_BYTES:
        yield b""


def _ascii_words(text: str) -> list[bytes]:
    """Return the words of a text in ASCII, however long, and each parting as one."""
    found = text.encode().translate(_ASCII_TABLE)
    for sign in (b"+", b"#", b"&"):
        if sign in found:
            found = found.replace(sign, b" %b " % sign)
    if b"." in found:
        found = _END_DOTS.sub(b" ", found).replace(b".", b" . ")
    return found.split()  # that of a str would take a parting for a space


def _pieces(text: str) -> list[str]:
    return [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)]


def allowed_query(raw: str) -> str:
    """Return a query as one inert line; raise Refused `too_long` if it has too much in it.

    It is measured by what costs least first, so a refusal takes no longer than reading `raw` did.
    """
    if (words := len(raw.split())) > QUERY_WORDS_MAX:
        raise _too_long(f"{words:,} words", QUERY_WORDS_MAX)
    if len(raw) > QUERY_CHARS_MAX:
        raise _too_long(f"{len(raw):,} characters", QUERY_CHARS_MAX)
    query = inert_line(raw)
    if (pieces := sum(len(phrase.words) for phrase in phrases_of(query))) > QUERY_PIECES_MAX:
        raise _too_long(
            f"{pieces:,} words, since signs such as + and each character of scripts without spaces "
            "count as one",
            QUERY_PIECES_MAX,
        )
    return query


def _too_long(what: str, allowed: int) -> Refused:
    sentence = f"Your search has {what}; {allowed:,} are allowed. Search for less."
    return Refused(sentence, code="too_long")


class Phrase(NamedTuple):
    """Words in a row, as a text must hold them."""

    words: tuple[str, ...]
    goes_on: bool = True
    """Whether the last word may go on in the text: it does not within quotes."""


def phrases_of(query: str) -> list[Phrase]:
    """Return what a text must hold to match `query`: for each of its parts the words in a row.

    A part is what stands between spaces, or between quotes, of which the last may be missing yet. A
    part that another one holds is left out.
    """
    parts = {
        Phrase(tuple(words_of(part["quoted"] or part[0])), not part["end"]): None
        for part in _PARTS.finditer(query)
    }
    phrases = [phrase for phrase in parts if phrase.words]
    return [one for one in phrases if not any(_implies(other, one) for other in phrases)]


def _implies(phrase: Phrase, other: Phrase) -> bool:
    """Return whether a text that holds `phrase` is sure to hold `other`, one word, as well."""
    if phrase == other or len(other.words) > 1:
        return False
    (word,) = other.words
    if other.goes_on:
        return any(one.startswith(word) for one in phrase.words)
    return word in (phrase.words[:-1] if phrase.goes_on else phrase.words)


def found_in(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Return the places in a text at which `phrases` stand: from one character to another.

    Of many there are the first `FOUND_MAX`, of which some may be one. A word that goes on is whole.
    """
    found: list[tuple[int, int]] = []
    words: list[str] = []
    starts: list[int] = []
    for word, start, end in _placed(text):
        words.append(word)
        starts.append(start)
        for phrase, goes_on in phrases:
            is_last = word.startswith(phrase[-1]) if goes_on else word == phrase[-1]
            if is_last and tuple(words[-len(phrase) : -1]) == phrase[:-1]:
                found.append((starts[-len(phrase)], end))
        if len(found) >= FOUND_MAX:
            break
    return _joined(found)


def _placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a text with the places where they begin and end in it."""
    if text.isascii():
        for one in _ASCII_WORDS.finditer(text.lower()):
            yield one.group(), one.start(), one.end()
        return
    pieces = [_folding[ord(char)] for char in text]
    ends = list(accumulate(map(len, pieces)))
    for one in _WORDS.finditer("".join(pieces)):
        start = bisect_right(ends, one.start())
        end = bisect_right(ends, one.end())
        yield unicodedata.normalize("NFC", one.group()), start, max(end, start + 1)


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(end, joined.pop()[1])  # noqa: PLW2901
        joined.append((start, end))
    return joined


class _Folding(dict[int, str]):
    """For `str.translate`: each character as words have it, a space where words end."""

    def __missing__(self, code: int) -> str:
        folded = "".join(map(_folded, _decomposed(chr(code))))
        if len(self) < _FOLDED_MAX:
            self[code] = folded
        return folded


def _decomposed(char: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())


def _folded(char: str) -> str:
    if char in _SIGNS or char == ".":
        return char
    category = unicodedata.category(char)
    if (category == "Cf" and char != "\u200b") or _is_accent(char):
        return ""
    return char if category[0] in "LNM" or category == "Co" else " "


def _is_accent(char: str) -> bool:
    """Accents, Hebrew points, Arabic marks and variation selectors: people search without them."""
    place = unicodedata.combining(char)
    return 10 <= place <= 35 or place >= 200 or "\ufe00" <= char <= "\ufe0f"


_folding = _Folding()
