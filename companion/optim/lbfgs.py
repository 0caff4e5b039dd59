"""L-BFGS: Newton's method with a Hessian guessed from the last steps and gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from companion.optim._optimizer import Params, check_number, check_rate
from companion.optim._strong_wolfe import Point, strong_wolfe

SHORTEST = 1e-9  # change of a parameter below which the line search does not look closer


class LBFGS(torch.optim.Optimizer):
    """Step along -H g, with an inverse Hessian H built from the last steps and their gradients.

    With s = w_new - w_old and y = g_new - g_old of each remembered step, H satisfies H y = s for
    the last one; it is never formed, only its product with g (``two_loops``). The step is ``lr``,
    the first one at most lr / |g|₁, or what the line search finds from there.

    Parameters
    ----------
    params : tensors or named tensors, in one group.
    lr : learning rate, a number or a tensor with one; no gradient flows to it.
    max_iter : iterations in one call of ``step``.
    max_eval : evaluations after which ``step`` ends, 5/4 ``max_iter`` if None.
    tolerance_grad, tolerance_change : ``step`` ends when the largest gradient is as small as the
        first, or the largest change of a parameter, or that of the loss, as the second.
    history_size : number of steps remembered.
    line_search_fn : None or ``"strong_wolfe"``.

    Raises
    ------
    TypeError, ValueError
        If an option has the wrong type or is out of range, or there is more than one group.

    Differs from the library on purpose: complex parameters, options of NaN and counts below 1 are
    refused, and an unknown line search at once, not in the first step. Between two level points
    of one height the line search stays at the left one; the library divides 0 by 0 and steps by
    NaN. The length of the last step is remembered as a number, so a schedule that fills a tensor
    ``lr`` does not change it.

    Mirrors ``torch.optim.LBFGS``.
    Proven equal to it, parameters, losses and counts (``tests/test_registry.py``).
    Book: chapters/03-optimization/newton
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Literal["strong_wolfe"] | None = None,
    ) -> None:
        check_rate(lr)
        _check_count("max_iter", max_iter)
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        _check_count("max_eval", max_eval)
        check_number("tolerance_grad", tolerance_grad)
        check_number("tolerance_change", tolerance_change)
        _check_count("history_size", history_size)
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError(f"line_search_fn must be None or 'strong_wolfe', got {line_search_fn}")
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take the only group; its parameters must be real.

        Raises
        ------
        ValueError
            If there is a group already: one H belongs to all parameters; or if the group is empty.
        TypeError
            If a parameter is complex.
        """
        if self.param_groups:
            raise ValueError("params must be one group for LBFGS, got more")
        super().add_param_group(param_group)
        if not self.param_groups[0]["params"]:
            self.param_groups.clear()
            raise ValueError("params must hold at least one tensor, got an empty group")
        for w in self.param_groups[0]["params"]:
            if w.is_complex():
                self.param_groups.clear()
                raise TypeError(f"params must be real, got a parameter of {w.dtype}")

    @torch.no_grad()
    def step(self, closure: Callable[[], float]) -> float:  # type: ignore[override]
        """Iterate, and return the loss before it; the closure clears and computes gradients."""
        group, state = self.param_groups[0], self._memory()
        calls_before = state["func_evals"]
        first = self._call(closure)
        loss, g = float(first), self._gradient()
        if g.abs().max() <= group["tolerance_grad"]:
            return first
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            self._remember(g)
            d = two_loops(g, state["old_stps"], state["old_dirs"], state["ro"], state["H_diag"])
            state.update(d=d, t=self._first_trial(g), prev_flat_grad=g, prev_loss=loss)
            slope = float(g.dot(d))
            if slope > -group["tolerance_change"]:
                break
            left = group["max_eval"] - (state["func_evals"] - calls_before)
            start = Point(0.0, loss, slope, g)
            if group["line_search_fn"] is not None:
                loss, g = self._search(closure, start, left)
            else:
                self._move(state["t"])
                if iteration < group["max_iter"]:  # nobody would look at the last one
                    loss, g = float(self._call(closure)), self._gradient()
            if self._finished(loss, g, state["func_evals"] - calls_before):
                break
        return first

    def _memory(self) -> dict[str, Any]:
        """Return the state, which the first parameter holds for all."""
        state: dict[str, Any] = self.state[self.param_groups[0]["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        return state

    def _call(self, closure: Callable[[], float]) -> float:
        self._memory()["func_evals"] += 1
        with torch.enable_grad():
            return closure()

    def _gradient(self) -> Tensor:
        """Return the gradients of all parameters as one vector."""
        found = []
        for w in self.param_groups[0]["params"]:
            g = torch.zeros_like(w) if w.grad is None else w.grad.to_dense()
            found.append(g.reshape(-1))
        return torch.cat(found)

    def _move(self, t: float) -> None:
        """Go t d from where the parameters are."""
        d, begin = self._memory()["d"], 0
        for w in self.param_groups[0]["params"]:
            w.add_(d[begin : begin + w.numel()].view_as(w), alpha=t)
            begin += w.numel()

    def _remember(self, g: Tensor) -> None:
        """Add the last step s and its change of gradient y, and drop the oldest if need be."""
        state = self._memory()
        if state["n_iter"] == 1:
            state.update(old_stps=[], old_dirs=[], ro=[], H_diag=1.0)
            return
        s, y = state["d"] * state["t"], g - state["prev_flat_grad"]
        ys = y.dot(s)
        if ys <= 1e-10:  # no curvature along the step: H would not be positive definite
            return
        pairs = ("old_stps", s), ("old_dirs", y), ("ro", 1 / ys)
        for name, value in pairs:
            state[name] = [*state[name], value][-self.param_groups[0]["history_size"] :]
        state["H_diag"] = ys / y.dot(y)

    def _first_trial(self, g: Tensor) -> float:
        lr = float(self.param_groups[0]["lr"])
        if self._memory()["n_iter"] > 1:
            return lr
        return min(1.0, 1 / float(g.abs().sum())) * lr

    def _search(
        self, closure: Callable[[], float], start: Point, left: int
    ) -> tuple[float, Tensor]:
        """Go to the point that the line search finds, and return its loss and gradient."""
        state, tensors = self._memory(), self.param_groups[0]["params"]
        origin = [w.clone() for w in tensors]
        d = state["d"]

        def evaluate(t: float) -> Point:
            self._move(t)
            loss, g = float(self._call(closure)), self._gradient()
            for w, before in zip(tensors, origin, strict=True):
                w.copy_(before)
            return Point(t, loss, float(g.dot(d)), g)

        size = float(d.abs().max())
        shortest = SHORTEST / size if size else math.inf
        found = strong_wolfe(evaluate, start, state["t"], left, shortest)
        state["t"] = found.t
        self._move(found.t)
        return found.f, found.g

    def _finished(self, loss: float, g: Tensor, evaluations: int) -> bool:
        group, state = self.param_groups[0], self._memory()
        return bool(
            evaluations >= group["max_eval"]
            or g.abs().max() <= group["tolerance_grad"]
            or (state["d"] * state["t"]).abs().max() <= group["tolerance_change"]
            or abs(loss - state["prev_loss"]) < group["tolerance_change"]
        )


def two_loops(
    g: Tensor,
    steps: Sequence[Tensor],
    changes: Sequence[Tensor],
    rho: Sequence[Tensor],
    gamma: float | Tensor,
) -> Tensor:
    """Return -H g from the pairs (s, y), oldest first, with ρ = 1 / (y·s).

    H starts as γ I, and each pair turns it into (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ.
    """
    q = g.clone()
    weights = []
    for s, y, r in zip(reversed(steps), reversed(changes), reversed(rho), strict=True):
        weights.append(r * s.dot(q))
        q.sub_(y, alpha=float(weights[-1]))
    q.mul_(gamma)
    for s, y, r in zip(steps, changes, rho, strict=True):
        q.add_(s, alpha=float(weights.pop() - r * y.dot(q)))
    return -q


def _check_count(name: str, value: int) -> None:
    """Raise unless it is an integer of at least 1."""
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    check_number(name, value, low=1)
