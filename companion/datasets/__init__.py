"""Data of the book: ``load_*`` bundled, ``make_*`` generated with known ground truth."""

from companion.datasets.cracks import make_crack_image
from companion.datasets.gauges import make_strain_gauge
from companion.datasets.materials import make_material_classes

__all__ = ["make_crack_image", "make_material_classes", "make_strain_gauge"]
