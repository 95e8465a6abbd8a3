"""Benchmarks, run by hand from the repository root; ``tests/test_bench.py`` runs them small.

- ``python -m tests.bench.binning``: the encoder beside optbinning's ``BinningProcess``
- ``python -m tests.bench.scaling``: the encoder alone, by number of rows and by stage
- ``python -m tests.bench.imports``: what ``import creditscore`` adds

What they measure, and the figures of one machine, are in docs/benchmarks.md.
"""
