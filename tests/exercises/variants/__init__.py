"""Independently written correct answers: other routes than the reference, per page."""
