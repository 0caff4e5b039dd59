"""Benchmarks: the companion against the libraries, as ratios of one run; ``make benchmark``."""
