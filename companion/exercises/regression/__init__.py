"""Exercises of the chapter on regression, one file a page."""
