"""Every error and warning that creditscore raises on purpose.

::

    CreditScoreError
    ├── InvalidParameterError      a setting outside its range          (ValueError)
    ├── InvalidDataError           the data cannot be used as they are  (ValueError)
    │   ├── InvalidTargetError     NaN, one class, unknown labels
    │   ├── InvalidWeightError     negative, NaN, wrong length
    │   ├── MissingColumnError     a column that is needed is not there
    │   ├── DuplicateColumnError   two columns of one name
    │   ├── EmptyDataError         no rows, no columns, or nothing usable left
    │   ├── InfiniteValueError     +inf or -inf in a numeric column
    │   ├── RefusedValueError      a value that the policy of its bins refuses
    │   ├── RankingError           values that rank the wrong way round, or not at all
    │   └── ColumnTypeError        a column of a kind that cannot be binned (TypeError)
    ├── IncompatibleCountsError    counts on different edges cannot be added (ValueError)
    ├── UncalibratedCardError      a card without a scale has no probability
    ├── DocumentError              a file that is not what it should be (ValueError)
    │   ├── DocumentNotFoundError  no file, or a folder, where one should be (FileNotFoundError)
    │   ├── SchemaVersionError     written by another format version
    │   └── AlteredDocumentError   the content does not match its hash or signature
    ├── ProtectionError            what guards the data says no, or was broken
    │   ├── AccessDeniedError      the role, or the purpose, does not allow this (PermissionError)
    │   ├── KeyStoreError          keys that are missing, malformed, or readable by others
    │   ├── DecryptionError        another key, or a value that was altered or moved
    │   ├── ErasedSubjectError     the key of a subject was destroyed at its request
    │   ├── BrokenTrailError       an audit trail that was edited, reordered or cut
    │   └── UnsafeInputError       a file or a path that could do harm (ValueError)
    ├── StoreError                 the store of customers cannot do what was asked
    │   ├── StoreNotFoundError     no store at this place (FileNotFoundError)
    │   ├── StoreVersionError      a store of another version of its tables: migrate it
    │   └── StoreBusyError         others wrote for too long (TimeoutError)
    ├── DatasetNotFoundError       a sample data set that does not exist (LookupError)
    └── MissingDependencyError     an optional package is not installed (ImportError)

    CreditScoreWarning (UserWarning)
    ├── ConstantColumnWarning      a column with one value, or none: left out
    ├── SingleBinWarning           no admissible split: the column carries nothing
    ├── IdleCutWarning             a cut, a level or a constraint that has no effect
    ├── MixedColumnWarning         a text column that is read as numbers with words among them
    ├── UnseenCategoryWarning      a level that the fit never met
    ├── UnseenValueWarning         a missing value or special code that the fit never met
    ├── EditWarning                an edit of bins that breaks what was asked of them
    ├── ForeignRulesWarning        rules of another library that bins here cannot hold
    ├── WeightScaleWarning         weights that add up to next to nothing
    ├── SpecialCodeWarning         a special code that has no effect
    ├── SmallSegmentWarning        a segment of so few cases that its card is mostly chance
    ├── FailedFitWarning           one of several models could not be fitted: it is left out
    ├── SmallSampleWarning         a fit of nearly as many coefficients as cases
    ├── SampleMismatchWarning      a sample that is not the one that a card was fitted on
    ├── CoefficientSignWarning     a coefficient against the direction of its WOE
    ├── ExpenseSignWarning         expenses below zero, where they are expected above
    ├── CollinearityWarning        columns that determine each other
    ├── CalibrationWarning         probabilities that are off in the mean
    ├── SeparationWarning          a class is predicted without error: no finite estimate
    ├── NoReasonWarning            an adverse decision without any reason
    ├── GradeOrderWarning          grades of which a worse one looks safer than a better one
    ├── InconsistentJudgementWarning  comparisons of criteria that contradict each other
    ├── DoubtfulRuleWarning        rules or terms that can never apply, or turn risk upside down
    ├── UnstableSegmentWarning     a group of customers that another sample would not show
    ├── RejectInferenceWarning     an assumption on the rejected that the data do not hold up
    ├── ValidityWarning            validities that seem to be given by their last days
    ├── RejectedRowsWarning        rows that could not be used: they are in the table of rejects
    ├── KnownRowsWarning           rows of a backfill that are known already, from later than meant
    ├── FutureRowsWarning          rows that are later than the file in which they stand
    ├── ConflictWarning            sources that contradict each other about one fact
    ├── MixedUnitsWarning          amounts in several currencies, or counted in several units
    ├── NamesakeWarning            records of one name, of which nothing else is known
    ├── StaleDataWarning           facts older than their shelf life
    ├── ResponseWarning            answers of so few, or so other, that they mislead
    ├── DisclosureWarning          a table in which persons could be told apart
    ├── MergedCustomersWarning     others that are merged with a customer who was erased stay
    ├── NotCleanedWarning          bytes of names or keys that a database may still hold
    ├── ErasureRegisterWarning     a register of erasures that names nobody, or too few
    ├── WithheldValuesWarning      values left out, since no consent covers the purpose
    ├── MigrationWarning           migrations that are left out, or rows that do not sum to one
    └── NonConvergenceWarning      a search stopped before it came to rest

Every message says what was asked, what was seen and what to do.
"""

