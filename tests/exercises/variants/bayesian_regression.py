"""Correct answers to the exercises on Bayesian regression, by other routes."""

import numpy as np
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct


def neg_log_likelihood(w, X, y, sigma):
    return -torch.distributions.Normal(X @ w, sigma).log_prob(y).sum()


def neg_log_likelihood_of_a_vector(w, X, y, sigma):
    """One normal vector instead of many normal numbers; NumPy."""
    mean = (X @ w).numpy()
    return -multivariate_normal.logpdf(y.numpy(), mean, sigma**2 * np.eye(len(y)))


def bernoulli_nll(w, X, y):
    """Odds in logarithms; NumPy."""
    z = (X @ w).numpy()
    return np.sum(np.logaddexp(0, z) - y.numpy() * z)


def bernoulli_nll_by_sign(w, X, y):
    return -torch.nn.functional.logsigmoid((2 * y - 1) * (X @ w)).sum()


def map_weights(Phi, y, sigma2, alpha2):
    """In the space of the data: one unknown for each reading."""
    C = sigma2 * torch.eye(len(y), dtype=y.dtype) + alpha2 * Phi @ Phi.T
    return alpha2 * Phi.T @ torch.linalg.solve(C, y)


def map_weights_by_more_readings(Phi, y, sigma2, alpha2):
    """The prior as further readings of zero."""
    p = Phi.shape[1]
    A = np.vstack([Phi / sigma2**0.5, np.eye(p) / alpha2**0.5])
    return np.linalg.lstsq(A, np.concatenate([y / sigma2**0.5, np.zeros(p)]), rcond=None)[0]


def update(mean, precision, Phi, y, sigma2):
    """One reading after the other."""
    mean, precision = mean.clone(), precision.clone()
    for phi, reading in zip(Phi, y, strict=True):
        precision += torch.outer(phi, phi) / sigma2
        gain = torch.linalg.solve(precision, phi) / sigma2
        mean += gain * (reading - phi @ mean)
    return [mean, precision]


def update_from_covariance(mean, precision, Phi, y, sigma2):
    """The filter of Kalman; NumPy, the last reading first."""
    m, S = mean.numpy(), np.linalg.inv(precision.numpy())
    F, t = Phi.numpy()[::-1], y.numpy()[::-1]
    gain = S @ F.T @ np.linalg.inv(F @ S @ F.T + sigma2 * np.eye(len(t)))
    return m + gain @ (t - F @ m), np.linalg.inv(S - gain @ F @ S)


def predictive(mean, covariance, Phi, sigma2):
    """The diagonal of the covariance of all new readings."""
    return np.stack([Phi @ mean, sigma2 + np.diag(Phi @ covariance @ Phi.T)])


def predictive_by_factor(mean, covariance, Phi, sigma2):
    L = torch.linalg.cholesky(covariance)
    return Phi @ mean, (Phi @ L).square().sum(1) + sigma2


def log_evidence(Phi, y, sigma2, alpha2):
    C = sigma2 * np.eye(len(y)) + alpha2 * (Phi @ Phi.T).numpy()
    return multivariate_normal.logpdf(y.numpy(), np.zeros(len(y)), C)


def log_evidence_of_a_process(Phi, y, sigma2, alpha2):
    kernel = ConstantKernel(alpha2, "fixed") * DotProduct(0.0, "fixed")
    process = GaussianProcessRegressor(kernel, alpha=sigma2, optimizer=None)
    return process.fit(Phi.numpy(), y.numpy()).log_marginal_likelihood_value_


def next_load(mean, precision, candidates, x_star, sigma2, features):
    """The largest fall of the variance, by the formula for an update of rank one."""
    S = torch.linalg.inv(precision)
    F, star = features(candidates), features(torch.tensor(x_star, dtype=S.dtype))
    fall = (F @ S @ star) ** 2 / (sigma2 + ((F @ S) * F).sum(1))
    return int(fall.argmax())


def next_load_by_brute_force(mean, precision, candidates, x_star, sigma2, features):
    """Make up a reading, update, and look; the readings are arbitrary."""
    star = features(torch.tensor(x_star, dtype=precision.dtype)).numpy()
    best = {}
    for i, x in enumerate(candidates):
        phi = features(x).numpy()[None]
        _, new = update_from_covariance(
            mean, precision, torch.tensor(phi.copy()), torch.tensor([7.0]), sigma2
        )
        best[i] = star @ np.linalg.inv(new) @ star
    return min(best, key=best.get)


VARIANTS = {
    "regression.neg_log_likelihood": [neg_log_likelihood, neg_log_likelihood_of_a_vector],
    "regression.bernoulli_regression_nll": [bernoulli_nll, bernoulli_nll_by_sign],
    "regression.map_weights": [map_weights, map_weights_by_more_readings],
    "regression.posterior_update": [update, update_from_covariance],
    "regression.predictive": [predictive, predictive_by_factor],
    "regression.log_evidence": [log_evidence, log_evidence_of_a_process],
    "regression.spring_calibration": [next_load, next_load_by_brute_force],
}
