"""What people wrote, as HTML: code, emphasis, links and quotes, by the rules of the clients.

All of it is escaped. The only addresses are those of links, which begin with http or https.
"""

import re
from html import escape

from hubbub.markup.blocks import blocks_of
from hubbub.markup.runs import Mark, Run, runs
from hubbub.markup.visible import visible

_MARKS: dict[Mark, str] = {"strong": "strong", "em": "em", "s": "s"}
_QUOTED = re.compile("^> ?", re.MULTILINE)
_KINDS = {"code": "code", "quote": "q", "heading": "b"}


def html_of(text: str) -> str:
    """Return a message's text as it is shown."""
    parts = []
    for block in blocks_of(visible(text)):
        if block.is_code:
            code = escape(block.text).replace("\n", "&#10;")  # what is exported is one line
            parts.append(f"<pre>{code}</pre>")
        else:
            parts.append("".join(map(_run, runs(block.text))))
    return "".join(parts)


def _run(run: Run) -> str:
    text = _QUOTED.sub("", run.text).removesuffix("\n") if run.kind == "quote" else run.text
    shown = escape(text).replace("\n", "<br>")
    if run.url is not None:
        shown = f'<a href="{escape(run.url)}" rel="noreferrer">{shown}</a>'
    elif tag := _KINDS.get(run.kind):
        shown = f"<{tag}>{shown}</{tag}>"
    for mark in reversed(run.marks):
        shown = f"<{_MARKS[mark]}>{shown}</{_MARKS[mark]}>"
    return shown
