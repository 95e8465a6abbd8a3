"""Facts kept, verified, matched and refreshed; what is known of customers as of a day."""

from creditscore.organise._outcome._days_past_due import days_past_due
from creditscore.organise._outcome._definition import OutcomeDefinition
from creditscore.organise._outcome._outcomes import Outcomes
from creditscore.organise._outcome._roll_rate import RollRates, roll_rates, worst_roll_rates
from creditscore.organise._outcome._roll_rate_display import RollRateDisplay
from creditscore.organise._outcome._split import SampleSplit, split_sample
from creditscore.organise._outcome._vintage import VintageCurves, vintage_curves
from creditscore.organise._outcome._vintage_display import VintageDisplay

__all__ = [
    "OutcomeDefinition",
    "Outcomes",
    "RollRateDisplay",
    "RollRates",
    "SampleSplit",
    "VintageCurves",
    "VintageDisplay",
    "days_past_due",
    "roll_rates",
    "split_sample",
    "vintage_curves",
    "worst_roll_rates",
]
