"""Claims: results of a page, asserted against a value that was found another way."""

from __future__ import annotations

import html
import math
import operator
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

__all__ = ["Claim", "ClaimError", "claim"]

RECORD = "claim"  # key of the ledger's record in the metadata of the glued output
GLUE = "application/papermill.record/"
ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ClaimError(AssertionError):
    """A claim of the book does not hold.

    Proven equal to its behaviour in ``tests/test_claims.py``.

    Book: CONTRIBUTING.md, "Claims"
    """


@dataclass(frozen=True)
class Claim:
    """A claim that held: what was computed, what was expected, how closely, and from where.

    Proven equal to its behaviour in ``tests/test_claims.py``.

    Book: reference/claims
    """

    name: str
    value: str
    relation: str
    expected: str
    tolerance: str
    origin: str
    unit: str = ""

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        spaced = self.name.replace("_", " ")
        if self.relation != "=":
            return f"✓ {spaced}: {self.value}{unit} {self.relation} {self.expected}{unit}"
        if self.value.endswith(" values"):
            return f"✓ {spaced}: {self.value} agree"
        return f"✓ {spaced} = {self.value}{unit}"

    def _ipython_display_(self) -> None:
        """Show nothing when a cell ends with the claim: it has been displayed already."""

    def bundle(self) -> dict[str, str]:
        """Return what a notebook shows: text and a checked line of HTML."""
        title = f"expected {self.relation} {self.expected} from {self.origin}"
        title += f", within {self.tolerance}" if self.tolerance else ""
        line = html.escape(str(self).removeprefix("✓ "))
        mark = '<span class="claim-mark" aria-label="checked">✓</span>'
        origin = f'<span class="claim-origin">— {html.escape(self.origin)}</span>'
        return {
            "text/plain": f"{self}  ({self.origin})",
            "text/html": f'<p class="claim" title="{html.escape(title)}">{mark} {line} '
            f"{origin}</p>",
        }


def claim(
    name: str,
    value: Any,
    expected: Any,
    *,
    tol: float = 0.0,
    origin: str,
    relation: str = "=",
    unit: str = "",
    digits: int | None = None,
    show: bool = True,
) -> Claim:
    r"""Assert that a computed value agrees with one that was derived independently.

    For ``relation="="`` the claim holds if :math:`|v - e| \le` ``tol`` in every entry (numbers,
    tensors, arrays, nested lists), or ``v == e`` for text and truth values; the other relations
    ``<``, ``<=``, ``>``, ``>=`` compare single numbers. In a notebook the claim is displayed,
    recorded for the ledger ``reference/claims``, and glued, so that prose can show the value with
    ``{glue:text}`name```.

    Parameters
    ----------
    name : identifier, unique on the page; letters, digits and underscores.
    value, expected : the computed and the independent value; NaN never agrees.
    tol : absolute tolerance of ``relation="="``.
    origin : where ``expected`` comes from: "closed form", "torch.linalg.svd", "SymPy" ...
    unit, digits : for the display; 6 significant digits, 2 in an inequality, if not given.
    show : display the line; hidden claims are recorded and glued as well.

    Raises
    ------
    ClaimError
        If the values disagree.
    ValueError
        If the name is no identifier, the origin empty, the relation unknown, the tolerance
        negative, or the shapes differ.

    Proven equal to its behaviour in ``tests/test_claims.py``.

    Book: reference/claims
    """
    if not name.isidentifier():
        raise ValueError(f"name must be letters, digits and underscores, got {name!r}")
    if not origin.strip():
        raise ValueError("origin must say where the expected value comes from, got an empty text")
    if relation != "=" and relation not in ORDER:
        raise ValueError(f"relation must be '=' or one of {list(ORDER)}, got {relation!r}")
    if not tol >= 0:
        raise ValueError(f"tol must be a non-negative number, got {tol!r}")
    if not holds(value, expected, relation, tol):
        raise ClaimError(
            f"{name}: computed {text(value, 12)}, expected {relation} {text(expected, 12)} "
            f"(tol {tol:g}, {origin})"
        )
    shown = digits or (6 if relation == "=" else 2)
    made = Claim(
        name,
        text(value, shown),
        relation,
        text(expected, shown),
        f"{tol:.0e}" if tol else "",
        origin,
        unit,
    )
    publish(made, show)
    return made


def holds(value: Any, expected: Any, relation: str, tol: float) -> bool:
    """Return whether the relation holds between the two values."""
    if relation != "=":
        return bool(ORDER[relation](float(value), float(expected)))
    if isinstance(expected, str | bool) or expected is None:
        return bool(value == expected)
    ours, theirs = numbers(value), numbers(expected)
    if ours.shape != theirs.shape:
        raise ValueError(f"value has shape {tuple(ours.shape)}, expected {tuple(theirs.shape)}")
    same = ours == theirs  # covers infinities, whose difference is NaN
    return bool((same | ((ours - theirs).abs() <= tol)).all())


def numbers(value: Any) -> torch.Tensor:
    """Turn a number, tensor, array or nested list into a double-precision tensor."""
    if isinstance(value, torch.Tensor):
        found = value.detach().cpu()
    else:
        found = torch.as_tensor(np.array(value), device="cpu")  # NumPy keeps double precision
    return found.to(torch.complex128 if found.is_complex() else torch.float64)


def text(value: Any, digits: int) -> str:
    """Format a number, or the entries of a small array, with so many significant digits."""
    if isinstance(value, str | bool) or value is None:
        return str(value)
    entries = numbers(value)
    if entries.ndim == 0:
        return number_text(entries.item(), digits)
    if entries.numel() > 9:
        return f"{entries.numel()} values"
    return "(" + ", ".join(number_text(x, digits) for x in entries.flatten().tolist()) + ")"


def number_text(x: complex, digits: int) -> str:
    """Format one number; whole numbers without a decimal point."""
    if isinstance(x, complex):
        sign = "+" if x.imag >= 0 else "-"
        return f"{number_text(x.real, digits)} {sign} {number_text(abs(x.imag), digits)}i"
    if math.isfinite(x) and x == int(x) and abs(x) < 1e9:
        return str(int(x))
    return f"{x:.{digits}g}"


def publish(made: Claim, show: bool) -> None:
    """In a notebook, display the claim, record it for the ledger and glue its value."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    if get_ipython() is None:  # type: ignore[no-untyped-call,unused-ignore]
        return
    from IPython.display import display

    if show:
        display(made.bundle(), raw=True)  # type: ignore[no-untyped-call,unused-ignore]
    glued = {GLUE + "text/plain": made.value}
    scrap = {"name": made.name, "mime_prefix": GLUE}
    display(glued, raw=True, metadata={"scrapbook": scrap, RECORD: asdict(made)})  # type: ignore[no-untyped-call,unused-ignore]
