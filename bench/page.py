"""How long the page takes far away: `python -m bench.page`.

Chromium behaves as if the server were 300 ms away, there and back, at 1.6 Mbit/s. A run is a first
visit, with nothing kept, and the next one; each ends when the name field can be typed into, and
the script has come too. It needs what `.[dev]` installs, and chromium.
"""

import shutil
import statistics
import sys
import time
from typing import NamedTuple

from playwright.sync_api import BrowserContext, sync_playwright

from hubbub.testing import serving

RUNS = 5
ROUND_TRIP_MS = 300
BYTES_PER_SECOND = 200_000
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
IS_READY = "() => document.documentElement.dataset.ready === ''"
BY_ITSELF = (".webmanifest", "/worker.js", "/favicon.ico")


class Visit(NamedTuple):
    """One visit: milliseconds from the first request on, and what went over the network."""

    field_ms: float
    ready_ms: float
    requests: int
    kilobytes: float


def visit(context: BrowserContext, address: str) -> Visit:
    """Open the page in a new tab, and close it."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    sent: dict[str, str] = {}
    kept: set[str] = set()
    lengths: list[int] = []
    session.on(
        "Network.requestWillBeSent",
        lambda event: sent.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on("Network.requestServedFromCache", lambda event: kept.add(event["requestId"]))
    session.on(
        "Network.responseReceived",
        lambda event: kept.add(event["requestId"]) if event["response"]["fromDiskCache"] else None,
    )
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_role("textbox", name="Your name").wait_for()
    field = time.perf_counter()
    page.wait_for_function(IS_READY)
    ready = time.perf_counter()
    asked = [
        url
        for number, url in sent.items()
        if number not in kept and url.startswith("http") and not url.endswith(BY_ITSELF)
    ]
    page.close()
    return Visit(
        (field - begun) * 1000, (ready - begun) * 1000, len(asked), round(sum(lengths) / 1000, 1)
    )


def main() -> None:
    """Measure, and print the medians."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("chromium is not installed.")
    first: list[Visit] = []
    then: list[Visit] = []
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        for run in range(RUNS):
            print(f"page, run {run + 1}", file=sys.stderr, flush=True)
            context = browser.new_context(service_workers="block")
            address = f"http://{server.address}/"
            first.append(visit(context, address))
            then.append(visit(context, address))
            context.close()
        browser.close()
    for name, visits in (("first visit", first), ("next visit", then)):
        field, ready, requests, kilobytes = (
            statistics.median(column) for column in zip(*visits, strict=True)
        )
        print(
            f"{name}: name field after {field:.0f} ms, page ready after {ready:.0f} ms, "
            f"{requests:.0f} requests, {kilobytes:.1f} kB"
        )


if __name__ == "__main__":
    main()
