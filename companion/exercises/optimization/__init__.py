"""Exercises of the chapter on optimization, one file a page."""
