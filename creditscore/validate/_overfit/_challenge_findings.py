"""The comparison of a card with challengers as lines of a report."""

from __future__ import annotations

from creditscore._checks import check_kind
from creditscore._validation import check_real
from creditscore.scorecard import ChallengeResult
from creditscore.validate._battery._finding import Finding, Verdict, not_tested

_SOURCE = "DeLong et al. 1988; Nadeau and Bengio 2003"
_TEST = "benchmark against a challenger"


def challenge_findings(
    result: ChallengeResult, *, material: float = 0.02, level: float = 0.95
) -> tuple[Finding, ...]:
    """Write the comparison of a card with challengers as lines of a validation report.

    Parameters
    ----------
    result : ChallengeResult
        As :func:`creditscore.scorecard.challenge` gives it.
    material : float, default=0.02
        Gain in AUC of a challenger from which on the card fails, zero or more.
    level : float, default=0.95
        Confidence level of the intervals, in (0, 1).

    Returns
    -------
    tuple of Finding
        One for the card and one for each challenger, the best first: "pass" where the interval of
        its gain reaches zero, "fail" where it does not and the gain is material, else "watch";
        "not tested" where it could not be fitted.

    Raises
    ------
    InvalidParameterError
        No result of a challenge, or a number out of range.

    Notes
    -----
    The verdict goes by the interval, which errs on the careful side; of many challengers, some
    look better by chance. How much is material is a question of what a point of AUC is worth: the
    default is practice.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, challenge
    >>> from creditscore.validate import challenge_findings
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> ridge = Challenger(name="ridge", estimator=LogisticRegression(), encoding="woe")
    >>> [line.verdict for line in challenge_findings(challenge(LogisticScorecard(), X, y, [ridge]))]
    ['information', 'pass']
    """
    owner = "challenge_findings"
    check_kind(result, "result", owner, ChallengeResult)
    check_real(material, "material", owner, low=0, high=1, closed="left")
    check_real(level, "level", owner, low=0, high=1)
    rows = result.table(level=level).to_dict("records")
    card = rows[0]
    lines = [
        Finding(
            part="overfitting",
            test=_TEST,
            subject=str(card["model"]),
            measure="AUC in folds",
            statistic=card["auc"],
            lower=card["auc_lower"],
            upper=card["auc_upper"],
            band="interval",
            source=_SOURCE,
            note=f"{len(result.folds)} folds, {level:.0%} interval",
        )
    ]
    for row in rows[1:]:
        name = str(row["model"])
        if name in result.failed:
            why = result.failed[name]
            lines.append(not_tested("overfitting", _TEST, "gain in AUC", _SOURCE, why, name))
            continue
        lines.append(
            Finding(
                part="overfitting",
                test=_TEST,
                subject=name,
                measure="gain in AUC over the card",
                statistic=row["difference"],
                lower=row["lower"],
                upper=row["upper"],
                band="interval",
                p_value=row["p_value"],
                verdict=_verdict(row["difference"], row["lower"], material),
                judged_by="bound",
                source=_SOURCE,
                note=f"AUC {row['auc']:.4f}; a gain of {material:g} is material",
            )
        )
    return tuple(lines)


def _verdict(gain: float, lower: float, material: float) -> Verdict:
    if not lower > 0:
        return "pass"
    return "fail" if gain >= material else "watch"
