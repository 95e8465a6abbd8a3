"""A card as a workbook: its cells, the sheets of the card, formulas, and the sheet that scores."""

from creditscore.deploy._excel._to_excel import to_excel

__all__ = ["to_excel"]
