"""The mechanics of the book's examples, one file a topic."""

from companion.physics.beams import beam_influence, beam_snapshots
from companion.physics.chains import spring_chain
from companion.physics.charges import point_charge_field, point_charge_potential
from companion.physics.elements import quad4_stiffness
from companion.physics.snap_through import two_bar_truss, von_mises_truss, von_mises_truss_energy
from companion.physics.stress import principal_stresses, von_mises
from companion.physics.trusses import rigid_body_modes, truss_stiffness

__all__ = [
    "beam_influence",
    "beam_snapshots",
    "point_charge_field",
    "point_charge_potential",
    "principal_stresses",
    "quad4_stiffness",
    "rigid_body_modes",
    "spring_chain",
    "truss_stiffness",
    "two_bar_truss",
    "von_mises",
    "von_mises_truss",
    "von_mises_truss_energy",
]
