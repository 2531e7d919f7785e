"""What attacks did, as a table whose lines are written as they come."""

from bench.attacks.run import Outcome
from bench.measuring import share

NAME_CELLS = 18
HEAD = (
    *("p50 ms", "p99", "max", "idle p50", "p99", "max", "÷ p99"),
    *("let in p50", "max", "idle p50", "max"),
    *("asked p50", "max", "idle p50", "max"),
    *("busy", "connections", "moves", "MiB", "kB/conn", "CPU ms/conn"),
)
CELLS = [max(len(title) + 2, 11) for title in HEAD]

LEGEND = """\
People talk at a server under attack, and at the same moments at an idle one.
- p50, p99, max: from the moment at which a message was due until its hearer had it
- let in: from connecting until whoever came may say something
- asked: from a question for a page or a search until the answer
- busy: how much of its core the server took; moves: what the attack repeated, as sent
- MiB: what the server's memory grew by; per connection, also its CPU time"""


def head() -> str:
    """Return the first line of the table."""
    return _line("", HEAD)


def row(outcome: Outcome) -> str:
    """Return the line of an attack, and under it a sentence for whatever went wrong."""
    attacked, idle = _parts(outcome.attacked.heard), _parts(outcome.control.heard)
    asked, undisturbed = _parts(outcome.attacked.answered), _parts(outcome.control.answered)
    came, came_there = _parts(outcome.attacked.let_in), _parts(outcome.control.let_in)
    connections = max(1, outcome.connections)
    cells = (
        *(_written(attacked, 0, 1, 2) + _written(idle, 0, 1, 2)),
        f"{attacked[1] / idle[1]:,.1f}" if attacked and idle else "-",
        *(_written(came, 0, 2) + _written(came_there, 0, 2)),
        *(_written(asked, 0, 2) + _written(undisturbed, 0, 2)),
        format(outcome.server_seconds / outcome.seconds if outcome.seconds else 0.0, ".0%"),
        format(outcome.connections, ","),
        format(outcome.moves, ","),
        format(outcome.bytes_grown / 2**20, ",.1f"),
        format(outcome.bytes_grown / 1e3 / connections, ",.1f"),
        format(outcome.server_seconds * 1e3 / connections, ",.2f"),
    )
    return "\n".join([_line(outcome.attack.name, cells), *(f"  {r}" for r in outcome.remarks)])


def _line(name: str, cells: tuple[str, ...]) -> str:
    written = (cell.rjust(width) for cell, width in zip(cells, CELLS, strict=True))
    return name.ljust(NAME_CELLS) + "".join(written)


def _parts(seconds: list[float]) -> list[float]:
    """Return median, 99th percentile and maximum in milliseconds, if there are any."""
    ordered = sorted(seconds)
    return [share(ordered, part) * 1e3 for part in (0.5, 0.99, 1.0)] if ordered else []


def _written(parts: list[float], *which: int) -> list[str]:
    return [format(parts[one], ",.1f") if parts else "-" for one in which]
