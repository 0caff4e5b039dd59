"""What the grader says: a report that reads well as text and as HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, Literal

import torch

MARKS = {"passed": "✓", "failed": "✗", "not attempted": "…"}


@dataclass(frozen=True)
class Report:
    """The answer of :func:`check`: a status, a sentence, and details line by line.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: CONTRIBUTING.md, "Exercises"
    """

    name: str
    status: Literal["passed", "failed", "not attempted"]
    sentence: str
    diagnosis: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        lines = [f"{MARKS[self.status]} {self.name}: {self.sentence}"]
        lines += [f"  {self.diagnosis}"] if self.diagnosis else []
        for label, text in self.details:
            first, *rest = text.split("\n")
            lines += [f"  {label + ':':<9} {first}"] + [" " * 12 + line for line in rest]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        kind = self.status.replace(" ", "-")
        rows = "".join(
            f"<tr><th>{html.escape(label)}</th><td><pre>{html.escape(text)}</pre></td></tr>"
            for label, text in self.details
        )
        diagnosis = f"<p><strong>{html.escape(self.diagnosis)}</strong></p>"
        return (
            f'<div class="check check-{kind}"><p>{MARKS[self.status]} '
            f"<code>{html.escape(self.name)}</code> {html.escape(self.sentence)}</p>"
            + (diagnosis if self.diagnosis else "")
            + (f"<table>{rows}</table>" if rows else "")
            + "</div>"
        )


def shown(value: Any, limit: int = 400) -> str:
    """Write a value for a reader: tensors without the word tensor, long ones shortened."""
    if isinstance(value, torch.Tensor):
        body = str(value.detach().cpu())
        text = body.removeprefix("tensor(").removesuffix(")").replace("\n       ", "\n")
        text = text.replace(", dtype=torch.float64", "")
    elif callable(value) and not isinstance(value, type):
        text = f"function {getattr(value, '__name__', '')}".strip()
    elif isinstance(value, tuple | list):
        text = "\n".join(shown(v, limit) for v in value) if value else "nothing"
    else:
        text = repr(value)
    return text if len(text) <= limit else text[:limit].rstrip() + " ..."
