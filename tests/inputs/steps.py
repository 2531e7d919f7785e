"""Counts what Python does, in steps of its machine: the same on every computer, at every load."""

import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, ClassVar
from unittest import mock

from hubbub.chat import lookalikes, names, profiles

MARKS_PER_STEP = 8
"""To sort a run of marks takes the square of their number, a fraction of a step for each pair."""


class Steps:
    """Steps of the threads that are started while it is installed, and of the one that asks."""

    _unit: ClassVar = "opcode"

    def __init__(self) -> None:
        self.count = 0
        self._is_counting = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch this thread, those that are started now, and what is normalised in C."""
        before = sys.gettrace()
        threading.settrace(self._trace)
        with ExitStack() as stack:
            stack.callback(threading.settrace, before)
            for module in (profiles, names, lookalikes):
                stack.enter_context(mock.patch.object(module, "normalize", self._normalize))
            yield

    def of(self, work: Callable[[], object]) -> int:
        """Return how many steps `work` takes in this thread and in those that are watched."""
        before = sys.gettrace()
        self.count = 0
        self._is_counting = True
        sys.settrace(self._trace)
        try:
            work()
        finally:
            sys.settrace(before)
            self._is_counting = False
        return self.count

    def _trace(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        if not self._is_counting:
            return None
        frame.f_trace_lines = self._unit == "line"
        frame.f_trace_opcodes = self._unit == "opcode"
        return self._step

    def _step(self, _frame: FrameType, event: str, _arg: Any) -> Any:
        if event == self._unit:
            self.count += 1
        return self._step

    def _normalize(self, form: Any, text: str) -> str:
        marks = 0
        for char in text:
            marks = marks + 1 if unicodedata.combining(char) else 0
            self.count += 1 + marks // MARKS_PER_STEP
        return unicodedata.normalize(form, text)


class Lines(Steps):
    """Lines that are run, each time anew: four steps or so, and to count them takes a third."""

    _unit = "line"
