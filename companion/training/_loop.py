"""One epoch: steps on the training batches, then the loss of the validation batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import Module
from torch.optim import Optimizer

from companion import distributed
from companion.training._batches import Batches, read, rows, tensors
from companion.training.history import History

Loss: TypeAlias = Callable[[Any, Any], Tensor]


class NonFiniteError(FloatingPointError):
    """Training has left the numbers; ``history`` holds the epochs before."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


@dataclass
class Loop:
    """What the steps of a training run share."""

    model: Module
    loss: Loss
    optimizer: Optimizer
    device: torch.device
    history: History
    rank: int
    world: int

    def __post_init__(self) -> None:
        self.parameters = [w for group in self.optimizer.param_groups for w in group["params"]]
        self.summed = getattr(self.loss, "reduction", "mean") == "sum"
        self.place = ""  # where in the data an error would be

    def epoch(self, number: int, batches: Batches, val: Batches | None) -> dict[str, float]:
        """Train for an epoch and return its record; the model is left in evaluation mode."""
        self.place = f"epoch {number}"
        self.model.train()
        record: dict[str, float] = {"epoch": number}
        record["loss"] = self.mean("loader", batches, self.step)
        self.check_weights(number)
        self.share_buffers()
        self.model.eval()
        if val is not None:
            self.place = f"the validation of epoch {number}"
            with torch.no_grad():
                record["val_loss"] = self.mean("val", val, self.value)
        return record

    def mean(self, name: str, batches: Batches, of: Callable[[list[Any], Any], float]) -> float:
        """Return the mean over all rows of what ``of`` gives for each batch."""
        total, count, epoch = 0.0, 0, self.place
        for number, (inputs, target) in enumerate(read(name, batches, self.device), start=1):
            self.place = f"{epoch}, batch {number}"
            if number == 1:
                self.check_alike(name, [inputs, target])
            n = rows(target)
            total += of(inputs, target) * (1 if self.summed else n)
            count += n
        return total / count

    def step(self, inputs: list[Any], target: Any) -> float:
        """Take a step of the optimizer on a batch, and return the loss before it."""
        inputs, target, share = self.shared(inputs, target)
        first: list[float] = []  # LBFGS asks several times; only the first loss is of this point

        def closure() -> Tensor:
            self.optimizer.zero_grad()
            value = self.evaluate(inputs, target)
            whole = value
            if self.world > 1:
                value = value * share
                whole = distributed.total(value)
            if not first:
                first.append(self.finite(whole, inputs, target))
            value.backward()  # type: ignore[no-untyped-call]
            if self.world > 1:
                distributed.sum_gradients(self.parameters)
            return whole

        self.optimizer.step(closure)  # type: ignore[arg-type]
        return first[0]

    def value(self, inputs: list[Any], target: Any) -> float:
        """Return the loss of a batch."""
        inputs, target, share = self.shared(inputs, target)
        value = self.evaluate(inputs, target)
        whole = value if self.world == 1 else distributed.total(value * share)
        return self.finite(whole, inputs, target)

    def evaluate(self, inputs: list[Any], target: Any) -> Tensor:
        """Return the loss as a tensor, if it is one number."""
        value = self.loss(self.model(*inputs), target)
        if not isinstance(value, Tensor):
            raise TypeError(f"loss must return a tensor, got {type(value).__name__}")
        if value.numel() != 1:
            raise ValueError(f"loss must return one number, got shape {tuple(value.shape)}")
        return value

    def shared(self, inputs: list[Any], target: Any) -> tuple[list[Any], Any, float]:
        """Return this rank's rows, and the weight of their loss in that of the whole batch.

        A rank without a row takes the first with weight 0, so that the same parameters get a
        gradient everywhere.
        """
        if self.world == 1:
            return inputs, target, 1.0
        batch, n = (inputs, target), rows(target)
        inputs, target = distributed.shard(batch, self.rank, self.world)
        mine = rows(target)
        if mine == 0:
            inputs, target = distributed.shard(batch, 0, n)
        return inputs, target, float(mine > 0) if self.summed else mine / n

    def finite(self, value: Tensor, inputs: list[Any], target: Any) -> float:
        """Return the loss as a number; raise if it is none, before the weights are spoiled."""
        number = value.item()
        if math.isfinite(number):
            return number
        given = [x for x in tensors([inputs, target]) if x.is_floating_point()]
        if all(bool(x.isfinite().all()) for x in given):
            raise NonFiniteError(
                f"the loss is {number} in {self.place}: {self.cures()}", self.history
            )
        message = f"the loss is {number} in {self.place}: the batch itself is not finite"
        raise NonFiniteError(message, self.history)

    def cures(self) -> str:
        """Return what helps most often."""
        rates = sorted(
            {float(group["lr"]) for group in self.optimizer.param_groups if "lr" in group}
        )
        now = f" (now {', '.join(f'{rate:g}' for rate in rates)})" if rates else ""
        return (
            f"try a smaller learning rate{now}, scaled inputs, clipped gradients, or a loss that "
            "takes logits"
        )

    def check_weights(self, number: int) -> None:
        """Raise if the last step of an epoch has spoiled the weights."""
        for name, w in self.model.named_parameters():
            if not bool(w.isfinite().all()):
                message = f"{name} is not finite after epoch {number}: {self.cures()}"
                raise NonFiniteError(message, self.history)

    def start(self) -> None:
        """Let every rank start from the weights of rank 0."""
        distributed.broadcast([*self.model.parameters(), *self.model.buffers(), *self.parameters])

    def share_buffers(self) -> None:
        """Give every rank the mean of what layers like batch normalization have gathered."""
        for buffer in self.model.buffers() if self.world > 1 else ():
            if buffer.is_floating_point():
                buffer.copy_(distributed.total(buffer) / self.world)

    def check_alike(self, name: str, batch: list[Any]) -> None:
        """Raise on all ranks if one of them reads another batch than rank 0."""
        if self.world > 1:
            mine = torch.stack([x.float().nan_to_num().sum() for x in tensors(batch)])
            theirs = mine.clone()
            distributed.broadcast([theirs])
            if self.any(not torch.equal(mine, theirs)):
                raise ValueError(
                    f"{name} must give the same batches in every process; shuffle with "
                    "DataLoader(..., generator=torch.Generator().manual_seed(seed))"
                )

    def any(self, wanted: bool) -> bool:
        """Say whether any rank wants it."""
        mark = torch.tensor(float(wanted), device=self.device)
        return bool(distributed.total(mark) > 0) if self.world > 1 else wanted
