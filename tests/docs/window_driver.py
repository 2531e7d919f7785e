"""Runs examples/tk_window.py for a test: tells what it shows, and does what it is told.

Each change of what is shown is a line of JSON on stdout. A line on stdin is text to type; what
begins with a `<` is an event, such as `<Return>`, and `close` closes the window.
"""

import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from tk_window import Window

LOOK_MILLISECONDS = 20


def main() -> None:
    """Show the window until it is closed."""
    window = Window(*sys.argv[1:])
    root, entry = window.root, window._entry
    shown: dict[str, str] = {}

    def look() -> None:
        now = {
            "log": window._log.get("1.0", "end").strip(),
            "status": window._status.get(),
            "entry": entry.get(),
        }
        if now != shown:
            shown.update(now)
            print(json.dumps(now), flush=True)
        root.after(LOOK_MILLISECONDS, look)

    def do(line: str) -> None:
        if line == "close":
            window.close()
        elif line.startswith("<"):
            entry.event_generate(line)
        else:
            entry.delete(0, "end")
            entry.insert(0, line)

    def listen() -> None:
        for line in sys.stdin:
            orders.append(line.rstrip("\n"))  # noqa: PERF401 (it is read meanwhile)

    def obey() -> None:
        root.after(LOOK_MILLISECONDS, obey)
        if orders and root.focus_displayof() is entry:  # else keys would be lost
            do(orders.pop(0))

    orders: list[str] = []
    threading.Thread(target=listen, daemon=True).start()
    root.wait_visibility()
    entry.focus_force()
    look()
    obey()
    root.mainloop()


main()
