"""Exercises of the page on the scalar engine: the order of a graph."""

from __future__ import annotations

from typing import Any

from torch import Generator

from companion.autograd import Value, topological
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.neural_networks.autograd_engine import PAGE, Recorded, leaf


def first_seen(root: Any) -> list[Any]:
    seen: list[Any] = []

    def visit(value: Any) -> None:
        if value not in seen:
            seen.append(value)
            for parent in value.parents:
                visit(parent)

    visit(root)
    return seen


def first_seen_reversed(root: Any) -> list[Any]:
    return first_seen(root)[::-1]


def listed_twice(root: Any) -> list[Any]:
    return [v for parent in root.parents for v in listed_twice(parent)] + [root]


def by_levels(root: Any) -> list[Any]:
    order = [root]
    for value in order:
        order += [p for k, p in enumerate(value.parents) if p not in (*order, *value.parents[:k])]
    return order[::-1]


def without_leaves(root: Any) -> list[Any]:
    return [value for value in topological(root) if value.parents]


def labelled(root: Value, text: str) -> Arguments:
    for number, value in enumerate(topological(root)):
        value.label = value.label or f"v{number}"
    return (Recorded(root, text),)


def graphs(generator: Generator) -> list[Arguments]:
    """A chain, a value used twice, diamonds with equal and unequal arms, and a longer graph."""
    x, y = leaf(generator, "x"), leaf(generator, "y")
    s = x.sin()
    long = s * ((s + y) * y).exp()
    t = long.tanh()
    return [
        labelled(x.sin().exp(), "exp(sin x)"),
        labelled(x * x + x, "x * x + x"),
        labelled(x.sin() * x.cos(), "sin x * cos x"),
        labelled(s * (s + 1).exp(), "s * exp(s + 1) with s = sin x"),
        labelled(t * long + (t + s).exp() / y, "t * f + exp(t + s) / y"),
    ]


def labels(order: Any) -> list[str]:
    return [value.label for value in order]


def judge_order(_arguments: Arguments, got: Any, expected: Any) -> str | None:
    names = labels(got)
    parents = {value.label: labels(value.parents) for value in expected}
    if len(set(names)) < len(names):
        return "a value is listed more than once"
    if set(names) != set(parents):
        return f"{len(names)} of {len(parents)} values are listed"
    for place, name in enumerate(names):
        late = [p for p in parents[name] if p not in names[:place]]
        if late:
            return f"{name} stands before its parent {late[0]}"
    return None


TOPOLOGICAL = Exercise(
    name="neural_networks.topological",
    page=PAGE,
    task="Return all values that `root` was computed from, each once and after all its `parents`; "
    "`root` comes last. Do not use the companion's function.",
    signature="order(root) -> list of values",
    reference=topological,
    inputs=graphs,
    tried="a chain, values used twice, diamonds with arms of unequal length",
    misconceptions=(
        Misconception(
            "lists a value when it is first seen",
            first_seen,
            "Depth-first *pre*-order lists a value before its parents, the root first. Append a "
            "value after the visit to all its parents.",
        ),
        Misconception(
            "reverses the order of first sight",
            first_seen_reversed,
            "Pre-order turned around works on trees. On a diamond with arms of unequal length a "
            "shared value comes too late: append a value after the visit to all its parents.",
        ),
        Misconception(
            "lists a shared value once for every use",
            listed_twice,
            "A value that is used twice stands in your list twice, and so does all that it was "
            "made from. Remember which values you have visited.",
        ),
        Misconception(
            "goes level by level from the root",
            by_levels,
            "Levels count the shortest way to the root. Where a value is reached by a short and a "
            "long way, it must wait for the long one: visit depth first and append afterwards.",
        ),
        Misconception(
            "leaves out the leaves",
            without_leaves,
            "The inputs are missing. They have no parents, and their gradients are what all the "
            "work is for.",
        ),
    ),
    hints=(
        "Visit the parents first, then append the value itself (post-order), and remember which "
        "values you have visited.",
    ),
    judge=judge_order,
    alike=lambda got, wrong: labels(got) == labels(wrong),
)

EXERCISES = [TOPOLOGICAL]
