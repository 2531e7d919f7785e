"""Alerts as Alertmanager sends them (version 4 of its webhooks), and Grafana after it."""

from collections import Counter

from hubbub.server.http.hooks.fields import (
    Body,
    joined,
    lines,
    object_in,
    objects_in,
    text_in,
)

ALERTS_MAX = 20
"""Alerts of a group that are told one by one."""

_NAME = "alertname"


def group(body: Body) -> str:
    """Return what a group of alerts says: how many of what, and then each."""
    alerts = objects_in(body, "alerts")
    if not alerts:
        return ""
    untold = max(0, len(alerts) - ALERTS_MAX)
    truncated = body.get("truncatedAlerts")
    if isinstance(truncated, int) and truncated > 0:
        untold += truncated
    return lines(
        [
            _heading(body, alerts),
            *(_alert(one) for one in alerts[:ALERTS_MAX]),
            f"… and {untold} more" if untold else "",
        ]
    )


def _heading(body: Body, alerts: list[Body]) -> str:
    statuses = Counter(_status(one) for one in alerts)
    counts = ", ".join(f"{status.upper()}:{count}" for status, count in statuses.items())
    common = {**object_in(body, "groupLabels"), **object_in(body, "commonLabels")}
    name = text_in(common, _NAME)
    return joined(f"[{counts}]", name, _labels(common), by=" ")


def _status(alert: Body) -> str:
    return text_in(alert, "status") or "alert"


def _alert(alert: Body) -> str:
    labels, annotations = object_in(alert, "labels"), object_in(alert, "annotations")
    summary = text_in(annotations, "summary", "title", "message")
    return lines(
        [
            joined(
                f"{_status(alert)}:", summary or text_in(labels, _NAME), _labels(labels), by=" "
            ),
            text_in(annotations, "description"),
            text_in(annotations, "runbook_url"),
            text_in(alert, "dashboardURL") or text_in(alert, "generatorURL"),
        ]
    )


def _labels(labels: Body) -> str:
    told = ", ".join(f"{name}={text_in(labels, name)}" for name in sorted(labels) if name != _NAME)
    return f"({told})" if told else ""
