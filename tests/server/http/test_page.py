"""The page: few answers that hold all of it, and how little of it goes over the network."""

import gzip
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from hubbub.server.http.guard import POLICY, SECURITY_HEADERS
from hubbub.server.http.page.assets import FOLDER
from hubbub.server.http.page.modules import in_scripts
from hubbub.server.http.page.parts import put_together, state_of
from hubbub.testing import LocalServer
from tests.server.http.asking import ask

FIRST_BYTES_MAX = 16_000  # packed: what shows the name field
PAGE_BYTES_MAX = 125_000  # packed: a second at 1 Mbit/s
TYPES = {
    "/": "text/html; charset=utf-8",
    "/icon.svg": "image/svg+xml; charset=utf-8",
    "/manifest.webmanifest": "application/manifest+json; charset=utf-8",
}


def script_of(html: str) -> str:
    """Return the address of the script of a page."""
    found = re.search(r'<script type="module" src="(/page/[0-9a-f]+\.js)">', html)
    assert found
    return found[1]


@pytest.mark.parametrize("path", TYPES)
def test_files_have_their_types(hubbub_server: LocalServer, path: str) -> None:
    answer = ask(hubbub_server, path)
    assert (answer.status, answer.headers["content-type"]) == (200, TYPES[path])


def test_a_browser_that_has_the_page_is_told_that_it_is_the_same(
    hubbub_server: LocalServer,
) -> None:
    first = ask(hubbub_server, "/")
    assert first.headers["cache-control"] == "no-cache"
    again = ask(hubbub_server, "/", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert ask(hubbub_server, "/", If_None_Match='"another"').body == first.body


def test_the_script_is_kept_for_good_under_a_name_of_what_is_in_it(
    hubbub_server: LocalServer,
) -> None:
    script = ask(hubbub_server, script_of(ask(hubbub_server, "/").body.decode()))
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert {"immutable", "max-age=31536000"} <= set(script.headers["cache-control"].split(", "))


def test_files_are_packed_for_who_can_unpack_them(hubbub_server: LocalServer) -> None:
    plain = ask(hubbub_server, "/")
    packed = ask(hubbub_server, "/", Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    refusing = ask(hubbub_server, "/", Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in refusing.headers


def test_all_of_the_page_loads_quickly(hubbub_server: LocalServer) -> None:
    first = ask(hubbub_server, "/", Accept_Encoding="gzip").body
    assert len(first) < FIRST_BYTES_MAX
    script = script_of(gzip.decompress(first).decode())
    then = ask(hubbub_server, script, Accept_Encoding="gzip").body
    assert len(first) + len(then) < PAGE_BYTES_MAX


def test_the_policy_allows_what_the_page_holds_and_nothing_that_others_bring(
    hubbub_server: LocalServer,
) -> None:
    page = ask(hubbub_server, "/")
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in page.headers["content-security-policy"].split(";")
    )
    held = {
        name: [
            f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
            for text in re.findall(rf"<{name}>(.*?)</{name}>", page.body.decode(), re.DOTALL)
        ]
        for name in ("script", "style")
    }
    assert policy["style-src"] == " ".join(held["style"])
    assert policy["script-src"] == " ".join(["'self'", *held["script"]])
    assert len(held["style"]) == len(held["script"]) == 1
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        *("/js/main.js", "/page", "/page/", "/page/0.js", "/..", "/%2e%2e/hub/hub.py"),
        *("/page/%2e%2e/index.html", "/web/index.html"),
    ],
)
def test_nothing_else_is_served(hubbub_server: LocalServer, path: str) -> None:
    assert ask(hubbub_server, path).refusal == (404, "not_found")


# Putting it together.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sources, to be changed."""
    return shutil.copytree(FOLDER, tmp_path / "web")


