"""A mistake is recognised whichever library the reader made it with: signs are free there."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch

from companion import linalg
from companion.exercises import Exercise, Misconception, all_exercises, find
from companion.exercises._grade import grade


class TorchFirst:
    """``torch.linalg`` where it has the function, else the companion."""

    def eigh(self, a: Any, b: Any = None) -> Any:
        """PyTorch has no generalised problem."""
        return torch.linalg.eigh(a) if b is None else linalg.eigh(a, b)

    def __getattr__(self, name: str) -> Any:
        return getattr(torch.linalg, name, None) or getattr(linalg, name)


def module_of(exercise: Exercise) -> Any:
    return importlib.import_module(exercise.misconceptions[0].wrong.__module__)


PAIRS = [
    pytest.param(e, m, id=f"{e.name}-{m.idea.replace(' ', '_')[:40]}")
    for e in all_exercises()
    if hasattr(module_of(e), "linalg")
    for m in e.misconceptions
]


@pytest.mark.parametrize(("exercise", "misconception"), PAIRS)
def test_mistake_made_with_torch_gets_the_same_diagnosis(
    exercise: Exercise, misconception: Misconception
) -> None:
    module = module_of(exercise)

    def answer(*arguments: Any) -> Any:
        module.linalg = TorchFirst()
        try:
            return misconception.wrong(*arguments)
        finally:
            module.linalg = linalg

    for seed in range(3):
        report = grade(exercise, answer, seed=seed)
        assert report.diagnosis == misconception.diagnosis, f"seed {seed}: {report!r}"


@pytest.mark.parametrize("library", [torch.linalg, linalg], ids=["torch", "companion"])
def test_mistakes_with_a_decomposition_of_free_signs(library: Any) -> None:
    def columns(A, k):
        U, s, Vh = library.svd(A, full_matrices=False)
        return (U[:, :k] * s[:k]) @ Vh[:, :k].T

    def unfit(A, k):
        U, s, Vh = library.svd(A, full_matrices=False)
        return (U[:, :k] * s[:k]) @ Vh[:, :k]

    def not_transposed(F):
        U, s, Vh = library.svd(F)
        return U @ Vh.T, (Vh.T * s) @ Vh

    cases = {
        "low_rank": [(columns, "keep its first k rows"), (unfit, "keep `Vh[:k]`")],
        "polar_rotation": [(not_transposed, "already returns Vᵀ")],
    }
    for name, answers in cases.items():
        for answer, word in answers:
            for seed in range(5):
                exercise = find(f"linear_algebra.{name}")
                assert word in grade(exercise, answer, seed=seed).diagnosis
