"""Losses as layers: each holds its options and calls its function in ``nn.functional``."""

from __future__ import annotations

from torch import Tensor
from torch.nn import Module

from companion.nn import functional as F
from companion.nn.functional._loss_checks import check_reduction, check_smoothing


class _Loss(Module):
    """A loss with one option: how the samples are put together."""

    def __init__(self, reduction: str) -> None:
        check_reduction(reduction)
        super().__init__()
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """A loss with weights: a buffer, so that it moves with the layer and is saved with it."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None, reduction: str) -> None:
        super().__init__(reduction)
        self.register_buffer("weight", weight)


class MSELoss(_Loss):
    """The mean squared error (x - t)², or the sum, or each.

    Formula, parameters and errors: ``companion.nn.functional.mse_loss``.

    Mirrors ``torch.nn.MSELoss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The mean absolute error |x - t|, or the sum, or each.

    Formula, parameters and errors: ``companion.nn.functional.l1_loss``.

    Mirrors ``torch.nn.L1Loss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.l1_loss(input, target, reduction=self.reduction)


class BCELoss(_WeightedLoss):
    """The cross-entropy of probabilities of a yes, their mean, or the sum, or each.

    Formula, parameters and errors: ``companion.nn.functional.binary_cross_entropy``.

    Mirrors ``torch.nn.BCELoss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """The cross-entropy of the sigmoid of scores, stable for any score.

    Formula, parameters and errors: ``companion.nn.functional.binary_cross_entropy_with_logits``.

    Mirrors ``torch.nn.BCEWithLogitsLoss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class NLLLoss(_WeightedLoss):
    """The negative log-likelihood of the true class, from log-probabilities.

    Formula, parameters and errors: ``companion.nn.functional.nll_loss``.

    Mirrors ``torch.nn.NLLLoss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(
        self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean"
    ) -> None:
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class CrossEntropyLoss(_WeightedLoss):
    """The cross-entropy of the softmax of scores, stable for any score.

    Formula, parameters and errors: ``companion.nn.functional.cross_entropy``.

    Mirrors ``torch.nn.CrossEntropyLoss``.
    Proven equal to it, with its gradients (``tests/nn/test_cross_entropy.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        check_smoothing(label_smoothing)
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Return the loss of ``input`` against ``target``."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
