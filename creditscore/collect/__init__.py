"""Facts about customers from four kinds of source, by four kinds of method → observations."""

from creditscore.collect._campaign._campaign import Campaign
from creditscore.collect._campaign._campaign_display import CampaignDisplay
from creditscore.collect._campaign._class_weights import class_weights
from creditscore.collect._campaign._early_late import early_late
from creditscore.collect._campaign._event import (
    CAMPAIGN_STATUSES,
    CampaignEvent,
    CampaignEventKind,
    CampaignStatus,
)
from creditscore.collect._campaign._propensity import propensity_weights
from creditscore.collect._campaign._raking import raking_weights
from creditscore.collect._campaign._response_rates import ResponseRates, response_table
from creditscore.collect._campaign._response_weights import ResponseWeights
from creditscore.collect._contact._confirmation import Confirmations, confirmed_observations
from creditscore.collect._contact._contact import Contact, ContactChannel, ContactOutcome
from creditscore.collect._contact._contact_log import ContactLog
from creditscore.collect._derived._concentration import concentration
from creditscore.collect._derived._derivation import Derivation, derivation
from creditscore.collect._derived._derive import derive
from creditscore.collect._derived._derived import Derived
from creditscore.collect._derived._facts import DerivationInputs
from creditscore.collect._derived._payment_behaviour import (
    average_balance,
    average_days_late,
    days_late_trend,
)
from creditscore.collect._derived._purchases import (
    average_purchases,
    days_since_purchase,
    purchase_seasonal_strength,
    purchase_seasonality,
    purchase_trend,
)
from creditscore.collect._derived._ready import ready_derivations
from creditscore.collect._derived._recompute import recompute
from creditscore.collect._derived._related import RelatedParties, related_parties
from creditscore.collect._derived._reliability import METHOD_RELIABILITY, SOURCE_RELIABILITY
from creditscore.collect._guess._column_guess import ColumnGuess
from creditscore.collect._guess._guess import guess_mapping
from creditscore.collect._guess._proposal import MappingProposal
from creditscore.collect._interview._coded_interviews import CodedInterviews
from creditscore.collect._interview._coder_agreement import CoderAgreement, coder_agreement
from creditscore.collect._interview._interview import Interview
from creditscore.collect._interview._item_code import ItemCode
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import (
    METHODS,
    OBSERVATION_COLUMNS,
    SOURCE_KINDS,
    Method,
    SourceKind,
)
from creditscore.collect._observation._faults import first_faults, observation_faults
from creditscore.collect._observation._incoming import read_days, read_instants
from creditscore.collect._observation._item import (
    CUSTOMER_KINDS,
    ITEM_GROUPS,
    ITEM_KINDS,
    SENSITIVITIES,
    CustomerKind,
    Item,
    ItemGroup,
    ItemKind,
    Sensitivity,
)
from creditscore.collect._observation._observations import (
    Observations,
    observation_table,
    observed_values,
)
from creditscore.collect._observation._tidy_table import tidy_table
from creditscore.collect._psychometrics._alpha import CronbachAlpha, cronbach_alpha, kr20
from creditscore.collect._psychometrics._item_analysis import ItemAnalysis, item_analysis
from creditscore.collect._psychometrics._omega import McDonaldOmega, mcdonald_omega
from creditscore.collect._psychometrics._split_half import SplitHalf, split_half
from creditscore.collect._questionnaire._answers import Answers
from creditscore.collect._questionnaire._check_answers import AnswerFault
from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._parts import Anchor, Choice, PointsBand
from creditscore.collect._questionnaire._question import Question, QuestionKind
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._read_answers import read_answers
from creditscore.collect._questionnaire._score import AnswerScore
from creditscore.collect._questionnaire._section import Section
from creditscore.collect._questionnaire._templates import list_questionnaires, load_questionnaire
from creditscore.collect._reader._bureau import read_bureau_reports
from creditscore.collect._reader._collected import Collected, Rejects
from creditscore.collect._reader._concepts import ConceptMap
from creditscore.collect._reader._database import DatabaseTable
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._ledger import Ledger, read_ledger
from creditscore.collect._reader._ledger_form import LedgerForm
from creditscore.collect._reader._long_rule import LongRule
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._payment_string import PaymentHistory
from creditscore.collect._reader._read_source import read_source
from creditscore.collect._reader._rule import FieldRule, ItemRule
from creditscore.collect._reader._statements import read_statements

__all__ = [
    "CAMPAIGN_STATUSES",
    "CUSTOMER_KINDS",
    "ITEM_GROUPS",
    "ITEM_KINDS",
    "METHODS",
    "METHOD_RELIABILITY",
    "OBSERVATION_COLUMNS",
    "SENSITIVITIES",
    "SOURCE_KINDS",
    "SOURCE_RELIABILITY",
    "Anchor",
    "AnswerFault",
    "AnswerScore",
    "Answers",
    "Campaign",
    "CampaignDisplay",
    "CampaignEvent",
    "CampaignEventKind",
    "CampaignStatus",
    "Choice",
    "CodedInterviews",
    "CoderAgreement",
    "Collected",
    "ColumnGuess",
    "ConceptMap",
    "Condition",
    "Confirmations",
    "Contact",
    "ContactChannel",
    "ContactLog",
    "ContactOutcome",
    "CronbachAlpha",
    "CustomerKind",
    "DatabaseTable",
    "Derivation",
    "DerivationInputs",
    "Derived",
    "FieldRule",
    "FileForm",
    "Interview",
    "Item",
    "ItemAnalysis",
    "ItemCatalogue",
    "ItemCode",
    "ItemGroup",
    "ItemKind",
    "ItemRule",
    "Ledger",
    "LedgerForm",
    "LongRule",
    "MappingProposal",
    "McDonaldOmega",
    "Method",
    "Observations",
    "PaymentHistory",
    "PointsBand",
    "Question",
    "QuestionKind",
    "Questionnaire",
    "Rejects",
    "RelatedParties",
    "ResponseRates",
    "ResponseWeights",
    "Section",
    "Sensitivity",
    "SourceKind",
    "SourceMapping",
    "SplitHalf",
    "average_balance",
    "average_days_late",
    "average_purchases",
    "class_weights",
    "coder_agreement",
    "concentration",
    "confirmed_observations",
    "cronbach_alpha",
    "days_late_trend",
    "days_since_purchase",
    "derivation",
    "derive",
    "early_late",
    "first_faults",
    "guess_mapping",
    "item_analysis",
    "kr20",
    "list_questionnaires",
    "load_questionnaire",
    "mcdonald_omega",
    "observation_faults",
    "observation_table",
    "observed_values",
    "propensity_weights",
    "purchase_seasonal_strength",
    "purchase_seasonality",
    "purchase_trend",
    "raking_weights",
    "read_answers",
    "read_bureau_reports",
    "read_days",
    "read_instants",
    "read_ledger",
    "read_source",
    "read_statements",
    "ready_derivations",
    "recompute",
    "related_parties",
    "response_table",
    "split_half",
    "tidy_table",
]
