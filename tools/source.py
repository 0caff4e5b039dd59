"""Find the source code of a function as a reader should see it: lambdas alone, helpers with it."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any


def source(function: Callable[..., Any]) -> str:
    """Return the code of a function, after that of the helpers of its module that it calls."""
    if isinstance(function, functools.partial):
        given = [*map(repr, function.args), *(f"{k}={v!r}" for k, v in function.keywords.items())]
        name = getattr(function.func, "__name__", "function")
        return f"{source(function.func)}\n\n# called with {', '.join(given)} ({name})"
    if not isinstance(function, FunctionType):
        return (
            f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', function)}"
        )
    return "\n\n\n".join(own_source(part) for part in [*helpers(function), function])


def own_source(function: FunctionType) -> str:
    """Return the code of one function; of a lambda only the expression."""
    if function.__name__ != "<lambda>":
        return textwrap.dedent(inspect.getsource(function)).strip()
    lines, _ = inspect.findsource(function)
    text = "".join(lines)
    first = function.__code__.co_firstlineno
    found = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Lambda) and node.lineno == first and same(node, function)
    ]
    if len(found) != 1:
        raise ValueError(
            f"{len(found)} lambdas in line {first} look alike: write functions instead"
        )
    return textwrap.dedent(ast.get_source_segment(text, found[0], padded=True) or "").strip()


def same(node: ast.Lambda, function: FunctionType) -> bool:
    """Tell whether a lambda in the text is the function: arguments and the names that it uses."""
    compiled = compile(ast.Expression(node), "lambda", "eval").co_consts[0]
    code = function.__code__
    return (compiled.co_varnames, compiled.co_names, compiled.co_consts) == (
        code.co_varnames,
        code.co_names,
        code.co_consts,
    )


def helpers(function: FunctionType) -> list[FunctionType]:
    """Return the functions of the same module that a function needs, those first that it needs."""
    found: dict[str, FunctionType] = {}

    def visit(this: FunctionType) -> None:
        for name in this.__code__.co_names:
            used = this.__globals__.get(name)
            inside = isinstance(used, FunctionType) and used.__module__ == function.__module__
            if inside and used is not function and name not in found:
                found[name] = used
                visit(used)

    visit(function)
    return list(reversed(found.values()))
