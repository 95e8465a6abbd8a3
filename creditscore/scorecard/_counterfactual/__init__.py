"""The smallest changes by which an applicant reaches a score."""
