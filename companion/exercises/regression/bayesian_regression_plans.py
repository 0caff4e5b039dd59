"""Exercises of the page on Bayesian regression: compare two models, and plan the next test."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.regression.bayesian_regression_updates import spread
from companion.linear_model import BayesianLinearRegression

PAGE = "05-regression/bayesian-regression"
Features = Callable[[Tensor], Tensor]


def log_evidence(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> float:
    return BayesianLinearRegression(sigma2, alpha2).fit(Phi, y).log_marginal_likelihood()


def likelihood_at_the_top(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    w: Tensor = BayesianLinearRegression(sigma2, alpha2).fit(Phi, y).coef_
    constant = len(y) / 2 * math.log(2 * math.pi * sigma2)
    return -(y - Phi @ w).square().sum() / (2 * sigma2) - constant


def covariance_of_readings(Phi: Tensor, sigma2: float, alpha2: float) -> Tensor:
    noise = sigma2 * torch.eye(len(Phi), dtype=Phi.dtype, device=Phi.device)
    covariance: Tensor = noise + alpha2 * Phi @ Phi.T
    return covariance


def without_determinant(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    C = covariance_of_readings(Phi, sigma2, alpha2)
    square: Tensor = y @ torch.linalg.solve(C, y)
    return -0.5 * (square + len(y) * math.log(2 * math.pi))


def reading_by_reading(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    variance = covariance_of_readings(Phi, sigma2, alpha2).diagonal()
    return -0.5 * (y**2 / variance + torch.log(2 * math.pi * variance)).sum()


def models(generator: Generator) -> list[Arguments]:
    """Readings of the cubic spring, and two sets of features for them."""
    cases: list[Arguments] = []
    for n, sigma2, alpha2 in ((2, 0.3, 0.5), (6, 0.04, 0.5), (20, 0.1, 1.5)):
        x = uniform(generator, -1, 1, n)
        one = torch.ones_like(x)
        y = -0.25 + 0.6 * x**3 + sigma2**0.5 * randn(generator, n)
        for second in (x**3, torch.cos(3 * x)):
            cases.append((torch.stack([one, second], dim=1), y, sigma2, alpha2))
    return cases


LOG_EVIDENCE = Exercise(
    name="regression.log_evidence",
    page=PAGE,
    task="Return the log of the evidence: the density of the readings `y` with features `Phi` and "
    "noise of variance `sigma2`, when the weights are independent and normal with mean 0 and "
    "variance `alpha2`.",
    signature="log_evidence(Phi, y, sigma2, alpha2) -> float",
    reference=log_evidence,
    inputs=models,
    tried="two sets of features, 2 to 20 readings",
    misconceptions=(
        Misconception(
            "takes the likelihood of the best weights",
            likelihood_at_the_top,
            "This is the likelihood at the most probable weights. More features can only raise "
            "it; the evidence averages over all weights that the prior allows.",
        ),
        Misconception(
            "leaves out the determinant",
            without_determinant,
            "The determinant of the covariance is missing. Without it, a model that allows any "
            "curve at all pays nothing for it.",
        ),
        Misconception(
            "adds the readings as if they were independent",
            reading_by_reading,
            "The evidence is no sum over readings: they share the weights, so they are correlated. "
            "Integrate over the weights once, for all readings together.",
        ),
    ),
    hints=("Integrate the weights out: y is normal with covariance σ²I + α²ΦΦᵀ.",),
)


def variance_after(precision: Tensor, phi: Tensor, phi_star: Tensor, sigma2: float) -> Tensor:
    """Return the variance of the prediction at ``phi_star`` after a reading at ``phi``."""
    new = precision + torch.outer(phi, phi) / sigma2
    variance: Tensor = phi_star @ torch.linalg.solve(new, phi_star)
    return variance


def next_load(
    mean: Tensor,
    precision: Tensor,
    candidates: Tensor,
    x_star: float,
    sigma2: float,
    features: Features,
) -> int:
    star = features(candidates.new_tensor(x_star))
    after = [variance_after(precision, features(x), star, sigma2) for x in candidates]
    return int(torch.stack(after).argmin())


def largest_load(*arguments: Any) -> int:
    return int(arguments[2].argmax())


def nearest_load(*arguments: Any) -> int:
    return int((arguments[2] - arguments[3]).abs().argmin())


def least_known_load(*arguments: Any) -> int:
    _, precision, candidates, _, _, features = arguments
    return int(spread(torch.linalg.inv(precision), features(candidates)).argmax())


def cubic_spring(x: Tensor) -> Tensor:
    """Return the features 1 and x³."""
    return torch.stack([torch.ones_like(x), x**3], dim=-1)


def hardening_spring(x: Tensor) -> Tensor:
    """Return the features 1, x and x³."""
    return torch.stack([torch.ones_like(x), x, x**3], dim=-1)


WRONG_LOADS = (largest_load, nearest_load, least_known_load)


def plans(generator: Generator) -> list[Arguments]:
    """24 tests to plan; each rule of thumb is wrong on 8 of them at least."""
    cases: list[Arguments] = []
    while len(cases) < 24:
        features = (cubic_spring, hardening_spring)[len(cases) // 3 % 2]
        plan = one_plan(generator, features)
        if is_clear(plan) and WRONG_LOADS[len(cases) % 3](*plan) != next_load(*plan):
            cases.append(plan)
    return cases


def one_plan(generator: Generator, features: Features) -> Arguments:
    """Draw a belief that has seen readings near both ends, five candidates and a target."""
    ends = uniform(generator, 0.8, 1, 4) * tensor([1.0, -1.0, 1.0, -1.0])
    count = int(torch.randint(0, 5, (), generator=generator, device="cpu"))
    Phi, sigma2 = features(ends[:count]), 0.04
    precision = 2 * torch.eye(Phi.shape[1]).to(Phi) + Phi.T @ Phi / sigma2
    loads = torch.cat([uniform(generator, -0.75, 0.75, 4), uniform(generator, 0.85, 1, 1)])
    candidates = loads[torch.randperm(5, generator=generator, device="cpu")].round(decimals=2)
    x_star = round(float(uniform(generator, -0.9, 0.9)), 2)
    mean = randn(generator, Phi.shape[1])
    return mean, precision, candidates, x_star, sigma2, features


def is_clear(plan: Arguments) -> bool:
    """Tell whether the best candidate leads by 1 %, and no candidate comes twice."""
    _, precision, candidates, x_star, sigma2, features = plan
    star = features(candidates.new_tensor(x_star))
    after = [variance_after(precision, features(x), star, sigma2) for x in candidates]
    best, second = torch.stack(after).sort().values[:2].tolist()
    return second > 1.01 * best and len(candidates.unique()) == 5


SPRING_CALIBRATION = Exercise(
    name="regression.spring_calibration",
    page=PAGE,
    task="Which reading comes next? The weights are normal with `mean` and `precision`. Return the "
    "index of the candidate deflection whose reading, with noise of variance `sigma2`, makes the "
    "predictive variance at `x_star` smallest. `features(x)` gives the features of a deflection.",
    signature="next_load(mean, precision, candidates, x_star, sigma2, features) -> int",
    reference=next_load,
    inputs=plans,
    tried="24 plans for two kinds of springs, with few and with many earlier readings",
    misconceptions=(
        Misconception(
            "always takes the largest load",
            largest_load,
            "The largest load tells most about the cubic term. At `x_star` the offset may matter "
            "more: compute the variance there after each candidate.",
        ),
        Misconception(
            "takes the candidate nearest to the target",
            nearest_load,
            "Near is not the same as telling: a reading informs about weights, and the weights "
            "that matter at `x_star` may be seen better elsewhere.",
        ),
        Misconception(
            "takes the candidate that is least known itself",
            least_known_load,
            "The candidate with the largest own predictive variance tells most about all weights "
            "together, not about their combination at `x_star`.",
        ),
    ),
    hints=("The variance after an update does not depend on the reading, only on where it is.",),
)

EXERCISES = [LOG_EVIDENCE, SPRING_CALIBRATION]
