"""Correct answers to the exercises on arrays and data, by other routes."""

import numpy as np
import torch


def state(q, v):
    return np.hstack([q.numpy(), v.numpy()])


def state_from_matrix(q, v):
    return torch.stack([q, v]).flatten()


def state_by_entry(q, v):
    x = torch.empty(2 * len(q), dtype=q.dtype)
    for i in range(len(q)):
        x[i], x[len(q) + i] = q[i], v[i]
    return x


def windows(x, w):
    return torch.stack([x[k : k + w] for k in range(len(x) - w + 1)])


def windows_numpy(x, w):
    return np.lib.stride_tricks.sliding_window_view(x.numpy(), w)


def calibrate(X, c):
    return (X.T + c).T


def calibrate_rows(X, c):
    return torch.stack([row + offset for row, offset in zip(X, c, strict=True)])


def calibrate_dyad(X, c):
    return X + torch.outer(c, torch.ones(X.shape[1], dtype=X.dtype))


VARIANTS = {
    "linear_algebra.state_vector": [state, state_from_matrix, state_by_entry],
    "linear_algebra.windows": [windows, windows_numpy],
    "linear_algebra.add_per_row": [calibrate, calibrate_rows, calibrate_dyad],
}
