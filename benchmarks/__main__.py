"""Print the table of ratios and write ``benchmarks/results.json``: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch and SciPy load their thread pools
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import torch

from benchmarks._measure import Result, all_cases, line, measure, record

RESULTS = Path(__file__).with_name("results.json")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", metavar="PATTERN", help="cases with this text")
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each case")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cases = all_cases(options.only)
    if not cases:
        print(f"No case holds {options.only!r}.", file=sys.stderr)
        return 1
    print(f"{len(cases)} cases, ratio = their time / ours, one thread (above 1: ours is faster)")
    results: list[Result] = []
    for case in cases:
        results.append(measure(case, options.seconds))
        print(line(results[-1]), flush=True)
    if options.only:
        print("results.json is unchanged: it holds whole runs only.")
    else:
        date = datetime.date.today().isoformat()
        text = json.dumps(record(results, date), indent=1, ensure_ascii=False)
        RESULTS.write_text(text + "\n", "utf8")
    missed = sum(result.met is False for result in results)
    print(f"{missed} of {sum(r.goal is not None for r in results)} goals missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
