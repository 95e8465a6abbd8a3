"""Expert scorecards, the templates that they are copied from, and their veto rules."""
