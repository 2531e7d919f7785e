"""Notifications in a window of Qt: pywebview refuses them to every page, and Qt alone shows none.

Without this, the window ends as soon as the page asks for them: how pywebview refuses is not what
PyQt6 takes.
"""

import contextlib
import html
import shutil
import subprocess
from functools import partial
from typing import Any, Final

from hubbub.background import in_thread

PROGRAM: Final = "notify-send"
"""Shows a notification as the desktop does; it is where desktops of Linux are."""

SHOW_SECONDS: Final = 10.0
"""How long the program may take; it does not wait until the notification is gone."""


def allow_notifications(page: Any, origin: str) -> None:
    """Grant them to the page of this `origin`, if they can be shown. All else is refused.

    `page`: a QWebEnginePage. To be called in the thread of all windows.
    """
    program = shutil.which(PROGRAM)

    def asked(whose: Any, feature: Any) -> None:
        is_ours = whose.toString().rstrip("/") == origin
        is_granted = program and is_ours and feature == page.Feature.Notifications
        policies = page.PermissionPolicy
        page.setFeaturePermission(
            whose,
            feature,
            policies.PermissionGrantedByUser if is_granted else policies.PermissionDeniedByUser,
        )

    page.featurePermissionRequested.disconnect()
    page.featurePermissionRequested.connect(asked)
    if program:
        page.profile().setNotificationPresenter(lambda one: _show(program, one))


def _show(program: str, notification: Any) -> None:
    """Show a notification of the page, and let the page know; desktops read markup in its text."""
    text = html.escape(notification.message(), quote=False)
    command = [program, "--app-name=hubbub", "--", notification.title(), text]
    in_thread(partial(_run, command), "notification").start()
    notification.show()


def _run(command: list[str]) -> None:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):  # the title counts all the same
        subprocess.run(command, check=False, capture_output=True, timeout=SHOW_SECONDS)  # noqa: S603