from __future__ import annotations


class CreditScoreError(Exception):
    """Base class of all errors of this library."""


class InvalidParameterError(CreditScoreError, ValueError):
    """A parameter is outside its documented range."""


class InvalidDataError(CreditScoreError, ValueError):
    """The data cannot be used as they are."""


class InvalidTargetError(InvalidDataError):
    """The target has missing values, one class only, or labels that are not known."""


class InvalidWeightError(InvalidDataError):
    """Weights are negative, missing, infinite, all zero or of the wrong length."""


class MissingColumnError(InvalidDataError):
    """A needed column is not in the table; the message lists near names."""


class DuplicateColumnError(InvalidDataError):
    """Two columns of the table have the same name."""


class EmptyDataError(InvalidDataError):
    """There are no rows, no columns, or no usable column is left."""


class InfiniteValueError(InvalidDataError):
    """A numeric column holds infinite values."""


class RefusedValueError(InvalidDataError):
    """Rows hold a missing value, special code or level that the policy of its bins refuses."""


class RankingError(InvalidDataError):
    """Scores or probabilities are all one, or rank good and bad cases the wrong way round."""


class ColumnTypeError(InvalidDataError, TypeError):
    """A column is of a kind that cannot be used where it is."""


class IncompatibleCountsError(CreditScoreError, ValueError):
    """Counts on different edges, levels or special codes cannot be added."""


class UncalibratedCardError(CreditScoreError):
    """The card has no scale, so its score says nothing about probability."""


class DocumentError(CreditScoreError, ValueError):
    """A file is not a creditscore document of the kind asked for."""


class DocumentNotFoundError(DocumentError, FileNotFoundError):
    """There is no file at this path, or it is a folder; the message lists near names."""


class SchemaVersionError(DocumentError):
    """The document was written in a format version that this release cannot read."""


class AlteredDocumentError(DocumentError):
    """The document's content does not match its hash or its signature."""


class ProtectionError(CreditScoreError):
    """What guards the data refuses, or was itself broken."""


class AccessDeniedError(ProtectionError, PermissionError):
    """No role of the actor, or not this purpose, allows the action; the message names both."""


class KeyStoreError(ProtectionError):
    """Keys are missing, malformed, or in a file that others can read; no message shows a key."""


class DecryptionError(ProtectionError):
    """A value was encrypted under another key, or was altered or moved to another place."""


class ErasedSubjectError(ProtectionError):
    """The key of a subject was destroyed at its request; what it encrypted is gone."""


class BrokenTrailError(ProtectionError):
    """Records of an audit trail were edited, reordered, inserted or cut off."""


class UnsafeInputError(ProtectionError, ValueError):
    """A file, an archive, a path or a text could do harm, and is not read."""


class StoreError(CreditScoreError):
    """The store of customers cannot do what was asked; nothing was written."""


class StoreNotFoundError(StoreError, FileNotFoundError):
    """There is no store at this place."""


class StoreVersionError(StoreError):
    """The tables of the store are of another version than this release reads."""


class StoreBusyError(StoreError, TimeoutError):
    """Others held the store for longer than the time to wait."""


class DatasetNotFoundError(CreditScoreError, LookupError):
    """No sample data set has this name, or its file is not there."""


class MissingDependencyError(CreditScoreError, ImportError):
    """An optional package is needed; the message names the extra that installs it."""


class CreditScoreWarning(UserWarning):
    """Base class of all warnings of this library."""


class ConstantColumnWarning(CreditScoreWarning):
    """A column holds one value or none; it stays out of the card."""


class SingleBinWarning(CreditScoreWarning):
    """No split of a column satisfies the constraints; it carries no information."""


class IdleCutWarning(CreditScoreWarning):
    """A cut parts no values, a grouped level does not occur, or given bins leave no choice."""


