"""The house style as a test, so that nobody has to remember it in a review.

What ruff, mypy and import-linter check is left to them. Each check takes a file and returns its
complaints; each is also shown a file that it must complain about.
"""

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from hubbub.chat.limits import Limits
from tests.conftest import IN_ORDER, place_in_order

ROOT = Path(__file__).parents[1]
PACKAGE = "src/hubbub"
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
VAGUE = {"manager", "handler", "helper", "util", "utils", "data", "info"}
UNIT = re.compile(r".+_(bytes|chars|seconds)(_max|_min)?|(connections|rooms|listed)(_per_.+)?_max")
RATES = {"messages_per_second", "burst"}
EMPTY_OPENING = re.compile(r"Tell whether|Take note|See `")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """A Python file: its path in the repository, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def is_product(self) -> bool:
        return self.path.startswith("src/")

    @property
    def module(self) -> str:
        """The dotted name of a product's module."""
        parts = Path(self.path).with_suffix("").parts[1:]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if listed.returncode and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip("this is no git checkout")
    assert listed.returncode == 0, listed.stderr
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).exists()]


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    found = [Source(str(p.relative_to(ROOT)), p.read_text("utf-8")) for p in tracked("*.py")]
    assert found
    return found


# The checks of one file.


def short_file(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > FILE_LINES_MAX:
        yield f"{lines} lines; split it by {FILE_LINES_MAX}"


def short_functions(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name} has {lines} lines; the most is {FUNCTION_LINES_MAX}"


def module_docstring(source: Source) -> Iterator[str]:
    if source.text and not ast.get_docstring(source.tree):
        yield "says nowhere what it is for"


def no_vague_names(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    classes = [node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    for name in [*source.module.split("."), *classes]:
        words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
        if vague := VAGUE & {word.lower() for word in words}:
            yield f"{name}: '{', '.join(vague)}' says nothing; name what it is"


def bounded(source: Source) -> Iterator[str]:
    if not source.path.startswith("tests/"):
        return
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    for call in calls:
        bounds = {"timeout"} & {keyword.arg for keyword in call.keywords}
        if ast.unparse(call.func) == "subprocess.run" and not bounds:
            yield f"line {call.lineno} waits for a program, perhaps for ever; give a timeout"


def documented(source: Source) -> Iterator[str]:
    if not source.is_product:
        return
    tree = source.tree
    tabled = _tabled(tree)
    for node in tree.body:
        if isinstance(node, Function) and node.name not in tabled:
            yield from _undocumented(node)
        elif isinstance(node, ast.ClassDef):
            yield from _undocumented(node)
            for member in node.body:
                if isinstance(member, Function) and not _is_implementation(node, member):
                    yield from _undocumented(member)


def plain_openings(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module):
            said = ast.get_docstring(node) or ""
            if found := EMPTY_OPENING.match(said):
                yield f"'{found[0]}…' adds nothing; say what the function or the thing gives"


def told_of_faults(source: Source) -> Iterator[str]:
    """What begins a task or a thread elsewhere might let it end without a word."""
    if not source.is_product or source.module == "hubbub.background":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            names = [f"{ast.unparse(node.value)}.{node.attr}", node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        if begun := BEGUN.intersection(names):
            yield f"line {node.lineno} begins {begun.pop()}; have background.py do it"


def raised_anew(source: Source) -> Iterator[str]:
    """An exception keeps the frames through which it was raised, and more of them each time."""
    if not source.is_product:
        return
    for node in ast.walk(source.tree):
        raised = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(raised, ast.Name) and raised.id.isupper():
            yield f"line {raised.lineno} raises {raised.id} again and again; make one each time"


BEGUN = {
    *("create_task", "ensure_future", "asyncio.TaskGroup", "asyncio.create_task"),
    *("threading.Thread", "threading.Timer"),
}


def _undocumented(node: Function | ast.ClassDef) -> Iterator[str]:
    if not node.name.startswith("_") and not ast.get_docstring(node):
        yield f"{node.name} has no docstring"


def _tabled(tree: ast.Module) -> set[str]:
    """Return the functions that a table of the module holds: its keys say what they are for."""
    tables = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
    ]
    return {value.id for table in tables for value in table.values if isinstance(value, ast.Name)}


def _is_implementation(owner: ast.ClassDef, method: Function) -> bool:
    """Return whether the method is documented where its interface is defined."""
    bases = [ast.unparse(base).split(".")[-1] for base in owner.bases]
    return any(method.name in INTERFACES.get(base, ()) for base in bases)


INTERFACES = {
    "Protocol": {  # asyncio's
        *("connection_made", "connection_lost", "data_received", "eof_received"),
        *("pause_writing", "resume_writing"),
    },
    "Receiver": {  # ours, which is asyncio's in pieces
        *("connection_made", "connection_lost", "data_received", "eof_received"),
        *("pause_writing", "resume_writing"),
    },
    "RequestHandler": {"connection_made", "connection_lost", "handle_error"},  # aiohttp's
    "Log": {
        "heads",
        "facts",
        "drop",
        "forget_loose",
        "held",
        "holder",
        "loose",
        "stored",
        "surplus",
        "look_up",
        "led_to",
        "guests",
        "epochs",
        "append",
        "check",
        "try_writing",
        "free_bytes",
        "follow",
        "backlog",
        "page",
        "reactions",
        "revisions",
        "search",
        "seqs_at",
        "close",
    },
}
"""Methods that need no docstring in a class with this base."""

CHECKS = [
    short_file,
    short_functions,
    module_docstring,
    no_vague_names,
    bounded,
    documented,
    plain_openings,
    told_of_faults,
    raised_anew,
]


@pytest.mark.parametrize("check", CHECKS)
def test_every_file(check: Callable[[Source], Iterator[str]], sources: list[Source]) -> None:
    complaints = [f"{source.path}: {said}" for source in sources for said in check(source)]
    assert not complaints, "\n".join(complaints)


BODY = "    pass\n"
UNTIDY = [
    (short_file, "src/hubbub/x.py", "x = 1\n" * 501),
    (short_functions, "tests/x.py", "def f():\n" + BODY * 60),
    (short_functions, "tests/x.py", "class A:\n    async def f():\n" + f"    {BODY}" * 60),
    (module_docstring, "tests/x.py", "x = 1\n"),
    (no_vague_names, "src/hubbub/x.py", "class RoomManager: ...\n"),
    (no_vague_names, "src/hubbub/x.py", "class RoomInfo: ...\n"),
    (no_vague_names, "src/hubbub/chat_utils.py", ""),
    (no_vague_names, "src/hubbub/helper/x.py", ""),
    (bounded, "tests/x.py", "subprocess.run(['x'], check=True)\n"),
    (documented, "src/hubbub/x.py", "def f(): ...\n"),
    (told_of_faults, "src/hubbub/x.py", "asyncio.create_task(f())\n"),
    (told_of_faults, "src/hubbub/x.py", "self._loop.create_task(f())\n"),
    (told_of_faults, "src/hubbub/x.py", "from threading import Thread\n"),
    (raised_anew, "src/hubbub/x.py", "raise _BAD_LINE from None\n"),
    (plain_openings, "src/hubbub/x.py", "def f():\n    '''Tell whether it is so.'''\n"),
    (documented, "src/hubbub/x.py", "class A: ...\n"),
    (documented, "src/hubbub/x.py", "class A:\n    '''A.'''\n    def f(self): ...\n"),
    (documented, "src/hubbub/x.py", "class A:\n    '''A.'''\n    def write(self): ...\n"),
]


@pytest.mark.parametrize(("check", "path", "text"), UNTIDY)
def test_each_check_complains(
    check: Callable[[Source], Iterator[str]], path: str, text: str
) -> None:
    assert list(check(Source(path, text)))


# The checks of the tree.


def unreached(sources: list[Source], entrances: set[str]) -> set[str]:
    """Return the product's modules to which no chain of imports leads from `entrances`."""
    imports = {source.module: _mentioned(source.tree) for source in sources if source.is_product}
    reached: set[str] = set()
    waiting = [*entrances, *(name for name in imports if name.endswith(".__main__"))]
    while waiting:
        name = waiting.pop()
        if name in imports and name not in reached:
            reached.add(name)
            waiting += [*imports[name], name.rpartition(".")[0]]
    return set(imports) - reached


def _mentioned(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # importlib.import_module
    return found


def entrances() -> set[str]:
    """Return the modules that pyproject.toml names: commands and plugins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["scripts"], *project["entry-points"].values()]
    return {target.partition(":")[0] for group in groups for target in group.values()}


def test_no_module_is_dead(sources: list[Source]) -> None:
    assert not unreached(sources, entrances())


def test_a_dead_module_is_found() -> None:
    tree = [
        Source("src/a/__init__.py", ""),
        Source("src/a/cli.py", "from a import used"),
        Source("src/a/used.py", "import_module('a.lazy')"),
        Source("src/a/lazy.py", ""),
        Source("src/a/dead.py", "import a.used"),
    ]
    assert unreached(tree, {"a.cli"}) == {"a.dead"}


def of_the_page(source: Source) -> Iterator[str]:
    """Check a file of the page, which is no Python."""
    yield from short_file(source)
    is_said = source.text.startswith(("/*", "<"))
    if source.is_product and not is_said:
        yield "says nowhere what it is for"


def test_the_page_keeps_to_it_too() -> None:
    patterns = [f"{PACKAGE}/web/*.{kind}" for kind in ("js", "css", "html")] + ["tests/web/*.js"]
    found = [path for pattern in patterns for path in tracked(pattern)]
    assert found
    sources = [Source(str(p.relative_to(ROOT)), p.read_text("utf-8")) for p in found]
    complaints = [(one.path, said) for one in sources for said in of_the_page(one)]
    assert not complaints


def test_a_long_file_of_the_page_and_one_that_says_nothing_are_found() -> None:
    long = Source("src/hubbub/web/long.js", "/** Long. */\n" + "x();\n" * FILE_LINES_MAX)
    assert [*of_the_page(long)]
    assert [*of_the_page(Source("src/hubbub/web/dumb.css", "a {}\n"))]
    assert not [*of_the_page(Source("src/hubbub/web/fine.js", "/** Fine. */\n"))]


def test_every_folder_of_tests_has_a_place_in_their_order() -> None:
    of_tests = {path.relative_to(ROOT / "tests").parts for path in tracked("tests/*/test_*.py")}
    assert {parts[0] for parts in of_tests} == set(IN_ORDER)
    assert len(set(IN_ORDER)) == len(IN_ORDER)


def test_what_takes_long_is_tested_first() -> None:
    files = [path for path in tracked("tests/*.py") if path.name.startswith("test_")]
    ordered = [
        path.relative_to(ROOT / "tests").parts[0] for path in sorted(files, key=place_in_order)
    ]
    assert (ordered[0], ordered[-1]) == (IN_ORDER[0], "test_tidy.py")
    assert [*dict.fromkeys(ordered)][: len(IN_ORDER)] == [*IN_ORDER]


def without_unit(limits: list[str]) -> list[str]:
    return [name for name in limits if name not in RATES and not UNIT.fullmatch(name)]


def test_every_limit_has_a_unit() -> None:
    assert not without_unit([field.name for field in msgspec.structs.fields(Limits)])


def test_a_limit_without_unit_is_found() -> None:
    assert without_unit(["text_max", "idle", "idle_seconds"]) == ["text_max", "idle"]


def untested(protocol: str, tests: str) -> list[str]:
    """Return the promises of `protocol` after which no test is named."""
    section = protocol.split("\n## 6. ")[1].split("\n## ", maxsplit=1)[0]
    promises = re.findall(r"^### 6\.\d+ (.+)$", section, re.MULTILINE)
    assert promises
    named = {node.name for node in ast.walk(ast.parse(tests)) if isinstance(node, Function)}
    slugs = [re.sub(r"\W+", "_", promise.lower().replace("'", "")) for promise in promises]
    return [
        slug
        for slug in slugs
        if not any(re.fullmatch(f"test_{slug}(_.+)?", name) for name in named)
    ]


def test_every_promise_has_a_test_of_its_name() -> None:
    protocol = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    tests = (ROOT / "tests" / "server" / "test_promises.py").read_text("utf-8")
    assert not untested(protocol, tests)


def test_an_untested_promise_is_found() -> None:
    protocol = "\n## 6. Promises\n\n### 6.1 Order\n\n### 6.2 Slow down, don't lose\n\n## 7. x\n"
    assert untested(protocol, "def test_order(): ...") == ["slow_down_dont_lose"]


def broken_links(page: str, text: str) -> list[str]:
    """Return the targets of links to files that are not there."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [target for target in targets if ":" not in target]
    return [target for target in local if not (ROOT / page).parent.joinpath(target).exists()]


def test_links_between_pages_lead_somewhere() -> None:
    pages = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in tracked("*.md")}
    broken = {page: bad for page, text in pages.items() if (bad := broken_links(page, text))}
    assert not broken


def test_a_broken_link_is_found() -> None:
    assert broken_links("docs/x.md", "[a](y.md) [b](../README.md#x) [c](https://x)") == ["y.md"]


def missing_files(text: str) -> set[str]:
    """Return the files of the product that a page names and that are not there."""
    named = set(re.findall(r"`([\w/]+/(?:[\w-]+\.(?:py|js|css|html))?)`", text))
    return {name for name in named if not any((ROOT / at / name).exists() for at in ("", PACKAGE))}


def test_pages_name_files_that_exist() -> None:
    assert not missing_files("".join(path.read_text("utf-8") for path in tracked("*.md")))


def test_a_missing_file_is_found() -> None:
    page = "`hub/hub.py`, `hub/`, `hub/gone.py`, `tui/gone/`, `web/js/main.js`, `web/js/go-ne.js`"
    assert missing_files(page) == {"hub/gone.py", "tui/gone/", "web/js/go-ne.js"}
