"""Which of a command's words is an address, and which a text: nothing is said that was an address.

A word is taken for an address only if it looks like one. Where it might be either, the user is
asked to say so.
"""

import ipaddress
import re
from collections.abc import Sequence

import click

from hubbub.client.address import BadAddress, parse_address

_DOTTED = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_FILTER = re.compile(r"(from|in|before|after|has):")
"""Begins a word of a search that is no word to look for."""
_NAMED = re.compile(r"[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*")


def address_and(words: Sequence[str], given: str | None, option: str) -> tuple[str, str]:
    """Return the address, empty if there is none, and the text of one or two words.

    `given`: the address that the option `option` gave. Raises BadParameter where a word may be an
    address or a part of the text.
    """
    if given is not None:
        if len(words) > 1:
            raise click.BadParameter(f"With {option} there is one text. {_QUOTE}")
        return given, words[0]
    if len(words) > 2:
        raise click.BadParameter(
            f"Expected an address and one text, not {len(words)} words. {_QUOTE}"
        )
    *before, text = words
    if not before:
        return "", text
    is_address = before[0] == "" or "://" in before[0] or looks_like_address(before[0])
    if not is_address:
        raise click.BadParameter(
            f"{before[0]!r} may be an address or a part of the text. {_QUOTE} An address goes "
            f"behind {option}."
        )
    return before[0], text


_QUOTE = "Put the text in quotes."


def check_is_text(text: str) -> None:
    """Raise BadParameter if a text that stands alone is an address, whose text was forgotten."""
    if looks_like_address(text) and not all(map(_DOTTED.fullmatch, text.split(","))):
        raise click.BadParameter(
            f"{text!r} is an address, and there is no text. Write the text behind it. To say just "
            "that, give the address of the chatroom with --to."
        )


def looks_like_address(word: str) -> bool:
    """Return whether a word is more likely an address than a text.

    Of several servers that are separated by commas, each has to look like one.
    """
    if _FILTER.match(word):
        return False
    if "," in word and "://" not in word:
        return all(map(_names_server, word.partition("#")[0].rstrip("/").split(",")))
    return _names_server(word)


def _names_server(word: str) -> bool:
    try:
        place = parse_address(word)
    except BadAddress:
        return False
    bare = word.partition("#")[0].rstrip("/")
    if "://" in bare or bare == "localhost" or (_is_ip(place.host) and place.host in bare):
        return bare != ""
    has_port = bare.rpartition(":")[2] == str(place.port)
    return bool(_DOTTED.fullmatch(bare) or (has_port and _NAMED.fullmatch(place.host)))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
