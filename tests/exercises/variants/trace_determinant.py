"""Correct answers to the exercises on trace and determinant, by other routes."""

import math

import numpy as np
import torch


def signed_area(v1, v2):
    """Lengths and the angle between the sides."""
    angle = math.atan2(v2[1], v2[0]) - math.atan2(v1[1], v1[0])
    return math.hypot(*v1) * math.hypot(*v2) * math.sin(angle)


def signed_area_det(v1, v2):
    return torch.linalg.det(torch.stack([v1, v2], dim=1))


def why_negative():
    v1, v2 = np.array([0.5, 0.5]), np.array([1.0, 0.25])
    return "swap", float(np.linalg.det(np.column_stack([v2, v1])))


def nonsquare(A):
    try:
        torch.linalg.det(A)
    except Exception as error:
        raised = type(error)
    return raised, torch.linalg.svdvals(A).prod()


def inverted(nodes, triangles):
    """The shoelace formula, triangle by triangle."""
    found = []
    for number, (i, j, k) in enumerate(triangles.tolist()):
        x, y = nodes[[i, j, k]].T.tolist()
        twice = sum(x[m] * y[(m + 1) % 3] - x[(m + 1) % 3] * y[m] for m in range(3))
        if twice < 0:
            found.append(number)
    return np.array(found)


VARIANTS = {
    "linear_algebra.signed_area": [signed_area, signed_area_det],
    "linear_algebra.why_negative": [why_negative],
    "linear_algebra.det_nonsquare": [nonsquare],
    "linear_algebra.mesh_orientation": [inverted],
}
