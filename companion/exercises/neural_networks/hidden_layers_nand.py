"""Exercise of the page on hidden layers: XOR from a box that holds only NAND gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from companion.exercises._inputs import integers
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/hidden-layers"

Gate = Callable[[Any, Any], Any]


@dataclass(frozen=True, eq=False)
class Wire:
    """A signal that nobody can read: it can only be connected to a gate, and gates are counted."""

    high: bool
    gates: frozenset[object] = field(default=frozenset(), repr=False)

    def __bool__(self) -> bool:
        raise TypeError("a wire has no value that you can read, connect it to a nand")


@dataclass(frozen=True)
class Nand:
    """The only gate in the box."""

    serial: int
    __name__ = "nand"

    def __call__(self, a: Wire, b: Wire) -> Wire:
        if not isinstance(a, Wire) or not isinstance(b, Wire):
            raise TypeError("a nand takes two wires: inputs, or outputs of other nands")
        return Wire(not (a.high and b.high), a.gates | b.gates | {object()})


def xor_from_nand(nand: Gate) -> Gate:
    def xor(a: Any, b: Any) -> Any:
        middle = nand(a, b)
        return nand(nand(a, middle), nand(b, middle))

    return xor


def three_nands(nand: Gate) -> Gate:
    return lambda a, b: nand(nand(a, a), nand(b, b))


def wire_shared_wrongly(nand: Gate) -> Gate:
    return lambda a, b: nand(nand(a, nand(a, b)), nand(a, nand(a, b)))


def inverted_output(nand: Gate) -> Gate:
    xor = xor_from_nand(nand)
    return lambda a, b: nand(xor(a, b), xor(a, b))


def all_wires(xor: Gate) -> list[Wire]:
    """Connect the four pairs of inputs."""
    return [xor(Wire(bool(a)), Wire(bool(b))) for a in (0, 1) for b in (0, 1)]


def judge_xor_from_nand(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not callable(got):
        return f"the result is {got!r}, expected a function of two inputs"
    try:
        wires = all_wires(got)
    except Exception as error:
        return f"your xor raised {type(error).__name__}: {error}"
    if not all(isinstance(wire, Wire) for wire in wires):
        return f"your xor returned {wires[0]!r}, expected the output of a nand"
    table = [int(wire.high) for wire in wires]
    if table != [0, 1, 1, 0]:
        return f"the outputs for 00, 01, 10, 11 are {table}"
    count = len(wires[0].gates)
    return None if count <= 5 else f"your xor needs {count} gates, at most 5 are allowed"


XOR_FROM_NAND = Exercise(
    name="neural_networks.xor_from_nand",
    page=PAGE,
    task="You get a function `nand(a, b)`. Return a function `xor(a, b)` that calls nothing but "
    "`nand`, at most five times.",
    signature="xor_from_nand(nand) -> function xor(a, b)",
    reference=xor_from_nand,
    inputs=lambda generator: [(Nand(int(integers(generator, 10**6, 10**7))),)],
    tried="four pairs of wires, gates counted",
    misconceptions=(
        Misconception(
            "takes three gates",
            three_nands,
            "Inverting both inputs and joining them by NAND gives OR, which is also 1 at 11. XOR "
            "needs a fourth gate that sees both inputs.",
        ),
        Misconception(
            "shares the wires wrongly",
            wire_shared_wrongly,
            "Both gates of the second level see the same input, so your output is 1 only where "
            "one input is 1 and the other 0, not the other way round: one gate gets `a`, the "
            "other `b`.",
            recognise=lambda arguments, got: (
                [wire.high for wire in all_wires(got)]
                in ([False, False, True, False], [False, True, False, False])
            ),
        ),
        Misconception(
            "inverts the output",
            inverted_output,
            "This is XNOR, 1 for equal inputs. The last NAND already joins two inverted signals, "
            "so there is nothing left to invert.",
        ),
    ),
    hints=("The first NAND sees both inputs, and its output feeds two other gates.",),
    judge=judge_xor_from_nand,
    alike=lambda got, wrong: (
        [wire.high for wire in all_wires(got)] == [wire.high for wire in all_wires(wrong)]
    ),
)

EXERCISES = [XOR_FROM_NAND]
