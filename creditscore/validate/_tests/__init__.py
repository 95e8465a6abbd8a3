"""Statistical tests of ratings: calibration, discrimination, stability, and many at once."""
