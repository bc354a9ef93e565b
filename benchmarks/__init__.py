"""What the integration costs, measured as ratios within one run: `python -m benchmarks`, or `scripts/benchmark`.

Times differ from machine to machine and from minute to minute, so nothing here compares a time with a number of seconds
that was measured elsewhere: each is set against what the same work costs without the integration, measured beside it.
Counts (requests, rows, written states) are exact.
"""
