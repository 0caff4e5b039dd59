"""Every row of the registry becomes tests; every public name must have a row."""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
import torch

import companion
from tests.guard import DeviceGuard
from tests.registry import Call, Row, all_rows, close

ROWS = all_rows()
PROVEN = [row for row in ROWS if row.inputs is not None]
ROOT = Path(__file__).resolve().parent.parent
FACES = ("claims", "device", "exercises", "explore", "plotting", "datasets")


def resolve(path: str) -> Any:
    """Import the object that a dotted path names; a function wins over a file of its name."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(path)


def ours(row: Row) -> Any:
    return resolve(f"companion.{row.name}")


def use(row: Row, *args: Any, **kwargs: Any) -> Any:
    """Call ours, or do with it what the row says."""
    return row.run(ours(row), *args, **kwargs) if row.run else ours(row)(*args, **kwargs)


def calls(row: Row, dtype: torch.dtype = torch.float64) -> list[Call]:
    assert row.inputs is not None
    return list(row.inputs(torch.Generator().manual_seed(2), dtype))


def public_names() -> list[str]:
    """``module.name`` for everything that a module of the companion puts into ``__all__``.

    A public module inside a module counts if it has an ``__all__`` (``optim.lr_scheduler``).
    """
    names = []
    for module in pkgutil.walk_packages(companion.__path__, "companion."):
        path = module.name.split(".")[1:]
        if any(part.startswith("_") for part in path):
            continue
        loaded = importlib.import_module(module.name)
        if len(path) == 1:
            assert hasattr(loaded, "__all__"), f"{module.name} has no __all__"
        names += [".".join([*path, name]) for name in getattr(loaded, "__all__", ())]
    return names


def by_name(row: Row) -> str:
    return row.name


def test_every_public_name_has_exactly_one_row() -> None:
    names = [row.name for row in ROWS]
    assert sorted(names) == sorted(public_names())


def test_every_module_is_listed_in_the_package() -> None:
    modules = {m.name for m in pkgutil.iter_modules(companion.__path__) if m.name[0] != "_"}
    assert modules == set(companion.__all__)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["f64", "f32"])
@pytest.mark.parametrize("row", PROVEN, ids=by_name)
def test_parity(row: Row, dtype: torch.dtype) -> None:
    """Ours equals the library, the closed form or the finite difference on every input."""
    if dtype not in row.dtypes:
        pytest.skip(f"{row.name} is defined for {row.dtypes} only")
    assert row.expected is not None, f"{row.name} has inputs but nothing to compare with"
    compare = row.compare or close
    for number, this in enumerate(calls(row, dtype)):
        try:
            compare(
                use(row, *this.args, **this.kwargs),
                row.expected(*this.args, **this.kwargs),
                row.tol[dtype],
            )
        except AssertionError as error:
            raise AssertionError(f"{row.name}, input {number} {this.label}: {error}") from error


@pytest.mark.parametrize("row", PROVEN, ids=by_name)
def test_device_guard_and_inputs_unchanged(row: Row) -> None:
    """No factory call without a device, and the caller's tensors stay as they were."""
    for this in calls(row):
        before = [a.clone() if isinstance(a, torch.Tensor) else a for a in this.args]
        with DeviceGuard():
            use(row, *this.args, **this.kwargs)
        for old, new in zip(before, this.args, strict=True):
            if isinstance(old, torch.Tensor):
                close(new, old, 0.0)


@pytest.mark.parametrize("row", [r for r in ROWS if r.mirrors], ids=by_name)
def test_signature_is_a_subset_of_the_librarys(row: Row) -> None:
    """Same argument names in the same order, same defaults; torch builtins by their schema."""
    assert row.mirrors is not None
    theirs = library_parameters(row.mirrors)
    order = list(theirs)
    mine = inspect.signature(ours(row)).parameters
    shared = [name for name in mine if name not in row.extra]
    unknown = [name for name in shared if name not in theirs]
    assert not unknown, f"{row.mirrors} has no argument {unknown}; it has {order}"
    assert [order.index(n) for n in shared] == sorted(order.index(n) for n in shared)
    for name in shared:
        default = mine[name].default
        same = default is theirs[name] or default == theirs[name]
        assert same, f"{name}={default!r}, the library has {theirs[name]!r}"


