"""From value, potential and risk to a class of customers, and from the class to a treatment.

The way through, and what stands where:

1. Facts: :func:`customer_value`, :func:`share_of_wallet`, :func:`customer_potential` from margins,
   sales and growth; grades from :mod:`creditscore.grade`; :func:`rfm_facts` from a ledger.
2. Classes, in one of four ways; each result has ``classes``, and ``frame()`` with the reasons:

   - by value, potential and risk: ``CustomerGrid.standard(value=Bands.from_sample(value),
     potential=Bands.from_sample(potential), risk=RiskBands.from_scale(scale))``, then
     ``.classify(value, potential, grades)``;
   - by rules in words: ``RuleSet(rules=…, default=…).apply(X)``;
   - by purchases: ``RFM.from_sample(facts).score(facts)``;
   - by groups that lie in the data: ``find_segments(X)``, which tests whether they last, and
     ``rules_from_tree(X, classes)``, which says them in rules.

3. From one review to the next: ``Hysteresis(bands=…, margin=…).review(previous, measure)`` keeps
   customers near a bound from flipping, ``Confirmation().review(previous, current)`` those of a
   grid or of rules; ``.over(table)`` counts the flips avoided; :class:`ClassMigrationDisplay` draws
   who went where.
4. Treatment: ``ServiceTiers.illustration(risk).assign(classes, grades)``; ``to_frame()`` is the
   table to edit, and ``from_frame()`` reads it back.

"unknown" is the class of customers of whom a needed fact is missing. Names ending in Display draw.
Bounds, cells and tiers that come with this stage are illustrations: a firm sets its own.
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
