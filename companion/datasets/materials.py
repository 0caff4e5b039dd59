"""Material classes: a small table of mechanical properties with three clear groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from companion.physics._check import check_count
from companion.physics._random import make_generator, standard_normal

if TYPE_CHECKING:
    from sklearn.utils import Bunch

FEATURES = ("E [GPa]", "nu [-]", "rho [g/cm^3]", "yield [MPa]")
# Mean and standard deviation of each feature.
MATERIALS = {
    "steel": ((210.0, 0.30, 7.85, 355.0), (5.0, 0.01, 0.05, 40.0)),
    "aluminium": ((70.0, 0.33, 2.70, 240.0), (3.0, 0.01, 0.04, 30.0)),
    "polyamide": ((3.0, 0.40, 1.14, 60.0), (0.4, 0.015, 0.03, 8.0)),
}


def make_material_classes(
    n_per_class: int = 40, random_state: int | torch.Generator | None = 0
) -> Bunch:
    """Generate samples of steel, aluminium and polyamide: the mechanics twin of Iris.

    Each property is normal and independent of the others; means and standard deviations are in
    the result as ground truth (``means``, ``stds``).

    Parameters
    ----------
    n_per_class : number of samples of each material.
    random_state : seed or CPU generator; the numbers do not depend on the default dtype.

    Returns
    -------
    Bunch with ``data`` Tensor[3 n_per_class, 4] in the default dtype on the CPU, columns Young's
    modulus in GPa, Poisson's ratio, density in g/cm³ and yield strength in MPa; ``target``
    Tensor[3 n_per_class] of classes 0, 1, 2 in order; ``feature_names``, ``target_names``,
    ``means`` and ``stds`` Tensor[3, 4].

    Raises
    ------
    TypeError, ValueError
        If ``n_per_class`` is no int of at least 1, or ``random_state`` is unusable.

    Proven equal to its stated means and spreads (``tests/test_datasets.py``).
    Book: chapters/02-linear-algebra/arrays-and-data
    """
    from sklearn.utils import Bunch

    check_count(n_per_class, "n_per_class")
    table = torch.tensor(tuple(MATERIALS.values()), dtype=torch.float64, device="cpu")
    means, stds = table[:, 0], table[:, 1]
    draws = standard_normal((3, n_per_class, 4), make_generator(random_state))
    data = (means[:, None] + stds[:, None] * draws).flatten(0, 1)
    dtype = torch.get_default_dtype()
    return Bunch(
        data=data.to(dtype),
        target=torch.arange(3, device="cpu").repeat_interleave(n_per_class),
        feature_names=list(FEATURES),
        target_names=list(MATERIALS),
        means=means.to(dtype),
        stds=stds.to(dtype),
    )
