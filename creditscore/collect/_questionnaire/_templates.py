"""Questionnaires that come with the library."""

from __future__ import annotations

from importlib import resources

from creditscore._checks import unknown_name
from creditscore._yaml import read_yaml
from creditscore.collect._questionnaire._questionnaire import Questionnaire
from creditscore.collect._questionnaire._yaml_file import read_plain

_FOLDER = resources.files("creditscore.collect") / "questionnaires"


def list_questionnaires() -> list[str]:
    """Name the questionnaires that come with the library.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> from creditscore.collect import list_questionnaires
    >>> list_questionnaires()
    ['management_interview', 'site_visit', 'trade_credit_enterprise', 'trade_credit_person']
    """
    names = (file.name for file in _FOLDER.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def load_questionnaire(name: str) -> Questionnaire:
    """Load a questionnaire that comes with the library, in English and Chinese.

    Parameters
    ----------
    name : str
        One of :func:`list_questionnaires`.

    Returns
    -------
    Questionnaire
        Its items are those of :meth:`ItemCatalogue.standard`.

    Raises
    ------
    InvalidParameterError
        There is no such questionnaire; near names are listed.

    Notes
    -----
    Points are illustrations, which no sample stands behind: write the questionnaire to a file by
    :meth:`Questionnaire.to_yaml`, put in your own, and test them against outcomes.

    ========================  ==============================================================
    Questionnaire             What it is for
    ========================  ==============================================================
    trade_credit_enterprise   a firm that asks for credit fills it in
    trade_credit_person       a person who asks for credit, a sole trader too, fills it in
    site_visit                checklist of who visits a firm, with what was seen from 1 to 5
    management_interview      guide of who talks with the management
    ========================  ==============================================================

    Examples
    --------
    >>> from creditscore.collect import load_questionnaire
    >>> load_questionnaire("site_visit").answered_by
    'visitor'
    """
    known = list_questionnaires()
    if name not in known:
        raise unknown_name(name, known, "questionnaire", "the library")
    file = f"{name}.yaml"
    content = read_yaml((_FOLDER / file).read_bytes(), file)
    made: Questionnaire = read_plain(Questionnaire, content, file)
    return made
