"""Correct answers to the exercises on bias and variance, by other routes."""

import random
import statistics

import numpy as np
from sklearn.utils import resample


def bias_variance(predictions, truth):
    """The variance as what is left of the mean squared error."""
    p, f = predictions.numpy(), truth.numpy()
    bias2 = np.mean((np.average(p, axis=0) - f) ** 2)
    return bias2, np.mean(p**2) - np.mean(p.mean(axis=0) ** 2)


def bias_variance_by_loops(predictions, truth):
    columns = list(zip(*predictions.tolist(), strict=True))
    biases = [statistics.fmean(c) - f for c, f in zip(columns, truth.tolist(), strict=True)]
    variance = statistics.fmean(statistics.pvariance(c) for c in columns)
    return statistics.fmean(b * b for b in biases), variance


def total_error(bias, variance, noise):
    return np.linalg.norm([bias, np.sqrt(variance), noise]) ** 2


def diagnose(train, validation, noise):
    near_the_noise = train <= 1.3 * noise
    gap = validation > 1.3 * train
    return {(True, True): "variance", (True, False): "ok"}.get((near_the_noise, gap), "bias")


def bootstrap_by_set(n, repeats, seed):
    source = random.Random(seed)
    pairs = []
    for _ in range(repeats):
        drawn = [source.randrange(n) for _ in range(n)]
        pairs.append((drawn, set(range(n)) - set(drawn)))
    return pairs


def bootstrap_of_library(n, repeats, seed):
    source = np.random.RandomState(seed)
    rows = np.arange(n)
    samples = [resample(rows, random_state=source) for _ in range(repeats)]
    return [(drawn, np.setdiff1d(rows, drawn)) for drawn in samples]


def gauge(readings, truth):
    columns = [column.tolist() for column in readings.T]
    deviations = [r - t for c, t in zip(columns, truth.tolist(), strict=True) for r in c]
    spread = statistics.fmean(statistics.variance(c) for c in columns) ** 0.5
    return statistics.fmean(deviations), spread


VARIANTS = {
    "regression.bias_variance": [bias_variance, bias_variance_by_loops],
    "regression.total_error": [total_error],
    "regression.diagnose": [diagnose],
    "regression.oob": [bootstrap_by_set, bootstrap_of_library],
    "regression.gauge": [gauge],
}
