"""Questionnaires and checklists: asked on paper, screen or sheet, read back, scored, observed."""
