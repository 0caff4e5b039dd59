"""Grey-value images of a cracked plate with known crack."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from companion.physics._check import (
    check_count,
    check_not_negative,
    check_number,
    check_positive,
)
from companion.physics._random import make_generator, standard_normal

if TYPE_CHECKING:
    from sklearn.utils import Bunch


def make_crack_image(
    size: int = 64,
    angle: float = 25.0,
    offset: float = 0.0,
    width: float = 1.5,
    waviness: float = 2.0,
    brightness: float = 0.8,
    depth: float = 0.6,
    noise: float = 0.02,
    random_state: int | torch.Generator | None = 0,
) -> Bunch:
    r"""Generate a grey-value image of a plate with a dark wavy crack.

    :math:`I=b-d\,e^{-\frac12((\delta-o-w\sin(4\pi s/\text{size}))/\text{width})^2}` + noise,
    clipped to [0, 1]. s and δ are the coordinates along and across a line through the centre at
    ``angle``; the column is x to the right, the row counts downwards, y = centre - row.

    Parameters
    ----------
    size : pixels of each side.
    angle : of the line, in degrees, counter-clockwise from the x axis.
    offset, width, waviness : o, width and w of the formula, in pixels.
    brightness, depth : b and d, grey values; ``depth=0`` is an intact plate.
    noise : standard deviation of the independent normal noise of each pixel.
    random_state : seed or CPU generator of the noise.

    Returns
    -------
    Bunch with ``image`` Tensor[size, size] in the default dtype on the CPU; the ground truth
    ``mask`` bool Tensor[size, size] (pixels that the centre line passes) and ``length`` (arc
    length of the centre line in the image, in pixels). Both are empty for ``depth=0``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, size < 1, width <= 0, or depth or noise is negative.

    Proven equal to the formula and, for the length, to the closed form of a straight crack
    (``tests/test_datasets.py``).
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    from sklearn.utils import Bunch

    check_count(size, "size")
    generator = make_generator(random_state)
    check_number(brightness, "brightness")
    radians = math.radians(check_number(angle, "angle"))
    line = (check_number(offset, "offset"), check_number(waviness, "waviness"))
    along, across = _coordinates(size, radians)
    distance = across - _centre_line(along, size, *line)
    darkness = torch.exp(-0.5 * (distance / check_positive(width, "width")) ** 2)
    image = brightness - check_not_negative(depth, "depth") * darkness
    if check_not_negative(noise, "noise") > 0:
        image = image + noise * standard_normal((size, size), generator)
    mask, length = _ground_truth(size, radians, *line)
    if depth == 0:
        mask, length = torch.zeros_like(mask), 0.0
    return Bunch(image=image.clamp(0, 1).to(torch.get_default_dtype()), mask=mask, length=length)


def _coordinates(size: int, radians: float) -> tuple[Tensor, Tensor]:
    """Return s and δ of the pixel centres, each [size, size]."""
    x = torch.arange(size, dtype=torch.float64, device="cpu") - (size - 1) / 2
    y = -x[:, None]
    cosine, sine = math.cos(radians), math.sin(radians)
    return cosine * x + sine * y, -sine * x + cosine * y


def _centre_line(along: Tensor, size: int, offset: float, waviness: float) -> Tensor:
    return offset + waviness * torch.sin(4 * math.pi * along / size)


def _ground_truth(
    size: int, radians: float, offset: float, waviness: float
) -> tuple[Tensor, float]:
    """Follow the centre line in steps of 0.01 pixel: the pixels passed, the length inside."""
    # Long enough to leave the image whatever the angle is; a larger offset only leaves it sooner.
    half = 0.75 * size
    along = torch.linspace(-half, half, 150 * size + 1, dtype=torch.float64, device="cpu")
    across = _centre_line(along, size, offset, waviness)
    cosine, sine = math.cos(radians), math.sin(radians)
    column = cosine * along - sine * across + size / 2
    row = size / 2 - (sine * along + cosine * across)
    middle = torch.stack([row, column]).unfold(1, 2, 1).mean(dim=-1)
    inside = ((middle >= 0) & (middle < size)).all(dim=0)
    mask = torch.zeros(size, size, dtype=torch.bool, device="cpu")
    pixel = middle[:, inside].long()
    mask[pixel[0], pixel[1]] = True
    steps = torch.hypot(column.diff(), row.diff())
    return mask, float(steps[inside].sum())
