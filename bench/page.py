"""How long the page takes far away: `python -m bench.page`.

The server is 300 ms away, there and back, at 1.6 Mbit/s (`bench/distance.py`). Visits are those of
a browser that has nothing, of one that was here before, of one whose service worker keeps the page
(on this machine and over https), and of somebody who is in already and loads the page anew. Each
ends when there is what they wait for, the field for a name or the log, and when the script is there
as well. The page's own clock counts, from the beginning of the visit, in frames. It needs what
`.[dev]` installs, and chromium.
"""

import shutil
import statistics
import sys
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.distance import far_away
from hubbub.testing import serving

RUNS = 5
ROUND_TRIP_SECONDS = 0.3
BYTES_PER_SECOND = 200_000
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
BY_ITSELF = (".webmanifest", "/worker.js", "/favicon.ico")
SAID = 20

WATCH = """
window.seen = {};
const look = () => {
    const isSeen = (selector) => document.querySelector(selector)?.checkVisibility() ?? false;
    const now = performance.now();
    if (isSeen("#answer")) seen.field ??= now;
    if (isSeen("#log article")) seen.log ??= now;
    if ("ready" in (document.documentElement?.dataset ?? {})) seen.ready ??= now;
    requestAnimationFrame(look);
};
look();
"""
IS_KEPT = "() => navigator.serviceWorker.controller !== null"


class Visit(NamedTuple):
    """One visit: milliseconds from its beginning, and how often something was asked for."""

    seen_ms: float
    ready_ms: float
    requests: int


class Visitor:
    """A browser's profile."""

    def __init__(self, browser: Browser, address: str, *, workers: str = "block") -> None:
        self.context: BrowserContext = browser.new_context(service_workers=workers)  # type: ignore[arg-type]
        self.context.add_init_script(WATCH)
        self.address = address

    def visit(self, page: Page | None = None, *, awaited: str = "field") -> Visit:
        """Open the page in a new tab, or load it anew in this one, and wait for what is awaited."""
        tab = page or self.context.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        if page is None:
            tab.goto(self.address, wait_until="commit")
        else:
            tab.reload(wait_until="commit")
        tab.wait_for_function("what => seen[what] && seen.ready", arg=awaited)
        times = tab.evaluate("seen")
        kept = tab.evaluate(
            "performance.getEntriesByType('resource')"
            ".filter(one => one.deliveryType === 'cache').map(one => one.name)"
        )
        if page is None:
            tab.close()
        over = [
            url
            for url in asked
            if url.startswith("http") and url not in kept and not url.endswith(BY_ITSELF)
        ]
        return Visit(times[awaited], times["ready"], len(over))

    def keep(self) -> None:
        """Wait until the service worker has the page."""
        tab = self.context.new_page()
        tab.goto(self.address)
        tab.wait_for_function(IS_KEPT)
        tab.close()

    def enter(self) -> Page:
        """Enter the chatroom, and say something there."""
        tab = self.context.new_page()
        tab.goto(self.address)
        field = tab.get_by_role("textbox", name="Your name")
        field.fill("ann")
        field.press("Enter")
        composer = tab.get_by_role("textbox").last
        for number in range(SAID):
            composer.fill(f"message {number}")
            composer.press("Enter")
        tab.get_by_role("article").filter(has_text=f"message {SAID - 1}").wait_for()
        return tab


def run(browser: Browser, address: str) -> dict[str, Visit]:
    """Pay the visits, each as the first of its kind."""
    visits = {}
    plain = Visitor(browser, address)
    visits["first visit"] = plain.visit()
    visits["next visit"] = plain.visit()
    visits["loaded anew, in the room"] = plain.visit(plain.enter(), awaited="log")
    plain.context.close()
    keeping = Visitor(browser, address, workers="allow")
    keeping.keep()
    visits["next visit, kept by the worker"] = keeping.visit()
    keeping.context.close()
    return visits


def main() -> None:
    """Measure, and print the medians."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("chromium is not installed.")
    runs: list[dict[str, Visit]] = []
    for number in range(RUNS):
        print(f"page, run {number + 1}", file=sys.stderr, flush=True)
        with (
            serving() as server,
            far_away(
                server.host,
                server.port,
                round_trip_seconds=ROUND_TRIP_SECONDS,
                bytes_per_second=BYTES_PER_SECOND,
            ) as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
            runs.append(run(browser, f"http://{address}/"))
            browser.close()
    for kind in runs[0]:
        seen, ready, requests = (
            statistics.median(column) for column in zip(*(one[kind] for one in runs), strict=True)
        )
        print(
            f"{kind}: seen after {seen:.0f} ms, ready after {ready:.0f} ms, {requests:.0f} requests"
        )


if __name__ == "__main__":
    main()
