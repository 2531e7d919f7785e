"""What the page is served as: a document with its styles in it, a script, and small files.

A document that has all its styles, and the form that asks for a name, shows that form as soon as it
has come; the script comes beside it. The script is called by what is in it, so browsers may keep it
for good, and a document never meets the script of another version.
"""

import gzip
import hashlib
import json
import os
import re
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from hubbub.server.http.page.modules import in_scripts

_STYLESHEETS = re.compile(r'(?: *<link rel="stylesheet" href="/[^"]+">\n)+')
_HREF = re.compile(r'href="/([^"]+)"')
_EARLY = re.compile(r'<script src="/([^"]+)"></script>')
_MAIN = re.compile(r'<script type="module" src="/js/([^"]+)"></script>')
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DOC_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)

_HOME = '<meta name="home" content="{}">'

HASH_CHARS = 20

_TYPES = {
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}


class Part(NamedTuple):
    """One answer. Only its packed bytes are kept: nearly every browser takes those."""

    packed: bytes
    content_type: str
    tag: str
    lasts: bool = False
    """Whether what stands at this address never changes."""
    policy: str = ""
    """The Content-Security-Policy of a document."""

    @property
    def body(self) -> bytes:
        """Its bytes as they are."""
        return gzip.decompress(self.packed)


def put_together(folder: Path, policy: str, home: str = "") -> dict[str, Part]:
    """Return what is served, by path, of the page whose sources are in `folder`.

    `policy`: of all answers; the document's allows what stands in it, and no other styles. `home`:
    the origin of the chatroom, if the page is served from elsewhere.
    """
    source = _read(folder / "index.html")
    root = folder / "js"
    modules = {path.relative_to(root).as_posix(): _read(path) for path in root.rglob("*.js")}
    main, later = in_scripts(modules, _found(_MAIN, source)[1], _address)
    scripts = {_address(main): main, **later}
    style = _CSS_COMMENT.sub("", "".join(_read(folder / path) for path in _sheets(source)))
    early = _DOC_COMMENT.sub("", _read(folder / _found(_EARLY, source)[1]))
    icon = f'"data:image/svg+xml,{quote(_read(folder / "icon.svg"))}"'
    document = source.replace('"/icon.svg"', icon)
    document = document.replace(_HOME.format(""), _HOME.format(escape(home)))
    document = _STYLESHEETS.sub(lambda _: f"    <style>{style}</style>\n", document)
    document = _EARLY.sub(lambda _: f"<script>{early}</script>", document)
    document = _MAIN.sub(f'<script type="module" src="{_address(main)}"></script>', document)
    allowed = policy.replace("script-src 'self'", f"script-src 'self' {_allowed(early)}")
    allowed = allowed.replace("style-src 'self'", f"style-src {_allowed(style)}")
    worker = _read(folder / "worker.js").replace('"none"', f'"{_hash(document)}"')
    worker = worker.replace('["/page/none.js"]', json.dumps([*scripts]))
    return {
        "/": _part(document, "text/html", policy=allowed),
        "/worker.js": _part(worker, "text/javascript"),
        **{path: _part(text, "text/javascript", lasts=True) for path, text in scripts.items()},
        **{
            f"/{path.name}": _part(_read(path), _TYPES[path.suffix])
            for path in folder.iterdir()
            if path.suffix in _TYPES
        },
    }


def state_of(folder: str) -> list[tuple[str, int]]:
    """Return what is another list when a source was changed."""
    found = []
    for entry in os.scandir(folder):
        if entry.is_dir():
            found += state_of(entry.path)
        else:
            found.append((entry.path, entry.stat().st_mtime_ns))
    return found


def _part(text: str, content_type: str, *, lasts: bool = False, policy: str = "") -> Part:
    packed = gzip.compress(text.encode(), mtime=0)
    return Part(packed, content_type, _hash(text), lasts, policy)


def _sheets(source: str) -> list[str]:
    """Return the paths of the style sheets, which stand together."""
    return _HREF.findall(_found(_STYLESHEETS, source)[0])


def _address(script: str) -> str:
    return f"/page/{_hash(script)}.js"


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.search(text)
    if not found:
        raise ValueError(f"index.html has nothing like {pattern.pattern}")
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARS]


def _allowed(text: str) -> str:
    """Return how a policy names what stands in the document itself."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
