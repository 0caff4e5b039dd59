"""Exercises of the chapter on linear algebra, one file a page."""
