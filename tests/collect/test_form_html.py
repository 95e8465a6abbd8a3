"""Forms for screen and paper: complete, accessible, safe, and as the library reads them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import warnings
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Choice,
    Condition,
    Question,
    Questionnaire,
    list_questionnaires,
    load_questionnaire,
    read_answers,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RejectedRowsWarning
from forms import (
    FILLED,
    TRADE,
    FilledIn,
    answers_in_html,
    chromium,
    every_answer,
    form_of,
    forms,
    page_after,
    some_answers,
)

LANGUAGES = ("en", "zh", "both")


def html_of(form: Questionnaire, language: Any = "en", prefilled: Any = None) -> str:
    text = form.to_html(language=language, prefilled=prefilled)
    assert text is not None
    return text


@settings(max_examples=40)
@given(st.data())
def test_answers_that_are_filled_in_stand_in_the_form(data: st.DataObject) -> None:
    form = data.draw(forms())
    with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
        answers = read_answers(data.draw(some_answers(form)), form)
    text = html_of(form, data.draw(st.sampled_from(LANGUAGES)), answers)
    assert read_answers(answers_in_html(text, form), form).values == answers.values


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list_questionnaires())
def test_every_field_has_a_label_or_name(name: str, language: str) -> None:
    reader = FilledIn()
    reader.feed(html_of(load_questionnaire(name), language))
    assert len(set(reader.ids)) == len(reader.ids)
    assert set(reader.labelled) <= set(reader.ids)
    for control in reader.controls:
        assert control.get("id") in reader.labelled or control["aria-label"], control
    # what may be typed keeps to the order of the page
    assert not any("tabindex" in control for control in reader.controls)


@pytest.mark.parametrize("language", LANGUAGES)
def test_points_and_items_are_not_in_the_form(language: str) -> None:
    form = load_questionnaire("site_visit")
    text = html_of(form, language)
    assert "visit.order" not in text
    assert "points" not in text
    assert 'weight"' not in text


def test_nothing_is_fetched_and_only_this_script_runs() -> None:
    text = html_of(TRADE, "both", FILLED)
    assert not re.search(r"https?://|url\(|@import|<link|<img|<iframe", text)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none';")
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy


def test_texts_are_escaped() -> None:
    hostile = '</script><script>alert("1")</script>&amp;\'"'
    question = Question(
        key="q", kind="choice", text=hostile, help=hostile,
        choices=(Choice(key="a", text=hostile), Choice(key="b", text="B")),
    )  # fmt: skip
    table = Question(
        key="t", kind="table", text=hostile, columns=(
            Question(key="c", text=hostile), Question(key="d", kind="yes_no", text=hostile),
        ),
        show_if=Condition(op="is", question="q", value="a"),
    )  # fmt: skip
    form = form_of([question, table], title=hostile, introduction=hostile)
    text = html_of(form, prefilled={"q": "a", "t": [{"c": hostile}]})
    assert text.count("<script") == text.count("</script") == 2
    assert "alert(" not in text.replace("alert(&quot;1", "").replace('alert(\\"1', "")
    assert answers_in_html(text, form) == {
        "q": "a", "t": [{"c": hostile}, {}, {}, {}, {}],
    }  # fmt: skip
    data = re.findall(r'id="data">(.*?)</script>', text, flags=re.DOTALL)[0]
    assert json.loads(data)["questionnaire"]["digest"] == form.digest


def test_each_language_is_marked() -> None:
    assert '<html lang="zh-Hans">' in html_of(TRADE, "zh")
    assert "Late?" not in html_of(TRADE, "zh")
    assert "逾期" not in html_of(TRADE, "en")
    both = html_of(TRADE, "both")
    assert '<span lang="en">Late?</span><span lang="zh-Hans" class="zh">逾期？</span>' in both


def going_on(form: Questionnaire) -> list[str]:
    return re.findall(r'class="goto">→ ([^<]*)', html_of(form))


def test_paper_says_where_to_go_on() -> None:
    def yes(key: str, **entries: Any) -> Question:
        return Question(key=key, kind="yes_no", text=key, required=True, **entries)

    def only_if(key: str, value: bool) -> Condition:
        return Condition(op="is", question=key, value=value)

    # b after yes, c after b, d always
    form = form_of([
        yes("a"), yes("b", show_if=only_if("a", True)), yes("c", show_if=only_if("b", False)),
        yes("d"), yes("e", show_if=only_if("d", True)),
    ])  # fmt: skip
    # no to a skips b and thus c; yes to b skips c; no to d is the end
    assert going_on(form) == ["go to 4", "go to 4", "go to the end"]
    assert "Answer only if question 2 is “No”." in html_of(form)
    assert "仅在第2题为“否”时回答。" in html_of(form, "zh")


@pytest.mark.parametrize(
    ("condition", "en", "zh"),
    [
        (Condition(op="in", question="form", value=("firm", "fund")),
         "question 3 is “Firm” or “=Fund”", "第3题为“公司”或“基金”"),
        (~Condition(op="includes", question="papers", value="tax"),
         "question 4 does not include “Tax”", "第4题不含“税单”"),
        (Condition(op="at_least", question="times", value=3)
         & (Condition(op="above", question="order", value=2)
            | Condition(op="answered", question="since", value=True)),
         "question 2 is 3 or more and (question 5 is more than 2 or question 6 is answered)",
         "第2题不小于3且(第5题大于2或第6题已回答)"),
        (~(Condition(op="below", question="times", value=3)
           & Condition(op="answered", question="since", value=False)),
         "it is not so that question 2 is less than 3 and question 6 is not answered",
         "并非（第2题小于3且第6题未回答）"),
        (~Condition(op="at_most", question="order", value=4),
         "question 5 is more than 4", "第5题大于4"),
    ],
)  # fmt: skip
def test_conditions_in_words(condition: Condition, en: str, zh: str) -> None:
    last = Question(key="last", text="Last", show_if=condition)
    form = form_of([*TRADE, last])
    assert f"Answer only if {en}." in html_of(form)
    assert f"仅在{zh}时回答。" in html_of(form, "zh")


def data_of(text: str) -> dict[str, Any]:
    (data,) = re.findall(r'id="data">(.*?)</script>', text, flags=re.DOTALL)
    found: dict[str, Any] = json.loads(data)
    return found


def test_a_form_names_its_customer() -> None:
    text = TRADE.to_html(language="both", customer="<C&1>") or ""
    assert '<span lang="zh-Hans" class="zh">客户</span>: &lt;C&amp;1&gt;</p>' in text
    assert "<C&1>" not in text
    assert data_of(text)["customer"] == "<C&1>"
    nobody = html_of(TRADE)
    assert 'class="whose"' not in nobody
    assert "customer" not in data_of(nobody)
    # prefilled answers carry their own along
    theirs = read_answers(FILLED, TRADE, customer="C1")
    assert data_of(html_of(TRADE, prefilled=theirs))["customer"] == "C1"
    with pytest.raises(InvalidParameterError, match="are of customer 'C1', and to_html was given"):
        TRADE.to_html(prefilled=theirs, customer="C2")
    for odd, match in ((True, "Got bool"), ("a\nb", "one line"), ("x" * 201, "one line"),
                       (float("nan"), "is blank: nan"), (" \u3000", "is blank")):  # fmt: skip
        with pytest.raises(InvalidParameterError, match=match):
            TRADE.to_html(customer=odd)


def test_an_amount_says_where_its_currency_is_answered() -> None:
    currency = Question(key="currency", text="Currency", required=True)
    amount = Question(key="amount", kind="number", text="Amount", unit_from="currency", low=0)
    text = html_of(form_of([currency, amount]), "both")
    assert "unit: the answer to question 1" in text
    assert "单位：第1题的回答" in text


def test_how_days_are_written_is_said_on_paper_only() -> None:
    assert '<span class="paper">year-month-day</span>' in html_of(TRADE)
    # browsers print days in the order of their own country, so that paper shows these instead
    written = re.findall(r'type="date"[^>]*><span class="paper day">([^<]*)<', html_of(TRADE))
    assert written == [""] * 4
    filled = html_of(TRADE, prefilled=FILLED)
    assert re.findall(r'class="paper day">([^<]+)<', filled) == ["2024-05-06", "1850-02-03"]


def test_files_and_parameters(tmp_path: Path) -> None:
    TRADE.to_html(tmp_path / "form.html", language="zh")
    assert (tmp_path / "form.html").read_text(encoding="utf-8") == html_of(TRADE, "zh")
    assert html_of(TRADE, prefilled=FILLED) == html_of(TRADE, prefilled=TRADE.answers(FILLED))
    with pytest.raises(InvalidParameterError, match="language"):
        html_of(TRADE, "fr")
    with pytest.raises(InvalidDataError, match="question 'order' is no number"):
        html_of(TRADE, prefilled={"order": "4"})
    with pytest.raises(InvalidParameterError, match="prefilled answers are to"):
        html_of(form_of(list(TRADE)[:3]), prefilled=TRADE.answers(FILLED))


# --- in a browser ----------------------------------------------------------------------------

DRIVER = """
const sets = JSON.parse(document.getElementById("sets").textContent);
const saved = [];
HTMLAnchorElement.prototype.click = () => {};
URL.createObjectURL = (blob) => { saved.push(blob.text()); return "blob:x"; };
const fill = (name, value) => {
  for (const one of document.getElementsByName(name)) {
    if (one.type === "radio" || one.type === "checkbox") {
      one.checked = [value].flat().map(code).includes(one.value);
    } else one.value = code(value);
  }
};
const code = (value) => value === true ? "yes" : value === false ? "no" : String(value);
for (const answers of sets) {
  document.getElementById("form").reset();
  for (const [key, value] of Object.entries(answers)) {
    const rows = Array.isArray(value) && typeof value[0] === "object" ? value : null;
    if (!rows) fill(key, value);
    else rows.forEach((row, place) => Object.entries(row).forEach(
      ([name, cell]) => fill(key + "." + (place + 1) + "." + name, cell)));
  }
  document.getElementById("form").dispatchEvent(new Event("input"));
  const before = saved.length;
  document.getElementById("save").click();
  if (saved.length === before) document.getElementById("save").click();
  if (saved.length === before) saved.push(document.getElementById("said").innerText);
}
Promise.all(saved).then((texts) => {
  const found = document.createElement("pre");
  found.id = "found";
  found.textContent = "found:" + btoa(unescape(encodeURIComponent(JSON.stringify(texts)))) + ":";
  document.body.append(found);
});
"""


def saved_by_browser(
    form: Questionnaire, sets: list[dict[str, Any]], path: Path, customer: Any = None
) -> list[str]:
    """Fill in a form in a browser, and return what its button saves."""
    text = form.to_html(language="both", customer=customer) or ""
    # the page's own policy lets no other script run
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    plain = json.dumps(sets).replace("<", "\\u003c")
    driver = f'<script type="application/json" id="sets">{plain}</script><script>{DRIVER}</script>'
    path.write_text(text.replace("</body>", f"{driver}</body>"), encoding="utf-8")
    (found,) = re.findall("found:([A-Za-z0-9+/=]*):", page_after(path))
    texts: list[str] = json.loads(base64.b64decode(found))
    return texts


@pytest.mark.engine("chromium")
def test_the_button_saves_what_applies(tmp_path: Path) -> None:
    if chromium() is None:
        pytest.skip("chromium is not installed: apt-get install chromium")

    @settings(max_examples=5)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        form = data.draw(forms())
        drawn = st.one_of(some_answers(form), every_answer(form))
        sets = data.draw(st.lists(drawn, min_size=12, max_size=12))
        texts = saved_by_browser(form, sets, tmp_path / "form.html")
        for filled, text in zip(sets, texts, strict=True):
            # the page leaves out what was not to be asked, as the library does
            with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
                expected = read_answers(filled, form)
            assert read_answers(text, form).values == expected.values

    check()


@pytest.mark.engine("chromium")
def test_the_form_in_a_browser(tmp_path: Path) -> None:
    if chromium() is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    # as it is, with its own policy in force
    path = tmp_path / "own.html"
    path.write_text(html_of(TRADE, "en"), encoding="utf-8")
    page = page_after(path)
    assert 'class="live"' in page
    assert re.findall(r'class="q off" id="q-(\w+)"', page) == ["times"]
    # numbers out of range are told, and nothing is saved
    sets: list[dict[str, Any]] = [
        {"late": True, "times": 0},
        {"late": False, "times": 0},
        {"late": True},
    ]
    told, fine, missing = saved_by_browser(TRADE, sets, tmp_path / "driven.html", "C 1")
    assert "To be corrected before saving" in told
    assert "How often?" in told
    assert read_answers(fine, TRADE).values == {"late": False}
    assert read_answers(fine, TRADE, customer="C 1").customer == "C 1"
    assert read_answers(missing, TRADE).missing == ("times",)


def test_a_notebook_shows_the_form_and_lets_it_do_nothing() -> None:
    shown = TRADE._repr_html_()
    frame = shown.partition("</iframe>")[0]
    assert frame.startswith("<iframe title=")
    # nothing may run in it, and nothing of the page stands outside its text
    assert ' sandbox=""' in frame
    assert "<script" not in shown
    page = unescape(frame.partition('srcdoc="')[2].partition('"')[0])
    assert page == TRADE.to_html()
