"""From value, potential and risk to a class of customers, and from the class to a treatment.

``CustomerGrid.standard(value=…, potential=…, risk=…).classify(value, potential, grades)`` names
the class of each customer and why; so do ``RuleSet(rules=…, default=…).apply(X)`` by rules and
``RFM.from_sample(facts).score(facts)`` by purchases. ``find_segments(X)`` looks for groups and
tests whether they last. ``Hysteresis`` and ``Confirmation`` keep customers from flipping between
classes, and ``ServiceTiers.assign(classes, grades)`` says how each is served.
"""

from creditscore.segment._clusters._evidence import NumberEvidence
from creditscore.segment._clusters._found import find_segments
from creditscore.segment._clusters._segment_display import SegmentProfileDisplay, SilhouetteDisplay
from creditscore.segment._clusters._segments import KMeansSegments
from creditscore.segment._grid._bands import Bands, RiskBands
from creditscore.segment._grid._classified import ClassifiedCustomers
from creditscore.segment._grid._customer_class import CustomerClass
from creditscore.segment._grid._customer_value import (
    customer_potential,
    customer_value,
    share_of_wallet,
)
from creditscore.segment._grid._grid import CustomerGrid
from creditscore.segment._grid._grid_display import GridDisplay
from creditscore.segment._review._class_migration import ClassMigrationDisplay
from creditscore.segment._review._confirmation import Confirmation
from creditscore.segment._review._hysteresis import Hysteresis
from creditscore.segment._review._review_history import ReviewHistory
from creditscore.segment._review._reviewed import ReviewedCustomers
from creditscore.segment._rfm._rfm import RFM, RfmScores
from creditscore.segment._rfm._rfm_display import RfmDisplay
from creditscore.segment._rfm._rfm_facts import RfmFacts, rfm_facts
from creditscore.segment._rules._condition import Condition
from creditscore.segment._rules._rule_set import Rule, RuleSet
from creditscore.segment._rules._ruled import RuledCustomers
from creditscore.segment._rules._tree_rules import TreeRules, rules_from_tree
from creditscore.segment._tiers._service_tiers import ServiceTiers
from creditscore.segment._tiers._tier import ServiceTier
from creditscore.segment._tiers._tier_display import TierDisplay

__all__ = [
    "RFM",
    "Bands",
    "ClassMigrationDisplay",
    "ClassifiedCustomers",
    "Condition",
    "Confirmation",
    "CustomerClass",
    "CustomerGrid",
    "GridDisplay",
    "Hysteresis",
    "KMeansSegments",
    "NumberEvidence",
    "ReviewHistory",
    "ReviewedCustomers",
    "RfmDisplay",
    "RfmFacts",
    "RfmScores",
    "RiskBands",
    "Rule",
    "RuleSet",
    "RuledCustomers",
    "SegmentProfileDisplay",
    "ServiceTier",
    "ServiceTiers",
    "SilhouetteDisplay",
    "TierDisplay",
    "TreeRules",
    "customer_potential",
    "customer_value",
    "find_segments",
    "rfm_facts",
    "rules_from_tree",
    "share_of_wallet",
]
