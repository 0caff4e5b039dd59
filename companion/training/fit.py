"""The training loop, written once: epochs, validation, callbacks, history."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import Module
from torch.optim import Optimizer

from companion import distributed
from companion.training._batches import Batches, check_batches
from companion.training._loop import Loop, Loss
from companion.training._watch import progress_bar, watched
from companion.training.history import History, Progress


def fit(
    model: Module,
    loader: Batches,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    *,
    val: Batches | None = None,
    callbacks: Iterable[Callable[[Progress], object]] = (),
    device: torch.device | str | None = None,
) -> History:
    """Train a model on batches and return the history of its losses.

    Each batch takes one step of the optimizer on loss(model(input, ...), target). The loss of an
    epoch is the mean over its rows: a last batch that is smaller counts for less. A bar shows the
    progress when somebody watches. An interrupt (Ctrl+C) ends training and returns the history;
    the model keeps the weights of that moment, ``history.best_state`` the best ones.

    With ``torchrun`` each process takes its rows of every batch, and the weights become those of
    one process, if all read the same batches (``DataLoader(..., generator=)`` with one seed).
    Layers that mix rows (batch normalization) see the rows of their process only; their running
    statistics are averaged after each epoch. A loss whose mean weighs rows (class weights,
    ``ignore_index``) does not give the numbers of one process then. Callbacks run in every process.

    Parameters
    ----------
    model : gets the inputs of a batch as arguments.
    loader : any iterable of batches (input, ..., target), or a function that returns one. An
        iterator can be read once, so it does for one epoch only.
    loss : ``loss(output, target)``, the mean over the batch (or the sum, if its ``reduction``
        says so: then the history holds the loss a row).
    optimizer : of ``companion.optim`` or ``torch.optim``, for parameters of the model.
    epochs : how often the loader is read.
    val : batches for ``val_loss``, computed after each epoch in evaluation mode, no gradients.
    callbacks : called with a :class:`Progress` after each epoch.
    device : where to train: the model (and a loss with weights) moves there and stays, batches
        follow. Default: where the model is.

    Raises
    ------
    FloatingPointError
        If a loss or weight becomes NaN or infinite. The weights are those before the step, if the
        loss was; ``history`` of the error holds the epochs before.
    TypeError, ValueError
        If an argument or a batch is not as above, or a loader gives no batch in some epoch.

    Proven equal to a loop written by hand, bit for bit, in ``tests/training/test_fit.py``.

    Book: chapters/07-neural-networks/network-from-scratch
    """
    epochs = _check(model, loss, optimizer, epochs)
    check_batches("loader", loader, epochs)
    if val is not None:
        check_batches("val", val, epochs)
    history, followers = History(), tuple(callbacks)
    where = _placed(model, loss, device)
    loop = Loop(model, loss, optimizer, where, history, *distributed.join())
    loop.start()
    progress = Progress(0, epochs, history, model, optimizer)
    visible = loop.rank == 0 and watched()
    with _kept_modes(model), progress_bar(epochs, visible) as show:
        try:
            for number in range(1, epochs + 1):
                history.add(loop.epoch(number, loader, val), model)
                progress = Progress(number, epochs, history, model, optimizer)
                for callback in followers:
                    callback(progress)
                show(progress.record)
                if loop.any(progress.stopping != ""):
                    history.stopped = progress.stopping or "stopped by another process"
                    break
        except KeyboardInterrupt:
            if loop.world > 1:  # the other processes would wait for this one
                raise
            history.stopped = "interrupted"
        finally:
            for callback in followers:
                getattr(callback, "finish", _nothing)(progress)
    return history


def _nothing(progress: Progress) -> None:
    """Do what a callback without ``finish`` does at the end."""


def _check(model: Module, loss: Loss, optimizer: Optimizer, epochs: int) -> int:
    """Return the number of epochs; raise if an argument is not what it should be."""
    if not isinstance(model, Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    if not callable(loss):
        raise TypeError(f"loss must be callable, got {type(loss).__name__}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer, got {type(optimizer).__name__}")
    held = {id(w) for group in optimizer.param_groups for w in group["params"]}
    if not held & {id(w) for w in model.parameters()}:
        raise ValueError("optimizer must hold parameters of model, got none of them")
    try:
        epochs = operator.index(epochs)
    except TypeError:
        raise TypeError(f"epochs must be an integer, got {type(epochs).__name__}") from None
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs}")
    return epochs


def _placed(model: Module, loss: Loss, device: torch.device | str | None) -> torch.device:
    """Move the model and the loss; return the device."""
    if device is None:
        where = next(model.parameters()).device
    else:
        try:
            where = torch.device(device)
        except (RuntimeError, TypeError):
            raise ValueError(f"device must be a torch.device or its name, got {device!r}") from None
    for part in (model, loss) if device is not None else (loss,):
        if isinstance(part, Module):
            part.to(where)
    return where


@contextmanager
def _kept_modes(model: Module) -> Iterator[None]:
    """Give every module back the mode (training or evaluation) that it had."""
    before: list[tuple[Any, bool]] = [(part, part.training) for part in model.modules()]
    try:
        yield
    finally:
        for part, mode in before:
            part.training = mode
