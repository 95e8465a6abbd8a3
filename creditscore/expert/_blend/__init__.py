"""Expert cards beside outcomes: scales, blends, priors, shadow ratings and back-tests."""
