"""A connection's ways in, of which none lets a fault of ours out to those who serve all of them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Failing(Protocol):
        """A connection that can be ended for a fault of ours."""

        def fail_by_our_fault(self, error: Exception) -> None:
            """End the connection, and no other; must not raise anything."""


C = TypeVar("C", bound="Failing")
P = ParamSpec("P")


def contained(act: Callable[Concatenate[C, P], None]) -> Callable[Concatenate[C, P], None]:
    """Have a fault in `act` end its connection, and nothing else."""

    @wraps(act)
    def acting(connection: C, /, *args: P.args, **options: P.kwargs) -> None:
        try:
            act(connection, *args, **options)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
            connection.fail_by_our_fault(error)

    return acting
