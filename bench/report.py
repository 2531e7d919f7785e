"""The results as tables for people and as JSON for programs, with the machine they hold for."""

import os
import platform
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.measuring import load_core, server_core, sync_seconds
from bench.peers.peer import TEXT_BYTES, Keeps
from bench.workloads import IN_FLIGHT, SPEAKERS, Figures, Scale, Workload

BUSY = 0.9
HEADINGS = {
    "server_us_per_delivery": ("µs/delivery", ".3f"),
    "own_us_per_delivery": ("µs of its own process", ".3f"),
    "deliveries_per_second": ("deliveries/s", ",.0f"),
    "messages_per_second": ("messages/s", ",.0f"),
    "p50_ms": ("p50 ms", ",.2f"),
    "p99_ms": ("p99 ms", ",.2f"),
    "server_busy": ("server", ".0%"),
    "load_busy": ("load", ".0%"),
    "bytes_per_connection": ("bytes/connection", ",.0f"),
    "connections": ("connections", ",.0f"),
    "accepted_per_second": ("accepted/s", ",.0f"),
    "server_us_per_accept": ("µs/accept", ",.0f"),
    "start_ms": ("start ms", ",.0f"),
    "start_cpu_ms": ("start CPU ms", ",.0f"),
    "first_message_ms": ("first message ms", ",.0f"),
    "command_ms": ("command ms", ",.0f"),
    "command_cpu_ms": ("command CPU ms", ",.0f"),
    "history_ms": ("page ms", ",.2f"),
    "history_middle_ms": ("older page ms", ",.2f"),
    "search_rare_ms": ("rare word ms", ",.2f"),
    "search_common_ms": ("common word ms", ",.2f"),
    "join_first_ms": ("join ms", ",.2f"),
    "catch_up_per_second": ("caught up/s", ",.0f"),
    "server_us_per_caught_up": ("µs/caught up", ",.2f"),
    "fill_per_second": ("filled/s", ",.0f"),
    "enter_ms": ("enter ms", ",.2f"),
    "become_guest_ms": ("become a guest ms", ",.2f"),
    "come_back_ms": ("come back ms", ",.2f"),
    "join_ms": ("join ms", ",.2f"),
    "rooms_ms": ("rooms ms", ",.2f"),
    "coming_cpu_ms": ("CPU ms of both", ",.1f"),
    "mb": ("MB", ",.0f"),
}
"""How each figure is headed and written; µs are CPU time of the server."""


@dataclass(slots=True)
class Row:
    """What the runs of one peer in one workload gave."""

    runs: list[Figures] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def median(self) -> Figures:
        """Return the median of each figure over the runs that count."""
        if not self.runs:
            return {}
        return {key: statistics.median(run[key] for run in self.runs) for key in self.runs[0]}

    def is_load_bound(self) -> bool:
        """Return whether the load was at its limit and the server was not."""
        median = self.median()
        return median.get("load_busy", 0.0) > BUSY > median.get("server_busy", BUSY)


@dataclass(slots=True)
class Result:
    """A workload with its rows, by the names of the peers."""

    workload: Workload
    rows: dict[str, Row]


def machine() -> dict[str, Any]:
    """Describe the machine."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "server_core": server_core(),
        "load_core": load_core(),
        "system": f"{platform.system()} {platform.release()}",
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "load_average": os.getloadavg()[0],
        "disk_sync_ms": round(sync_seconds() * 1e3, 3),
    }


def settings(scale: Scale, runs: int) -> dict[str, Any]:
    """Describe what was asked for."""
    return {
        "runs": runs,
        "seconds": scale.seconds,
        "divisor": scale.divisor,
        "text_bytes": TEXT_BYTES,
        "speakers": SPEAKERS,
        "in_flight": IN_FLIGHT,
    }


def as_json(
    results: list[Result],
    versions: dict[str, str],
    absences: dict[str, str],
    described: dict[str, Any],
) -> dict[str, Any]:
    """Return everything as one object; figures end in their unit."""
    return {
        **described,
        "versions": versions,
        "absent": absences,
        "workloads": {
            result.workload.name: {
                name: {
                    "median": row.median(),
                    "ratios": ratios(result, name),
                    "runs": row.runs,
                    "failures": row.failures,
                    "load_bound": row.is_load_bound(),
                }
                for name, row in result.rows.items()
            }
            for result in results
        },
    }


def ratios(result: Result, name: str) -> Figures:
    """Return the compared figures of a peer, divided by those of the first row."""
    first = next(iter(result.rows.values())).median()
    mine = result.rows[name].median()
    return {
        key: mine[key] / first[key]
        for key in result.workload.compared
        if key in mine and first.get(key, 0.0) > 0
    }


def table(result: Result, scale: Scale) -> str:
    """Return the table of a workload, and under it a sentence for whatever went wrong."""
    workload = result.workload
    first = next(iter(result.rows))
    head = ["", "survives"] if _keeps(result) else [""]
    for column in workload.columns:
        head.append(HEADINGS[column][0])
        if column in workload.compared:
            head.append(f"÷ {first}")
    lines = [head, *(_cells(result, name) for name in result.rows)]
    labels = 2 if _keeps(result) else 1
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    written = [
        "  ".join(
            cell.rjust(width) if at >= labels else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    smaller = f", all numbers divided by {scale.divisor}" if scale.divisor > 1 else ""
    return "\n".join([workload.title + smaller, *written, *_remarks(result)])


def _cells(result: Result, name: str) -> list[str]:
    median, divided = result.rows[name].median(), ratios(result, name)
    keeps = _keeps(result)
    cells = [name, keeps[name]] if keeps else [name]
    for column in result.workload.columns:
        cells.append(format(median[column], HEADINGS[column][1]) if column in median else "-")
        if column in result.workload.compared:
            cells.append(format(divided[column], ".2f") if column in divided else "-")
    return cells


def _keeps(result: Result) -> dict[str, Keeps]:
    """Return what the messages of each peer survive, if that is not the same for all."""
    keeps = {peer.name: peer.keeps for peer in result.workload.peers}
    return keeps if len(set(keeps.values())) > 1 else {}


def _remarks(result: Result) -> list[str]:
    remarks = []
    for name, row in result.rows.items():
        for reason, times in Counter(row.failures).items():
            of = f", {times} of {len(row.runs) + len(row.failures)} runs" if row.runs else ""
            remarks.append(f"  {name}{of}: {reason}")
        if row.is_load_bound():
            remarks.append(
                f"  {name}: the load was the bottleneck, its core busy and the server's not."
            )
    return remarks
