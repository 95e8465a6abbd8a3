"""Names in one form, so that what is the same looks the same."""

from __future__ import annotations

import re
import unicodedata

from creditscore._checks import check_kind
from creditscore.organise._match._characters import SIMPLIFIED
from creditscore.organise._match._legal_form import in_full, without_legal_form

_WITHOUT_MARK = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHE = re.compile("['’‘`´ʼ]")
_NO_WORD = re.compile(r"[\W_]+")
_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_LETTERS = re.compile(r"\b[^\W\d_](?: [^\W\d_]\b)+")


def normalise_name(name: str, *, legal_form: bool = True) -> str:
    """Return a name in one form: of letter, width, sign, accent and Chinese character.

    Parameters
    ----------
    name : str
        Of a firm or a person, in Latin letters, Chinese or another script.
    legal_form : bool, default=True
        Whether the legal form stays. Without it, customary short forms of words are written out
        as well, such as "intl" for "international".

    Returns
    -------
    str
        Words with one space between them; Chinese without spaces.

    Raises
    ------
    InvalidParameterError
        The name is no text.

    Notes
    -----
    In this order: compatibility forms (NFKC), so that full-width letters are plain ones; small
    letters (case folding); "&" and "+" as "and"; accents and apostrophes dropped; traditional
    characters as simplified ones, of a table of those that names use (others stay as they are);
    all other signs as spaces; single letters joined ("s.a.r.l." is "sarl"). Legal forms are those
    of the law of Germany, France, Spain, Italy, the Netherlands, China and of English-speaking
    countries, and some others. A name of nothing but a legal form stays whole; a surname that is
    a legal form as well (Maria Sá) is dropped, so leave names of persons whole. Chinese is not
    written in Latin letters (pinyin): many characters share one sound, and a name in both
    scripts is better compared by the columns that hold each. O(length) time.

    Examples
    --------
    >>> from creditscore.organise import normalise_name
    >>> normalise_name("Müller & Söhne G.m.b.H."), normalise_name("ＡＢＣ Trdg. Co., Ltd.")
    ('muller and sohne gmbh', 'abc trdg co ltd')
    >>> normalise_name("ABC Trdg. Co., Ltd.", legal_form=False)
    'abc trading'
    >>> normalise_name("華東貿易（集團）有限公司", legal_form=False)
    '华东贸易'
    """
    check_kind(name, "name", "normalise_name", str)
    return normal(name) if legal_form else core(normal(name))


def normal(name: str) -> str:
    """Return a name in one form, with its legal form."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    folded = re.sub("[&+]", " and ", folded).translate(_WITHOUT_MARK)
    parts = unicodedata.normalize("NFD", _APOSTROPHE.sub("", folded))
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    words = _NO_WORD.sub(" ", unicodedata.normalize("NFC", plain).translate(SIMPLIFIED)).strip()
    words = _LETTERS.sub(lambda found: found[0].replace(" ", ""), words)
    return _CHINESE_GAP.sub("", words)


def core(name: str) -> str:
    """Return a name that is in one form without its legal form, and with short words in full."""
    return in_full(without_legal_form(name))
