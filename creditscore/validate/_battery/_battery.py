"""The battery: every test that the sample allows, in one report."""

from __future__ import annotations

from typing import Any

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._battery._calibration import calibration_findings
from creditscore.validate._battery._discrimination import discrimination_findings
from creditscore.validate._battery._report import ValidationReport
from creditscore.validate._battery._sample import ValidationSample
from creditscore.validate._battery._settings import ValidationSettings
from creditscore.validate._battery._stability import concentration_findings, stability_findings


def validate_scores(
    sample: ValidationSample,
    *,
    reference: ValidationSample | None = None,
    settings: ValidationSettings | None = None,
) -> ValidationReport:
    """Test scores, probabilities and grades against what became of the customers.

    Parameters
    ----------
    sample : ValidationSample
        Cases that the model was not fitted on, with their outcomes. What it holds decides what is
        tested: probabilities allow calibration, grades the tests by grade, and so on.
    reference : ValidationSample, optional
        What it is compared with: the sample of the fit, or of the last validation. It allows the
        tests of stability, and of the AUC against the initial one.
    settings : ValidationSettings, optional
        Bounds of the verdicts and parameters of the tests.

    Returns
    -------
    ValidationReport

    Raises
    ------
    InvalidParameterError
        What is given is no sample, or no settings.

    See Also
    --------
    ValidationReport.with_findings : Adds the tests of fairness, of overfitting and of the data.
    representativeness : Stability of each characteristic (CSI), which needs the columns.

    Notes
    -----
    O(n log n) time and O(n) memory without resamples: a million cases take seconds.

    A test that the sample does not allow, such as a grade without a customer, is a line of its own
    with the verdict "not tested" and the reason. A sample without probabilities, or without
    grades, has no lines about them.

    Each test of a default rate is made of the whole and of each grade, and so are those over
    periods. A small p-value of a line that has a verdict speaks against the model; those of
    default rates are one-sided and ask whether the probability is too low.

    The tests of default rates take outcomes as independent, which makes them strict in a bad year;
    the Vasicek test takes them as correlated, which makes it lenient. Both are there.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, 2019.
    .. [2] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005.

    Examples
    --------
    >>> from creditscore.validate import ValidationSample, validate_scores
    >>> sample = ValidationSample(
    ...     is_bad=[0, 0, 0, 1, 0, 1], prob_default=[0.1, 0.1, 0.3, 0.3, 0.5, 0.5],
    ...     grade=["A", "A", "B", "B", "C", "C"],
    ... )
    >>> report = validate_scores(sample)
    >>> table = report.table()
    >>> jeffreys = table[(table["test"] == "Jeffreys") & (table["subject"] == "grade C")].iloc[0]
    >>> print(jeffreys["statistic"], round(jeffreys["p_value"], 3), jeffreys["verdict"])
    0.5 0.5 pass
    """
    owner = "validate_scores"
    settings = settings or ValidationSettings()
    for name, given in (("sample", sample), ("reference", reference)):
        _check_sample(given, name)
    check_kind(settings, "settings", owner, ValidationSettings)
    findings = (
        *discrimination_findings(sample, reference, settings),
        *calibration_findings(sample, settings),
        *stability_findings(sample, reference, settings),
        *concentration_findings(sample, reference, settings),
    )
    return ValidationReport(
        findings=findings,
        settings=settings,
        sample=_in_words(sample),
        reference="" if reference is None else _in_words(reference),
    )


def _in_words(sample: ValidationSample) -> str:
    return f"{sample.name}, {counted(sample.n, 'case')}, {sample.n_bad:,} bad"


def _check_sample(given: Any, name: str) -> None:
    if given is None and name == "reference":
        return
    if not isinstance(given, ValidationSample):
        msg = (
            f"The {name!r} parameter of validate_scores must be a ValidationSample, such as "
            f"ValidationSample.from_frame(table) makes it. Got {type(given).__name__}."
        )
        raise InvalidParameterError(msg)
