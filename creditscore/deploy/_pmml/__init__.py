"""A card as PMML 4.4: its fields, predicates, the model, and the models of segments."""

from creditscore.deploy._pmml._to_pmml import to_pmml

__all__ = ["to_pmml"]
