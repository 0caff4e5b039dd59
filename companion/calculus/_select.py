"""Which arguments of a function are differentiated: ``argnums``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_argnums(argnums: Any) -> None:
    """Raise unless ``argnums`` is an integer or a tuple of at least one."""
    given = argnums if isinstance(argnums, tuple) else (argnums,)
    wrong = [type(k).__name__ for k in given if not isinstance(k, int) or isinstance(k, bool)]
    if wrong:
        raise TypeError(f"argnums must be an integer or a tuple of integers, got {wrong[0]}")
    if not given:
        raise ValueError("argnums must not be an empty tuple")


def chosen(
    func: Callable[..., Any], args: tuple[Any, ...], argnums: int | tuple[int, ...]
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return the function of the chosen arguments alone, and these arguments.

    Raises
    ------
    ValueError
        If an argument is not there or chosen twice.
    """
    given = argnums if isinstance(argnums, tuple) else (argnums,)
    for k in given:
        if not -len(args) <= k < len(args):
            raise ValueError(f"argnums must be below the number of arguments, {len(args)}, got {k}")
    places = [k % len(args) for k in given]
    if len(set(places)) < len(places):
        raise ValueError(f"argnums must name each argument once, got {argnums}")

    def run(*primals: Any) -> Any:
        full = list(args)
        for k, x in zip(places, primals, strict=True):
            full[k] = x
        return func(*full)

    return run, tuple(args[k] for k in places)
