"""How customers move between grades.

Values: `_matrix` (chances within a period), `_generator` (rates a year), `_states` (grades,
default, withdrawn ratings).
Estimates: `_cohort` (pairs of grades, by `_history_pairs` from a rating history), `_duration`
(`_spells`, `_product_integral`), `_withdrawal`; `_published` (tables of others), `_chain`.
Intervals: `_intervals` (of cells), `_bootstrap` (of any estimate).
Generators: `_logarithm`, made rates by `_adjustment`; `_embedding` (whether there is one).
Comparison: `_distance`, `_mobility`, `_homogeneity`, which read by `_tables`.
Pictures: `_migration_display`, `_term_display`, `_shares`, and `_shading` for HTML.
`_numbers` and `_matrix_checks` are what all of these read numbers by.
"""
