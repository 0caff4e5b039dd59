"""The frames of a sweep: which values it takes, how they read, and the picture of each."""

from __future__ import annotations

import itertools
import math
import numbers
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

Value = int | float | str
MOST_FRAMES = 60


@dataclass(frozen=True)
class Parameter:
    """One slider: the argument of ``draw``, the name a reader sees, its values and their texts."""

    key: str
    name: str
    values: tuple[Value, ...]
    texts: tuple[str, ...]


def slug(text: str) -> str:
    """Lower-case words joined by single hyphens, fit for an id."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def as_text(value: Value) -> str:
    """How a value reads: six significant digits at most, without trailing zeros."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_parameters(
    parameters: Mapping[str, Iterable[Value]], names: Mapping[str, str] | None = None
) -> tuple[Parameter, ...]:
    """Check what the caller wants to vary."""
    if not isinstance(parameters, Mapping):
        raise TypeError(f"parameters must map names to values, got {type(parameters).__name__}")
    if not 1 <= len(parameters) <= 2:
        raise ValueError(f"parameters must hold one or two names, got {list(parameters)}")
    names = names or {}
    if unknown := set(names) - set(parameters):
        raise ValueError(f"names has {sorted(unknown)}, which parameters do not hold")
    known = tuple(_parameter(key, values, names) for key, values in parameters.items())
    count = math.prod(len(p.values) for p in known)
    if count > MOST_FRAMES:
        raise ValueError(f"parameters give {count} combinations, at most {MOST_FRAMES} are drawn")
    return known


def _parameter(key: str, values: Any, names: Mapping[str, str]) -> Parameter:
    # A string is a sequence of letters, but never the values that somebody wants to see.
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"parameters[{key!r}] must be a list of values, got {values!r}")
    listed = tuple(values.tolist() if hasattr(values, "tolist") else values)
    for value in listed:
        if not isinstance(value, numbers.Real | str):
            raise TypeError(f"parameters[{key!r}] must hold numbers or strings, got {value!r}")
    texts = tuple(as_text(value) for value in listed)
    if len(listed) < 2:
        raise ValueError(f"parameters[{key!r}] needs at least 2 values, got {list(listed)}")
    if len(set(texts)) < len(texts):
        raise ValueError(f"parameters[{key!r}] has values that read the same: {list(texts)}")
    return Parameter(key, names.get(key, key.replace("_", " ")), listed, texts)


def read_start(known: tuple[Parameter, ...], start: Mapping[str, Value] | None) -> dict[str, Value]:
    """Complete the values shown first; each must be one that the sliders can take."""
    start = start or {}
    if unknown := set(start) - {p.key for p in known}:
        raise ValueError(f"start has {sorted(unknown)}, which parameters do not hold")
    first: dict[str, Value] = {}
    for p in known:
        wanted = start.get(p.key, p.values[0])
        if wanted not in p.values:
            raise ValueError(f"start[{p.key!r}]={wanted!r} is none of {list(p.values)}")
        first[p.key] = p.values[p.values.index(wanted)]  # 30 may have been asked for, 30.0 listed
    return first


def corners(
    known: tuple[Parameter, ...], first: Mapping[str, Value]
) -> tuple[tuple[Parameter, ...], dict[str, Value]]:
    """Keep the first and last value of each parameter: what a test needs to draw."""
    ends = tuple(
        Parameter(p.key, p.name, (p.values[0], p.values[-1]), (p.texts[0], p.texts[-1]))
        for p in known
    )
    return ends, {p.key: first[p.key] if first[p.key] in p.values else p.values[0] for p in ends}


@dataclass(frozen=True)
class Frames:
    """The pictures and texts of a sweep, drawn one at a time on one figure."""

    draw: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    alt: str | Callable[..., str]
    size: tuple[float, float] = (6.4, 4.0)
    dpi: int = 100

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """All combinations; the last parameter runs fastest."""
        for values in itertools.product(*(p.values for p in self.parameters)):
            yield dict(zip((p.key for p in self.parameters), values, strict=True))

    def describe(self, values: Mapping[str, Value]) -> str:
        """``angle θ = 30, length = 2``."""
        return ", ".join(f"{p.name} = {as_text(values[p.key])}" for p in self.parameters)

    @cached_property
    def canvas(self) -> FigureCanvasAgg:
        """One canvas for all frames: a new figure would cost as much as the drawing."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        return FigureCanvasAgg(Figure(dpi=self.dpi))

    def picture(self, values: Mapping[str, Value]) -> Image.Image:
        """Draw one frame, whatever an earlier one did to the figure."""
        figure = self.canvas.figure
        figure.clear()
        figure.set_size_inches(*self.size)
        figure.set_layout_engine("constrained")
        try:
            self.draw(figure, **values)
            self.canvas.draw()  # type: ignore[no-untyped-call]
        except Exception as error:
            raise self.failure("draw", values, error) from error
        pixels = self.canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        return Image.fromarray(np.asarray(pixels)).convert("RGB")

    def alt_text(self, values: Mapping[str, Value]) -> str:
        """Say what one frame shows."""
        if isinstance(self.alt, str):
            return f"{self.alt} ({self.describe(values)})"
        try:
            text = self.alt(**values)
        except Exception as error:
            raise self.failure("alt", values, error) from error
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"alt must give a text at {self.describe(values)}, got {text!r}")
        return text

    @staticmethod
    def failure(part: str, values: Mapping[str, Value], error: Exception) -> RuntimeError:
        given = ", ".join(f"{key}={value!r}" for key, value in values.items())
        return RuntimeError(f"{part} failed at {given}: {type(error).__name__}: {error}")
