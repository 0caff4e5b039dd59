"""What an exercise is made of: data, and small functions that the grader runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A typical wrong idea: a function that makes the mistake, and what to tell its owner.

    Parameters
    ----------
    idea : the mistake in a few words, "keeps the smallest singular values".
    wrong : an implementation that makes it; answers that behave alike get the diagnosis.
    diagnosis : one or two sentences: what is wrong and why.
    recognise : for answers that no single function stands for (free signs, say):
        ``recognise(arguments, result)`` is True on every input if the mistake was made.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: reference/mistakes
    """

    idea: str
    wrong: Callable[..., Any]
    diagnosis: str
    recognise: Callable[[Arguments, Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A graded exercise: task, reference solution, random inputs, hints and misconceptions.

    Parameters
    ----------
    name : "chapter.exercise"; the chapter is the folder without its number, in snake case.
    page : "02-linear-algebra/svd", the page below ``chapters/`` where the exercise stands.
    task : one or two sentences in Markdown.
    signature : "low_rank(A, k) -> Tensor[m, n]".
    reference : a correct solution, a function of the companion where there is one.
    inputs : ``inputs(generator)`` returns a list of argument tuples, easy ones first; together
        they must tell each misconception from the truth. Where the reference raises, the answer
        must raise the same class. Draw in float64 and on the CPU.
    tried : what the inputs cover, for the praise: "tall, wide and square matrices".
    misconceptions, hints : at least three and one.
    judge : ``judge(arguments, got, expected)`` returns None for a right answer, else a reason;
        the default compares values to ``tol`` relative to the largest entry.
    alike : ``alike(got, wrong)``: does an answer behave like a misconception? Default: by value.
    seconds : time limit of one call.

    Proven equal to its behaviour in ``tests/exercises/test_check.py``.

    Book: CONTRIBUTING.md, "Exercises"
    """

    name: str
    page: str
    task: str
    signature: str
    reference: Callable[..., Any]
    inputs: Callable[[torch.Generator], Sequence[Arguments]]
    tried: str
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    judge: Callable[[Arguments, Any, Any], str | None] | None = None
    alike: Callable[[Any, Any], bool] | None = None
    tol: float = 1e-8
    seconds: float = 5.0
