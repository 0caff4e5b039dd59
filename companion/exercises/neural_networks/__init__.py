"""Exercises of the chapter on neural networks, one file a page."""
