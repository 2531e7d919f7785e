"""JavaScript modules, put together into few scripts, so that they come in few answers.

Each module becomes a function of its own, in the order in which they need one another, and returns
what it exports. So no name of one meets a name of another, and nothing else changes: what a module
imports are constants, as they are in modules. A module that is loaded later, by `import("…")`,
becomes a script of its own, with what it needs and the first script does not have.

That takes modules that import and export in the plain ways below, and never in a ring; anything
else is refused, never guessed at.
"""

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n|/\*\* @.*?\*/ ?", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function\*?|class) ([\w$]+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)

_HEAD = """"use strict";
const $modules = {};
const $later = async (address) => (await import(address)).load($modules);
"""


class Scripts(NamedTuple):
    """What modules became: the text to begin with, and those that it loads, by their addresses."""

    main: str
    later: dict[str, str]


def in_scripts(
    modules: Mapping[str, str], entrance: str, address_of: Callable[[str], str]
) -> Scripts:
    """Return what does the same as the module `entrance`, with all that it imports.

    `modules`: their texts by their paths. `address_of`: where a text will be found. Raise
    ValueError where a module cannot be put together.
    """
    plain = {path: _COMMENT.sub("", text) for path, text in modules.items()}
    needed = _in_order(plain, entrance)
    later: dict[str, str] = {}

    def loaded(path: str) -> str:
        more = _in_order(plain, path, needed)
        functions = "".join(_as_function(one, plain[one], loaded) for one in more)
        text = f"export const load = ($modules) => {{\n{functions}return $modules[{path!r}];\n}};\n"
        address = address_of(text)
        later[address] = text
        return address

    functions = [_as_function(path, plain[path], loaded) for path in needed]
    return Scripts("".join([_HEAD, *functions]), later)


def _in_order(
    modules: Mapping[str, str], entrance: str, without: Collection[str] = ()
) -> list[str]:
    """Return the modules that are needed, each after those that it needs."""
    ordered: dict[str, None] = {}
    open_paths: list[str] = []

    def visit(path: str) -> None:
        if path in ordered or path in without:
            return
        importer = open_paths[-1] if open_paths else "index.html"
        if path in open_paths:
            ring = " → ".join([*open_paths[open_paths.index(path) :], path])
            raise ValueError(f"these modules import one another in a ring: {ring}")
        if path not in modules:
            raise ValueError(f"{importer} imports {path}, which is not there")
        open_paths.append(path)
        for found in _IMPORT.finditer(modules[path]):
            visit(_reached(path, found[2]))
        open_paths.pop()
        ordered[path] = None

    visit(entrance)
    return list(ordered)


def _reached(path: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), address))


def _as_function(path: str, text: str, loaded: Callable[[str], str]) -> str:
    def imported(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        return f"const {{{names}}} = $modules[{_reached(path, found[2])!r}];"

    def postponed(found: re.Match[str]) -> str:
        return f"$later({loaded(_reached(path, found[1]))!r})"

    text = _IMPORT.sub(imported, _NOTHING.sub("", text))
    exported = ", ".join(found[1] for found in _EXPORT.finditer(text))
    text = _LATER.sub(postponed, _EXPORT.sub("", text))
    if left := _LEFT.search(text):
        raise ValueError(f"{path}: '{left[0]}' is no import or export that can be put together")
    return f"$modules[{path!r}] ??= (() => {{\n{text.strip()}\nreturn {{ {exported} }};\n}})();\n"