def library_parameters(path: str) -> dict[str, Any]:
    """Argument names and defaults of a library function, by signature or operator schema."""
    found = resolve(path)
    try:
        parameters = inspect.signature(found).parameters
        return {name: p.default for name, p in parameters.items()}
    except ValueError:  # a builtin: read "name(input, ord=2, *, out=None)" from its docstring
        first = re.search(rf"{path.rsplit('.', 1)[-1]}\((.*)\) ->", found.__doc__)
        assert first, f"no signature for {path}"
        return dict(docstring_parameters(first[1]))


def docstring_parameters(text: str) -> list[tuple[str, Any]]:
    """Split ``A, *, atol=None`` at the commas that are outside brackets and quotes."""
    found: list[tuple[str, Any]] = []
    for piece in re.split(r",\s*(?![^()\[\]]*[)\]])", text):
        name, _, default = piece.partition("=")
        if name.strip() != "*":
            value = eval(default) if default else inspect.Parameter.empty
            found.append((name.strip(), value))
    return found


def breakages() -> list[Any]:
    """Each tensor argument of each row, broken in every way that applies to it."""
    cases = []
    for row, arg in itertools.chain.from_iterable(((r, a) for a in r.tensors) for r in PROVEN):
        kinds = ["list", "integer", "rank"]
        kinds += ["not square"] if arg.square else []
        kinds += ["nan", "inf"] if arg.finite else []
        cases += [pytest.param(row, arg, k, id=f"{row.name}-{arg.name}-{k}") for k in kinds]
    return cases


def broken(good: torch.Tensor, kind: str) -> Any:
    """Return what the kind of breakage makes of a good argument."""
    if kind == "list":
        return good.tolist()
    if kind == "integer":
        return torch.ones(good.shape, dtype=torch.int64)
    if kind == "rank":
        return good.new_ones(())
    if kind == "not square":
        return torch.cat([good, good[..., :1]], dim=-1)
    bad = good.clone(memory_format=torch.contiguous_format)
    bad.view(-1)[-1] = float(kind)
    return bad


@pytest.mark.parametrize(("row", "arg", "kind"), breakages())
def test_bad_input_names_the_argument(row: Row, arg: Any, kind: str) -> None:
    """Wrong type or dtype: TypeError; wrong rank, shape or NaN: ValueError; both name it."""
    good = next(c for c in calls(row) if c.args[arg.position].numel() > 0)
    args = list(good.args)
    args[arg.position] = broken(args[arg.position], kind)
    error = TypeError if kind in ("list", "integer") else ValueError
    with pytest.raises(error, match=rf"\b{arg.name}\b"):
        use(row, *args, **good.kwargs)


@pytest.mark.parametrize(
    ("row", "bad"),
    [pytest.param(r, b, id=f"{r.name}-{b.label}") for r in ROWS for b in r.bad],
)
def test_bad_call(row: Row, bad: Any) -> None:
    with pytest.raises(bad.error, match=bad.match):
        bad.make(ours(row))


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_docstring_says_what_how_proven_and_where(row: Row) -> None:
    doc = inspect.getdoc(ours(row)) or ""
    assert doc.split("\n", 1)[0].rstrip().endswith("."), "first line: one sentence"
    for heading in ("Proven equal to", "Book"):
        assert heading in doc, f"the docstring of {row.name} has no '{heading}'"
    if row.mirrors:
        assert "Mirrors" in doc, f"{row.name} mirrors {row.mirrors} but does not say so"


@pytest.mark.parametrize("row", [r for r in ROWS if r.inputs is None], ids=by_name)
def test_behaviour_rows_name_an_existing_test(row: Row) -> None:
    assert row.name.split(".", 1)[0] in FACES, f"{row.name} must be proven, not described"
    assert row.test, f"{row.name} names no test"
    path, _, function = row.test.partition("::")
    assert f"def {function}(" in (ROOT / path).read_text()
