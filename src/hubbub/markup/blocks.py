"""Blocks of a message: code between fences, and prose."""

import re
from typing import Final, NamedTuple


class Block(NamedTuple):
    """Prose, or code in a language, which is empty if it is none that we know."""

    text: str
    is_code: bool = False
    language: str = ""


# Without marks behind the first: ```this``` is code within a line.
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<language>[^`~]*)")


def blocks_of(text: str) -> list[Block]:
    """Return the parts of a visible text, in order; at least one."""
    if "```" not in text and "~~~" not in text:
        return [Block(text)]
    lines = text.split("\n")
    found: list[Block] = []
    prose: list[str] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        at += 1
        if fence is None or at == len(lines):
            prose.append(lines[at - 1])
            continue
        found.append(Block("\n".join(prose).strip("\n")))
        prose = []
        end, last = _end_of_code(lines, at, fence["mark"])
        code = [*lines[at:end], *last]
        language = fence["language"].strip()
        is_known = language.lower() in LANGUAGES
        if language and not is_known:
            code.insert(0, language)  # whatever it is, it was written to be read
        found.append(
            Block("\n".join(code), is_code=True, language=language.lower() if is_known else "")
        )
        at = end + 1
    if not found:
        return [Block(text)]
    found.append(Block("\n".join(prose).strip("\n")))
    return [block for block in found if block.text or block.is_code]


def _end_of_code(lines: list[str], start: int, mark: str) -> tuple[int, list[str]]:
    """Return the line that closes a fence, and what code stands in it before the marks."""
    for at in range(start, len(lines)):
        code, found, more = lines[at].rstrip().partition(mark)
        if found and not more.strip(mark[0]):
            if not code.strip():
                return at, []
            if mark[0] == "`":
                return at, [code]
    return len(lines), []


LANGUAGES: Final = frozenset(
    """
    asm awk bash bat batch c c# c++ clj clojure cmake cpp cs csharp css dart diff docker
    dockerfile elixir erlang ex f# fortran fsharp go golang graphql groovy haskell hcl hs html
    java javascript js json jsx julia kotlin latex lisp lua make makefile markdown md nasm nim
    nix objective-c pascal perl php pl powershell proto protobuf ps1 py pycon python python3 r
    rb rs ruby rust scala scss sh shell solidity sql swift terraform tex text toml ts tsx
    typescript vim vue xml yaml yml zig zsh
    """.split()  # noqa: SIM905 - one a line would be a page
)
"""The usual ones, and only those whose lexers stay quick whatever they are given."""
