"""The sample data as pandas tables; the docstrings are the data dictionaries."""

from __future__ import annotations

import pandas as pd

from creditscore.datasets._manifest import ColumnInfo, sample_info, sample_path


def load_german_credit() -> pd.DataFrame:
    """Load German credit: 1,000 consumer credits of a German bank, 300 of them bad.

    The data are UCI's Statlog set of 1994, on credits of 1973 to 1975. Bad credits are
    heavily oversampled.

    Returns
    -------
    credit : pandas.DataFrame of shape (1000, 21)
        A fresh table at each call. Labels are text, all else is int64, nothing is
        missing.

        ========================  ===============  =================================
        Column                    Unit or kind     Meaning
        ========================  ===============  =================================
        checking_status           4 labels         status of the checking account
        duration_months           months           duration of the credit
        credit_history            5 labels         how earlier credits were paid
        purpose                   10 labels        what the credit is for
        credit_amount             Deutsche Mark    amount of the credit
        savings_status            5 labels         savings account and bonds
        employment_since          5 labels         time in the present employment
        installment_rate          code 1 to 4      instalment to disposable income
        personal_status_sex       4 labels         marital status and sex
        other_debtors             3 labels         other debtors or guarantors
        residence_since           code 1 to 4      time in the present residence
        property                  4 labels         most valuable property
        age_years                 years            age of the applicant
        other_installment_plans   3 labels         instalment plans with others
        housing                   3 labels         rented, owned or for free
        existing_credits          code 1 to 4      number of credits at this bank
        job                       4 labels         job and skill
        dependents                code 1 to 2      number of people to maintain
        telephone                 2 labels         telephone in the customer's name
        foreign_worker            2 labels         whether a foreign worker
        is_bad                    code 0, 1        target: 1 bad, 0 good
        ========================  ===============  =================================

    See Also
    --------
    describe_sample : Every label and code.
    load_taiwan_credit : A larger set, with repayment histories.

    Notes
    -----
    The labels are those of UCI's code book, which is partly wrong [2]_. ``sample_info``
    gives the right reading of each code as ``corrected``. Models are not concerned, but
    statements about people are: sex cannot be known from ``personal_status_sex``.

    The data are licensed under CC BY 4.0. The README in ``data/sample`` has the
    attribution and lists the changes against the original.

    References
    ----------
    .. [1] Hofmann, H. (1994). Statlog (German Credit Data) [Dataset]. UCI Machine
       Learning Repository. https://doi.org/10.24432/C5NC77
    .. [2] Grömping, U. (2019). South German Credit Data: Correcting a Widely Used Data
       Set. Report 4/2019, Beuth University of Applied Sciences Berlin.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> credit = load_german_credit()
    >>> credit.shape
    (1000, 21)
    >>> credit[["purpose", "duration_months", "credit_amount", "is_bad"]].head(3)
                   purpose  duration_months  credit_amount  is_bad
    0  radio or television                6           1169       0
    1  radio or television               48           5951       1
    2            education               12           2096       0
    >>> credit["is_bad"].value_counts().to_dict()
    {0: 700, 1: 300}
    """
    return _load("german_credit")