def test_a_changed_source_is_seen_and_has_another_address(folder: Path) -> None:
    before, state = put_together(folder, SECURITY_HEADERS[POLICY]), state_of(str(folder))
    assert state_of(str(folder)) == state
    with (folder / "js" / "views" / "header.js").open("a") as module:
        module.write("\nconst another = 1;\n")
    after = put_together(folder, SECURITY_HEADERS[POLICY])
    assert state_of(str(folder)) != state
    assert before["/"].tag != after["/"].tag
    assert script_of(before["/"].body.decode()) not in after
    assert before["/icon.svg"] == after["/icon.svg"]


def test_every_module_is_in_one_of_the_scripts(folder: Path) -> None:
    page = put_together(folder, SECURITY_HEADERS[POLICY])
    main = page[script_of(page["/"].body.decode())].body.decode()
    later = [page[path].body.decode() for path in re.findall(r"\$later\('([^']+)'\)", main)]
    scripts = [main, *later]
    held = re.findall(r"^\$modules\['([^']+)'\] \?\?= ", "".join(scripts), re.MULTILINE)
    root = folder / "js"
    modules = {path.relative_to(root).as_posix() for path in root.rglob("*.js")}
    assert modules - set(held) == {"loading.js", "chat/types.js"}
    assert len(held) == len(set(held))
    assert not re.search(r"^\s*/\*\*", "".join(scripts), re.MULTILINE)


def test_modules_are_functions_in_the_order_in_which_they_need_one_another() -> None:
    modules = {
        "main.js": '/** Says. */\n\nimport {\n  a,\n  b as c,\n} from "./x/1.js";\n\nsay(a, c);\n',
        "x/1.js": 'import { two } from "../two.js";\n\nexport const a = two;\nexport class b {}\n',
        "two.js": "const a = 1; // its own\nexport async function two() {\n  return a;\n}\n",
        "unused.js": "",
    }
    main, later = in_scripts(modules, "main.js", str)
    assert main.splitlines()[3:] == [
        "$modules['two.js'] ??= (() => {",
        "const a = 1; // its own",
        "async function two() {",
        "  return a;",
        "}",
        "return { two };",
        "})();",
        "$modules['x/1.js'] ??= (() => {",
        "const { two } = $modules['two.js'];",
        "",
        "const a = two;",
        "class b {}",
        "return { a, b };",
        "})();",
        "$modules['main.js'] ??= (() => {",
        "const {",
        "  a,",
        "  b: c,",
        "} = $modules['x/1.js'];",
        "",
        "say(a, c);",
        "return {  };",
        "})();",
    ]
    assert not later


def test_what_is_loaded_later_is_a_script_with_what_the_first_does_not_have() -> None:
    modules = {
        "main.js": 'import { a } from "./a.js";\n\nimport("./later/b.js").then((b) => b.say(a));\n',
        "a.js": "export const a = 1; /** @type {import('./c.js').C} */\n",
        "later/b.js": 'import { a } from "../a.js";\nimport { c } from "../c.js";\n\n'
        "export const say = () => a + c;\n",
        "c.js": "export const c = 1;\n",
    }
    main, later = in_scripts(modules, "main.js", lambda text: f"/{text.count('??=')}.js")
    assert "$later('/2.js').then((b) => b.say(a));" in main
    assert later["/2.js"].splitlines() == [
        "export const load = ($modules) => {",
        "$modules['c.js'] ??= (() => {",
        "const c = 1;",
        "return { c };",
        "})();",
        "$modules['later/b.js'] ??= (() => {",
        "const { a } = $modules['a.js'];",
        "const { c } = $modules['c.js'];",
        "",
        "const say = () => a + c;",
        "return { say };",
        "})();",
        "return $modules['later/b.js'];",
        "};",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('import * as x from "./x.js";', "import \\* as x"),
        ('import x from "./x.js";', "import x"),
        ("export default 1;", "export default 1"),
        ("export let a = 1;", "export let a"),
        ("export { a };", "export { a }"),
        ('import { a } from "./gone.js";', "gone.js, which is not there"),
        ('import("./gone.js");', "gone.js, which is not there"),
        ('import { a } from "./main.js";', "ring: main.js → main.js"),
    ],
)
def test_what_cannot_be_put_together_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        in_scripts({"main.js": f"{text}\n", "x.js": ""}, "main.js", str)
