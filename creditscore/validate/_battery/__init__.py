"""A sample, the tests that it allows, and the report of what they found."""
