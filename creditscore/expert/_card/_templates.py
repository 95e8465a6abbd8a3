"""Cards to begin with: files that a user copies and edits."""

from __future__ import annotations

from pathlib import Path

from creditscore._checks import unknown_name
from creditscore.expert._card._expert_scorecard import ExpertScorecard

_FOLDER = Path(__file__).parents[1] / "templates"


def list_templates() -> list[str]:
    """List the templates.

    Returns
    -------
    list of str
        Names for :func:`load_template`, sorted.

    See Also
    --------
    load_template : The card of one.
    template_path : Its file.

    Examples
    --------
    >>> from creditscore.expert import list_templates
    >>> list_templates()
    ['five_c', 'performance_2006', 'personal_loan', 'small_business', 'trade_credit']
    """
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def template_path(name: str) -> Path:
    """Return where the file of a template lies, to read or to copy it.

    Parameters
    ----------
    name : str
        One of :func:`list_templates`.

    Returns
    -------
    Path

    Raises
    ------
    InvalidParameterError
        There is no such template; near names are listed.

    Examples
    --------
    >>> from creditscore.expert import template_path
    >>> template_path("trade_credit").name
    'trade_credit.yaml'
    """
    if name not in list_templates():
        raise unknown_name(name, list_templates(), "template", "the package")
    return _FOLDER / f"{name}.yaml"


def load_template(name: str) -> ExpertScorecard:
    """Load the card of a template.

    Parameters
    ----------
    name : str
        One of :func:`list_templates`.

    Returns
    -------
    ExpertScorecard

    Raises
    ------
    InvalidParameterError
        There is no such template; near names are listed.

    Notes
    -----
    Anchors and weights are illustrations where the description of the card does not name a
    source: copy the file and put in your own.

    ==================  ====================================================================
    Template            What it is for
    ==================  ====================================================================
    trade_credit        a firm that buys on credit: financial, operating, reputation and
                        environment
    five_c              character, capacity, capital, collateral and conditions
    performance_2006    the Chinese measures of 2006: 70 % financial, 30 % management
    small_business      a small firm without audited statements
    personal_loan       a person: income, burden, history and stability
    ==================  ====================================================================

    Examples
    --------
    >>> from creditscore.expert import load_template
    >>> load_template("performance_2006").weights.weights.to_dict()
    {'financial': 0.7, 'management': 0.3}
    """
    return ExpertScorecard.from_yaml(template_path(name))