def load_taiwan_credit() -> pd.DataFrame:
    """Load Taiwan credit: 30,000 credit-card clients of a bank, 6,636 of them bad.

    The data are UCI's set of 2009 on clients in Taiwan: six months of statements, from
    September 2005 (``_1``) back to April 2005 (``_6``), and whether the client
    defaulted on the payment of October 2005.

    Returns
    -------
    credit : pandas.DataFrame of shape (30000, 24)
        A fresh table at each call. Labels are text, all else is int64, nothing is
        missing.

        ==============================  ==============  ==============================
        Column                          Unit or kind    Meaning
        ==============================  ==============  ==============================
        limit_amount                    NT dollars      credit limit, family included
        sex                             2 labels        male or female
        education                       7 labels        highest school
        marriage                        4 labels        marital status
        age_years                       years           age of the client
        pay_status_1 to pay_status_6    code -2 to 9    how the bill was repaid
        bill_amount_1 to bill_amount_6  NT dollars      statement, negative in credit
        paid_amount_1 to paid_amount_6  NT dollars      amount paid in the month
        is_bad                          code 0, 1       target: 1 default, 0 none
        ==============================  ==============  ==============================

        ``pay_status`` is -2 for no consumption, -1 for paid in full, 0 for revolving
        credit, and from 1 on the months of delay, where 9 is nine or more.

    See Also
    --------
    describe_sample : Every label and code.
    load_german_credit : A smaller set, with application data.

    Notes
    -----
    UCI's code book knows neither the values -2 and 0 of ``pay_status``, whose readings
    above are the customary ones, nor the levels labelled ``unknown 0``, ``unknown 5``
    and ``unknown 6``. A ``pay_status`` of 1 is frequent in September and all but absent
    in the earlier months, so the months are not on one scale.

    The data are licensed under CC BY 4.0. The README in ``data/sample`` has the
    attribution and lists the changes against the original.

    References
    ----------
    .. [1] Yeh, I. (2009). Default of Credit Card Clients [Dataset]. UCI Machine
       Learning Repository. https://doi.org/10.24432/C55S3H
    .. [2] Yeh, I.-C. and Lien, C.-H. (2009). The comparisons of data mining techniques
       for the predictive accuracy of probability of default of credit card clients.
       Expert Systems with Applications 36(2), 2473-2480.

    Examples
    --------
    >>> from creditscore.datasets import load_taiwan_credit
    >>> credit = load_taiwan_credit()
    >>> credit.shape
    (30000, 24)
    >>> credit[["limit_amount", "education", "pay_status_1", "is_bad"]].head(3)
       limit_amount   education  pay_status_1  is_bad
    0         20000  university             2       1
    1        120000  university            -1       1
    2         90000  university             0       0
    >>> round(float(credit["is_bad"].mean()), 4)
    0.2212
    """
    return _load("taiwan_credit")


def describe_sample(name: str) -> pd.DataFrame:
    """Return the data dictionary of a sample data set as a table.

    Parameters
    ----------
    name : str
        One of `list_samples`.

    Returns
    -------
    dictionary : pandas.DataFrame
        A row per column of the data, with the text columns ``column``, ``kind``,
        ``unit``, ``meaning`` and ``codes``. What does not apply is empty text. A label
        stands alone, a number with its reading, corrected where the code book is wrong.

    Raises
    ------
    DatasetNotFoundError
        If no sample data set has this name.

    Examples
    --------
    >>> from creditscore.datasets import describe_sample
    >>> dictionary = describe_sample("german_credit").set_index("column")
    >>> dictionary.loc["credit_amount", "unit"]
    'Deutsche Mark'
    >>> dictionary.loc["housing", "codes"]
    'rent; own; for free'
    >>> dictionary.loc["dependents", "codes"]
    '1 = 0 to 2 people; 2 = 3 people or more'
    """
    rows = [
        (column.name, column.kind, column.unit or "", column.meaning, _codes(column))
        for column in sample_info(name).columns
    ]
    names = ["column", "kind", "unit", "meaning", "codes"]
    return pd.DataFrame(rows, columns=names, dtype=str)


def _codes(column: ColumnInfo) -> str:
    """Return a column's values as text; labels explain themselves, numbers do not."""
    if column.kind == "categorical":
        return "; ".join(str(code.value) for code in column.codes)
    return "; ".join(f"{code.value} = {code.corrected or code.meaning}" for code in column.codes)


def _load(name: str) -> pd.DataFrame:
    """Read a data file with the types that the manifest says."""
    types = {
        column.name: "str" if column.kind == "categorical" else "int64"
        for column in sample_info(name).columns
    }
    # Without the search for missing values no label can turn into one, and an empty
    # cell in a file that was damaged is an error in the integer columns.
    return pd.read_csv(sample_path(name), dtype=types, na_filter=False)
