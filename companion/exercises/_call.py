"""Call a reader's function safely: on copies, within a time limit, catching what it raises."""

from __future__ import annotations

import copy
import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from companion.exercises._compare import difference


class TimeLimit(BaseException):
    """The time is up; no subclass of Exception, so that ``except Exception`` cannot swallow it."""


@dataclass(frozen=True)
class Outcome:
    """What one call did: its value or what it raised, and the inputs that it changed."""

    value: Any = None
    raised: BaseException | None = None
    changed: tuple[int, ...] = ()

    @property
    def timed_out(self) -> bool:
        return isinstance(self.raised, TimeLimit)


def copied(value: Any) -> Any:
    """Copy an argument so that the call cannot change the original."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(copied(v) for v in value)
    return copy.deepcopy(value)


def run(function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Outcome:
    """Call ``function`` on copies of the arguments and report what happened."""
    mine = copied(arguments)
    limited = in_main_thread if threading.current_thread() is threading.main_thread() else in_worker
    if not hasattr(signal, "setitimer"):  # Windows
        limited = in_worker
    try:
        value, raised = limited(lambda: function(*mine), seconds), None
    except (Exception, SystemExit, TimeLimit) as error:
        value, raised = None, error
    pairs = enumerate(zip(mine, arguments, strict=True))
    changed = tuple(i for i, (new, old) in pairs if not unchanged(new, old))
    return Outcome(value, raised, changed)


def unchanged(new: Any, old: Any) -> bool:
    """Return whether an argument still holds what it held; functions count as unchanged."""
    return callable(old) or difference(new, old, 0.0) is None


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the main thread after so many seconds; restore the handler afterwards."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def in_main_thread(call: Callable[[], Any], seconds: float) -> Any:
    """Call with an interval timer, which stops any Python loop."""
    with alarm(seconds):
        return call()


def in_worker(call: Callable[[], Any], seconds: float) -> Any:
    """Call in a worker thread and send it TimeLimit when the time is up."""
    result: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            result.append(call())
        except BaseException as error:
            errors.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    while worker.is_alive():
        identity = ctypes.c_ulong(worker.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(TimeLimit))
        worker.join(0.1)
        if worker.is_alive() and not errors:
            errors.append(TimeLimit())  # a single library call cannot be stopped: leave it
            break
    if errors:
        raise errors[0]
    return result[0]