class MixedColumnWarning(CreditScoreWarning):
    """A column of text, or of text and numbers, is read as numbers with code words among them."""


class UnseenCategoryWarning(CreditScoreWarning):
    """A column holds levels that the fit never met; they count as neutral."""


class UnseenValueWarning(CreditScoreWarning):
    """Missing values, special codes or bins hold rows, and the fit met none; they are neutral."""


class EditWarning(CreditScoreWarning):
    """An edit of bins was made that breaks a constraint under which they were found."""


class ForeignRulesWarning(CreditScoreWarning):
    """Rules of another library say what a partition cannot hold; the message names them."""


class WeightScaleWarning(CreditScoreWarning):
    """Weights add up to so little that they can hardly be frequencies."""


class SpecialCodeWarning(CreditScoreWarning):
    """A special code has no effect: of another type than the columns, or known to a policy only."""


class SmallSegmentWarning(CreditScoreWarning):
    """A segment holds few goods or few bads, so that its card is mostly chance."""


class FailedFitWarning(CreditScoreWarning):
    """One of several models that are compared could not be fitted or judged, and is left out."""


class SmallSampleWarning(CreditScoreWarning):
    """A fit has so few cases for its coefficients that their errors mean little."""


class SampleMismatchWarning(CreditScoreWarning):
    """A sample is called that of the fit, and the fit counted other cases."""


class CoefficientSignWarning(CreditScoreWarning):
    """A coefficient has the sign against the direction of its weight of evidence."""


class ExpenseSignWarning(CreditScoreWarning):
    """Expenses of statements are mostly below zero, where indicators expect them above."""


class CollinearityWarning(CreditScoreWarning):
    """Columns determine each other; their coefficients are not unique."""


class CalibrationWarning(CreditScoreWarning):
    """Probabilities are not in the mean the share of bad cases."""


class NonConvergenceWarning(CreditScoreWarning):
    """A search stopped before it came to rest; its result may be off."""


class SeparationWarning(CreditScoreWarning):
    """A class is predicted without error; the estimate has no finite maximum."""


class NoReasonWarning(CreditScoreWarning):
    """An applicant failed, and nothing fell short of what the points are compared with."""


class DoubtfulRuleWarning(CreditScoreWarning):
    """A rule can never apply, or terms are better for riskier customers."""


class UnstableSegmentWarning(CreditScoreWarning):
    """A group of customers that was found in one sample would not be found again in another."""


class RejectInferenceWarning(CreditScoreWarning):
    """Rejected cases are treated by an assumption that the data do not hold up, or not at all."""


class RejectedRowsWarning(CreditScoreWarning):
    """Rows could not be used; each is in the table of rejects with its reason."""


class KnownRowsWarning(CreditScoreWarning):
    """Rows of a backfill are in the store already, known from later than they would be by it."""


class FutureRowsWarning(CreditScoreWarning):
    """Rows say a later instant than that at which their file was made, which counts for them."""


class ConflictWarning(CreditScoreWarning):
    """Sources say different things about one fact; the more reliable one is taken."""


class MixedUnitsWarning(CreditScoreWarning):
    """Amounts of one column, or one row, are in several currencies or counted in several units."""


class NamesakeWarning(CreditScoreWarning):
    """Records have a common name and nothing else to compare; they are left as they are."""


class StaleDataWarning(CreditScoreWarning):
    """Facts are older than their shelf life."""


class ResponseWarning(CreditScoreWarning):
    """Too few answered, or others than were asked, for what is made of the answers."""


class DisclosureWarning(CreditScoreWarning):
    """Rows of a table stand alone, or nearly so, and could be told whose they are."""


class MergedCustomersWarning(CreditScoreWarning):
    """Other customers that are merged with the one whose data were erased keep theirs."""


class NotCleanedWarning(CreditScoreWarning):
    """A database may still hold names or keys that are gone from its rows."""


class ErasureRegisterWarning(CreditScoreWarning):
    """A register of erasures names fewer customers than a trail says were put into it."""


class WithheldValuesWarning(CreditScoreWarning):
    """Values of persons are left out, since no consent covers the purpose of the reader."""


class MigrationWarning(CreditScoreWarning):
    """Migrations are left out, rows do not sum to one, or who withdraws can no longer default."""


class InconsistentJudgementWarning(CreditScoreWarning):
    """Judgements of an expert contradict each other more than a threshold allows."""


class ValidityWarning(CreditScoreWarning):
    """Validities of grades that seem to be given by their last days."""


class GradeOrderWarning(CreditScoreWarning):
    """A worse grade gets a lower probability of default than a better one."""
