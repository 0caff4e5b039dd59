"""Data of the book: ``load_*`` bundled, ``make_*`` generated with known ground truth."""

from companion.datasets.blobs import make_blobs
from companion.datasets.cracked_beams import make_cracked_beams
from companion.datasets.cracks import make_crack_image
from companion.datasets.curves import make_line, make_noisy_sine
from companion.datasets.deflections import make_beam_deflection, make_cantilever
from companion.datasets.gates import make_gate, make_sign_quadrants
from companion.datasets.gauges import make_gauge, make_strain_gauge
from companion.datasets.materials import make_material_classes
from companion.datasets.springs import make_cubic_spring, make_duffing_force, make_spring
from companion.datasets.tension import (
    make_cubic_stress_strain,
    make_ramberg_osgood,
    make_tension_test,
)

__all__ = [
    "make_beam_deflection",
    "make_blobs",
    "make_cantilever",
    "make_crack_image",
    "make_cracked_beams",
    "make_cubic_spring",
    "make_cubic_stress_strain",
    "make_duffing_force",
    "make_gate",
    "make_gauge",
    "make_line",
    "make_material_classes",
    "make_noisy_sine",
    "make_ramberg_osgood",
    "make_sign_quadrants",
    "make_spring",
    "make_strain_gauge",
    "make_tension_test",
]
