"""A claim holds, or raises; in a notebook it is shown, recorded and glued."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from companion.claims import GLUE, RECORD, ClaimError, claim


@pytest.mark.parametrize(
    ("value", "expected", "tol"),
    [
        (1.0, 1.0, 0.0),
        (1.001, 1.0, 0.002),
        (torch.tensor([1.0, 2.0]), [1.0, 2.0], 0.0),
        (np.array([[1.0]]), torch.tensor([[1.0]]), 0.0),
        (torch.tensor(2), 2, 0.0),
        (True, True, 0.0),
        ("indefinite", "indefinite", 0.0),
        (float("inf"), float("inf"), 0.0),
        (1 + 2j, 1 + 2.0005j, 1e-3),
    ],
)
def test_values_within_the_tolerance_hold(value: Any, expected: Any, tol: float) -> None:
    made = claim("some_value", value, expected, tol=tol, origin="closed form")
    assert made.name == "some_value" and made.origin == "closed form"


@pytest.mark.parametrize(
    ("value", "expected", "tol"),
    [
        (1.003, 1.0, 0.002),
        (0.997, 1.0, 0.002),
        (1.0 + 1e-15, 1.0, 0.0),
        (torch.tensor([1.0, 2.1]), [1.0, 2.0], 0.05),
        (False, True, 0.0),
        ("psd", "pd", 0.0),
        (float("nan"), float("nan"), 1.0),
        (float("inf"), -float("inf"), 1.0),
    ],
)
def test_wrong_values_raise(value: Any, expected: Any, tol: float) -> None:
    with pytest.raises(ClaimError, match="some_value: computed"):
        claim("some_value", value, expected, tol=tol, origin="closed form")


@pytest.mark.parametrize(
    ("relation", "below", "equal", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_inequalities(relation: str, below: bool, equal: bool, above: bool) -> None:
    for value, holds in ((1.0, below), (2.0, equal), (3.0, above)):
        if holds:
            assert (
                claim("order", value, 2.0, origin="bound", relation=relation).relation == relation
            )
        else:
            with pytest.raises(ClaimError):
                claim("order", value, 2.0, origin="bound", relation=relation)


def test_bad_arguments_are_named() -> None:
    good: dict[str, Any] = {"tol": 0.0, "origin": "closed form"}
    with pytest.raises(ValueError, match="name must be"):
        claim("two words", 1, 1, **good)
    with pytest.raises(ValueError, match="origin must say"):
        claim("a", 1, 1, origin=" ")
    with pytest.raises(ValueError, match="relation must be"):
        claim("a", 1, 1, relation="~", **good)
    for tol in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="tol must be"):
            claim("a", 1, 1, origin="x", tol=tol)
    with pytest.raises(ValueError, match=r"value has shape \(2,\), expected \(3,\)"):
        claim("a", [1, 2], [1, 2, 3], **good)


def test_numbers_are_written_for_readers() -> None:
    assert claim("a", 1.6180339887, 1.618034, tol=1e-6, origin="x").value == "1.61803"
    assert claim("a", 3.0, 3, origin="x").value == "3"
    assert claim("a", 1e-12, 0, tol=1e-9, origin="x").value == "1e-12"
    assert claim("a", [1.0, 2.5], [1.0, 2.5], origin="x").value == "(1, 2.5)"
    assert claim("a", 0.5 - 1j, 0.5 - 1j, origin="x").value == "0.5 - 1i"
    assert claim("a", np.ones(10), np.ones(10), origin="x").value == "10 values"
    assert claim("a", 2.0 / 3, 2 / 3, origin="x", digits=2).value == "0.67"
    assert claim("a", 2.0 / 3, 1, origin="x", relation="<").value == "0.67"
    many = claim("some_errors", np.ones(10), np.ones(10), origin="x")
    assert str(many) == "✓ some errors: 10 values agree"


def test_bundle_holds_text_and_html() -> None:
    made = claim("golden_ratio", 1.618034, 1.6180339, tol=1e-6, origin="a <b> root", unit="m")
    bundle = made.bundle()
    assert bundle["text/plain"] == "✓ golden ratio = 1.61803 m  (a <b> root)"
    assert "<b>" not in bundle["text/html"] and "within 1e-06" in bundle["text/html"]
    assert made.tolerance == "1e-06" and made.expected == "1.61803" and made.relation == "="
    assert str(claim("gap", 3, 2, origin="x", relation=">")) == "✓ gap: 3 > 2"


def shown(monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[Any]:
    """Collect what a claim displays in a pretended notebook."""
    calls: list[Any] = []
    import IPython
    import IPython.display

    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace())
    monkeypatch.setattr(
        IPython.display, "display", lambda bundle, **kwargs: calls.append((bundle, kwargs))
    )
    claim("golden", 1.5, 1.5, origin="x", **options)
    return calls


def test_notebook_shows_records_and_glues(monkeypatch: pytest.MonkeyPatch) -> None:
    (line, _), (glued, options) = shown(monkeypatch)
    assert line["text/plain"].startswith("✓ golden = 1.5") and "text/html" in line
    assert glued == {GLUE + "text/plain": "1.5"}
    assert options["metadata"]["scrapbook"] == {"name": "golden", "mime_prefix": GLUE}
    record = options["metadata"][RECORD]
    assert record["value"] == "1.5" and record["origin"] == "x"


def test_hidden_claims_are_recorded_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ((glued, options),) = shown(monkeypatch, show=False)
    assert glued == {GLUE + "text/plain": "1.5"} and RECORD in options["metadata"]


def test_without_ipython_a_claim_only_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert claim("a", 1, 1, origin="x").value == "1"


def test_a_claim_at_the_end_of_a_cell_is_not_shown_twice() -> None:
    from IPython.core.formatters import IPythonDisplayFormatter

    assert IPythonDisplayFormatter()(claim("a", 1, 1, origin="x")) is True
