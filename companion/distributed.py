"""Train with several processes: what a loop needs to give the result that one process gives.

``torchrun --nproc-per-node=2 script.py`` starts the same script twice. Every process (rank) reads
the same batches in the same order, keeps its rows of each, and adds its gradient to the others'.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as group
from torch import Tensor

__all__ = ["broadcast", "join", "shard", "sum_gradients", "total"]


def join() -> tuple[int, int]:
    """Return the rank of this process and the number of processes, (0, 1) without ``torchrun``.

    The first call under ``torchrun`` joins the process group, which is left at exit: a group that
    is left and joined again may find messages of the first. The backends are torch's choice:
    gloo for the CPU, nccl for CUDA.

    Proven equal to the ranks that ``torchrun`` gives in ``tests/test_distributed.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    if not (group.is_available() and group.is_initialized()):
        if int(os.environ.get("WORLD_SIZE", "1")) < 2:
            return 0, 1
        group.init_process_group()
        atexit.register(_leave)
    return group.get_rank(), group.get_world_size()


def _leave() -> None:
    """Leave the process group unless the script has done so."""
    if group.is_initialized():
        group.destroy_process_group()


def shard(batch: Any, rank: int, world: int) -> Any:
    """Return the rows rank, rank + world, rank + 2 world, ... of every tensor of a batch.

    The shards of all ranks together hold each row once. A rank may get no row.

    Parameters
    ----------
    batch : a Tensor[n, ...], or tuples, lists and dictionaries of tensors with n rows; numbers,
        text and tensors without dimensions are passed on.
    rank : which share, 0 <= rank < world.
    world : the number of shares.

    Raises
    ------
    ValueError
        If ``rank`` is not one of the ranks, or two tensors have different numbers of rows.

    Proven equal to a partition of the rows in ``tests/test_distributed.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    if not 0 <= rank < world:
        raise ValueError(f"rank must be at least 0 and below world={world}, got {rank}")
    sizes = sorted(set(_rows(batch)))
    if len(sizes) > 1:
        raise ValueError(f"batch must hold tensors of one number of rows, got {sizes}")
    return _take(batch, slice(rank, None, world))


def _rows(value: Any) -> list[int]:
    """Return the number of rows of every tensor."""
    if isinstance(value, Tensor):
        return [value.shape[0]] if value.ndim else []
    if isinstance(value, dict):
        value = list(value.values())
    return [n for part in value for n in _rows(part)] if isinstance(value, tuple | list) else []


def _take(value: Any, rows: slice) -> Any:
    """Return those rows of every tensor; containers keep their kind."""
    if isinstance(value, Tensor):
        return value[rows] if value.ndim else value
    if isinstance(value, dict):
        return {key: _take(part, rows) for key, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [_take(part, rows) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return value


def sum_gradients(parameters: Iterable[Tensor]) -> None:
    """Replace the gradient of each parameter by its sum over all ranks; nothing for one rank.

    One message carries all gradients. A parameter without a gradient on every rank keeps none;
    one that some rank used gets the sum on all.

    Parameters
    ----------
    parameters : the same parameters in the same order on every rank.

    Proven equal to the gradient of the whole batch in ``tests/test_distributed.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    _, world = join()
    weights = list(parameters)
    if world == 1 or not weights:
        return
    used = weights[0].new_tensor([float(w.grad is not None) for w in weights])
    flat = [(torch.zeros_like(w) if w.grad is None else w.grad).reshape(-1) for w in weights]
    message = total(torch.cat([used, *flat]))
    counts = message[: len(weights)].tolist()
    parts = torch.split(message[len(weights) :], [w.numel() for w in weights])
    for w, count, g in zip(weights, counts, parts, strict=True):
        if count > 0:
            w.grad = g.reshape(w.shape).to(w.dtype)


def broadcast(tensors: Iterable[Tensor]) -> None:
    """Give every rank the values that rank 0 has; nothing for one rank.

    Parameters
    ----------
    tensors : tensors of the same shapes in the same order on every rank; changed in place.

    Proven equal to the values of rank 0 in ``tests/test_distributed.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    _, world = join()
    if world > 1:
        for x in tensors:
            group.broadcast(x.detach(), src=0)


def total(x: Tensor) -> Tensor:
    """Return the sum of a tensor over all ranks, the tensor itself for one rank.

    No gradient flows through a sum over several ranks; :func:`sum_gradients` adds those.

    Parameters
    ----------
    x : a Tensor of the same shape on every rank; it stays as it is.

    Proven equal to the sum of the ranks' values in ``tests/test_distributed.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    _, world = join()
    if world > 1:
        x = x.detach().clone()
        group.all_reduce(x)
    return x
