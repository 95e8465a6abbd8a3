"""Benchmarks, run by hand from the repository root; ``tests/test_bench.py`` runs them small.

- ``python -m tests.bench.binning``: the encoder beside optbinning's ``BinningProcess``
- ``python -m tests.bench.peers``: the encoder beside tide and fastbinning
- ``python -m tests.bench.transform``: encoding alone, beside optbinning and two numpy calls
- ``python -m tests.bench.batch``: scores and probabilities of many rows, beside optbinning's
- ``python -m tests.bench.quality``: AUC of default cards in five folds, beside optbinning's
- ``python -m tests.bench.regression``: the logistic fit beside others, and stepwise searches
- ``python -m tests.bench.bootstrap``: the AUC and its errors, beside a loop with scikit-learn
- ``python -m tests.bench.validation``: from a score to a validated grade, by piece of work
- ``python -m tests.bench.memory``: the most memory of a fit, by number and kind of columns
- ``python -m tests.bench.solver``: the solver alone, on counts
- ``python -m tests.bench.scaling``: the encoder alone, by number of rows and by stage
- ``python -m tests.bench.indicators``: indicators of many customers and invoices, by stage
- ``python -m tests.bench.imports``: what ``import creditscore`` adds

What they measure, and the figures of one machine, are in docs/benchmarks.md.
"""
