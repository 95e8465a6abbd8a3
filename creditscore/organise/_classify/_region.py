"""Region of the world of a country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from creditscore.organise._classify._values import read_texts

_REGIONS = {
    ("Africa", "Northern Africa"): "DZ EG LY MA SD TN EH",
    ("Africa", "Eastern Africa"): (
        "IO BI KM DJ ER ET TF KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW"
    ),
    ("Africa", "Middle Africa"): "AO CM CF TD CG CD GQ GA ST",
    ("Africa", "Southern Africa"): "BW SZ LS NA ZA",
    ("Africa", "Western Africa"): "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG",
    ("Americas", "Caribbean"): (
        "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI"
    ),
    ("Americas", "Central America"): "BZ CR SV GT HN MX NI PA",
    ("Americas", "South America"): "AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE",
    ("Americas", "Northern America"): "BM CA GL PM US",
    ("Antarctica", "Antarctica"): "AQ",
    ("Asia", "Central Asia"): "KZ KG TJ TM UZ",
    ("Asia", "Eastern Asia"): "CN HK MO KP JP MN KR TW",
    ("Asia", "South-eastern Asia"): "BN KH ID LA MY MM PH SG TH TL VN",
    ("Asia", "Southern Asia"): "AF BD BT IN IR MV NP PK LK",
    ("Asia", "Western Asia"): "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE",
    ("Europe", "Eastern Europe"): "BY BG CZ HU PL MD RO RU SK UA",
    ("Europe", "Northern Europe"): "AX DK EE FO FI GG IS IE IM JE LV LT NO SJ SE GB",
    ("Europe", "Southern Europe"): "AL AD BA HR GI GR VA IT MT ME MK PT SM RS SI ES",
    ("Europe", "Western Europe"): "AT BE FR DE LI LU MC NL CH",
    ("Oceania", "Australia and New Zealand"): "AU CX CC HM NZ NF",
    ("Oceania", "Melanesia"): "FJ NC PG SB VU",
    ("Oceania", "Micronesia"): "GU KI MH FM NR MP PW UM",
    ("Oceania", "Polynesia"): "AS CK PF NU PN WS TK TO TV WF",
}
"""By the standard M49 of the United Nations; Taiwan, which it does not list, by its place."""
_OF = {code: region for region, codes in _REGIONS.items() for code in codes.split()}


def classify_region(country: Iterable[Any]) -> pd.DataFrame:
    """Return the region of the world of countries.

    Parameters
    ----------
    country : Series or sequence of str
        Codes of two letters by ISO 3166-1, in either case.

    Returns
    -------
    DataFrame
        A row a value, with its index: country (in capitals; None where it is no code), continent,
        region (both None then) and reason (why there is none, else empty).

    Raises
    ------
    InvalidParameterError
        It is no column.
    InvalidDataError
        A value is no text.

    Notes
    -----
    Regions are those that statistics of the United Nations use; they say nothing of the risk of a
    country. Names of countries are not read, for there are too many ways of writing them.

    References
    ----------
    United Nations Statistics Division. Standard country or area codes for statistical use (M49).

    Examples
    --------
    >>> from creditscore.organise import classify_region
    >>> classify_region(["cn", "England"])[["region", "reason"]].values.tolist()
    [['Eastern Asia', ''], [None, 'no code of a country by ISO 3166-1']]
    """
    texts, index = read_texts(country, "country", "classify_region")
    rows: list[tuple[Any, ...]] = []
    for text in texts:
        code = text.upper()
        if code in _OF:
            rows.append((code, *_OF[code], ""))
        else:
            why = "no code of a country by ISO 3166-1" if text else "missing"
            rows.append((None, None, None, why))
    columns = ["country", "continent", "region", "reason"]
    return pd.DataFrame(rows, columns=columns, index=index, dtype=object)
