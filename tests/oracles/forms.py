"""Forms and answers that tests of questionnaires share, drawn by hypothesis or written by hand."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from creditscore.collect import (
    Anchor,
    Answers,
    Choice,
    Condition,
    PointsBand,
    Question,
    Questionnaire,
    Section,
    read_answers,
)
from creditscore.exceptions import InvalidParameterError, RejectedRowsWarning

KINDS = ("number", "choice", "choices", "scale", "yes_no", "text", "day", "table")
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], include_characters="\n=+-@'"),
    min_size=1, max_size=12,
).map(str.strip).filter(lambda text: text.strip("\ufeff \u200b") and "_x" not in text)  # fmt: skip
NUMBERS = st.integers(-5_000, 5_000).map(lambda n: n / 100)
POINTS = st.integers(-10, 10).map(float)


@st.composite
def questions(draw: Any, key: str, kind: str, before: list[Question]) -> Question:
    """Draw a question that may depend on some before it."""
    entries: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "text": f"{key}? & <b>",
        "text_zh": f"{key}吗",
    }
    entries["required"] = draw(st.booleans())
    scored = draw(st.booleans())
    if kind in ("choice", "choices"):
        entries["choices"] = tuple(
            Choice(
                key=f"c{place}", text=f"=Choice {place}", points=draw(POINTS) if scored else None,
                alone=kind == "choices" and place == 3,
            )
            for place in range(draw(st.integers(2, 4)))
        )  # fmt: skip
    elif kind in ("number", "scale") and scored:
        entries["bands"] = (
            PointsBand(points=draw(POINTS)), PointsBand(points=draw(POINTS), at_least=2),
        )  # fmt: skip
    elif kind == "yes_no" and scored:
        entries |= {"points_yes": draw(POINTS), "points_no": draw(POINTS)}
    elif kind == "table":
        entries |= {"rows": 3, "columns": COLUMNS}
    if kind == "number":
        entries |= {"low": -50, "high": 50, "decimals": 2, "unit": "m"}
    if before and draw(st.booleans()):
        entries["show_if"] = draw(conditions(before))
    return Question(**entries)


COLUMNS = (
    Question(key="name", text="Name", required=True),
    Question(key="amount", kind="number", text="Amount", low=-50, high=50),
    Question(key="paid", kind="yes_no", text="Paid"),
    Question(key="form", kind="choice", text="Form",
             choices=(Choice(key="a", text="A"), Choice(key="b", text="=B"))),
    Question(key="on", kind="day", text="On"),
)  # fmt: skip


@st.composite
def conditions(draw: Any, before: list[Question], depth: int = 2) -> Condition:
    """Draw a condition on questions."""
    op: Any = draw(st.sampled_from(["test", "test", "all", "any", "not"])) if depth else "test"
    if op == "not":
        return Condition(op="not", parts=(draw(conditions(before, depth - 1)),))
    if op != "test":
        parts = draw(st.lists(conditions(before, depth - 1), min_size=1, max_size=2))
        return Condition(op=op, parts=tuple(parts))
    question = draw(st.sampled_from(before))
    keys = [choice.key for choice in question.choices]
    tests: list[tuple[Any, Any]] = []
    if question.kind == "choice":
        tests += [("is", draw(st.sampled_from(keys))), ("in", tuple(keys[:2]))]
    elif question.kind == "choices":
        tests += [("includes", draw(st.sampled_from(keys)))]
    elif question.kind == "yes_no":
        tests += [("is", draw(st.booleans()))]
    elif question.kind in ("number", "scale"):
        ops = ("is", "at_least", "at_most", "above", "below")
        tests += [(name, float(draw(st.integers(1, 5)))) for name in ops]
    else:
        tests += [("answered", draw(st.booleans()))]
    name, value = draw(st.sampled_from(tests))
    return Condition(op=name, question=question.key, value=value)


@st.composite
def forms(draw: Any) -> Questionnaire:
    """Draw a form of up to eight questions in two sections; those never asked are left out."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=8))
    kept: list[Question] = []
    for number, kind in enumerate(kinds, 1):
        question = draw(questions(f"q{number}", kind, kept))
        try:
            form_of([*kept, question])
        except InvalidParameterError as error:
            assert "can never be asked" in str(error)  # noqa: PT017 - any other is a failure
            continue
        kept.append(question)
    return form_of(kept, split=draw(st.integers(1, len(kept))))


def form_of(kept: list[Question], split: int = 99, **entries: Any) -> Questionnaire:
    """Return a form of some questions."""
    parts = [tuple(kept[:split]), tuple(kept[split:])]
    sections = tuple(
        Section(key=f"s{place}", title=f"Part {place}", title_zh=f"第{place}部分", questions=part,
                weight=place)
        for place, part in enumerate(parts, 1) if part
    )  # fmt: skip
    given = {"id": "drawn", "version": 3, "title": "Drawn", "title_zh": "抽样", **entries}
    return Questionnaire(sections=sections, **given)


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """Draw an answer that a question takes."""
    keys = [choice.key for choice in question.choices]
    together = [choice.key for choice in question.choices if not choice.alone]
    kinds: dict[str, Any] = {
        "number": NUMBERS, "scale": st.integers(1, 5), "yes_no": st.booleans(), "text": TEXTS,
        "choice": st.sampled_from(keys) if keys else st.nothing(),
        "choices": st.lists(st.sampled_from(together), min_size=1, unique=True)
        if together else st.nothing(),
        "day": st.dates(min_value=_day("1800-01-01"), max_value=_day("2100-12-31")).map(str),
    }  # fmt: skip
    if question.kind != "table":
        strategy: st.SearchStrategy[Any] = kinds[question.kind]
        return strategy
    cells = {column.key: answer_to(column) for column in question.columns}
    rows = st.fixed_dictionaries({"name": cells.pop("name")}, optional=cells)
    return st.lists(rows, min_size=1, max_size=question.rows)


def _day(text: str) -> Any:
    import datetime as dt

    return dt.date.fromisoformat(text)


def every_answer(form: Questionnaire) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an answer to each question, be it asked or not."""
    return st.fixed_dictionaries({question.key: answer_to(question) for question in form})


def some_answers(form: Questionnaire) -> st.SearchStrategy[dict[str, Any]]:
    """Draw answers to some questions, be they asked or not."""
    return st.fixed_dictionaries({}, optional={q.key: answer_to(q) for q in form})


class FilledIn(HTMLParser):
    """Reads the fields of a form as a browser does: names and values, without those left empty."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.controls: list[dict[str, Any]] = []
        self._text: tuple[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        own = dict(attrs)
        if "id" in own:
            self.ids.append(own["id"])
        if tag == "label":
            self.labelled.append(own["for"])
        if tag in ("input", "textarea", "select"):
            self.controls.append(own)
        if tag == "input" and own["type"] in ("radio", "checkbox"):
            if "checked" in own and own["value"]:
                self.fields.append((own["name"], own["value"]))
        elif tag == "input" and own.get("value"):
            self.fields.append((own["name"], own["value"]))
        elif tag == "textarea":
            self._text = (own["name"], [])
        elif tag == "select":
            self._select = own["name"]
        elif tag == "option" and "selected" in own:
            self.fields.append((self._select, own["value"]))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            text = "".join(self._text[1]).removeprefix("\n")
            if text:
                self.fields.append((self._text[0], text))
            self._text = None


def answers_in_html(text: str, form: Questionnaire) -> dict[str, Any]:
    """Return the answers that stand in the fields of a form."""
    reader = FilledIn()
    reader.feed(text)
    found: dict[str, Any] = {}
    for name, value in reader.fields:
        key, *place = name.split(".")
        question = form[key]
        if question.kind == "choices":
            found.setdefault(key, []).append(value)
        elif place:
            column = next(part for part in question.columns if part.key == place[1])
            rows = found.setdefault(key, [{} for _ in range(question.rows)])
            rows[int(place[0]) - 1][column.key] = _read(column.kind, value)
        else:
            found[key] = _read(question.kind, value)
    return found


def _read(kind: str, value: str) -> Any:
    readers: dict[str, Any] = {"number": float, "scale": int, "yes_no": lambda text: text == "yes"}
    return readers.get(kind, str)(value)


def chromium() -> str | None:
    """Find the browser."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def page_after(path: Path) -> str:
    """Return what a page is after its scripts ran."""
    program = chromium()
    assert program is not None
    done = subprocess.run(  # noqa: S603 - the browser
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000",
         f"--user-data-dir={path.parent / 'profile'}", "--dump-dom", path.resolve().as_uri()],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


TRADE = form_of(
    [
        Question(key="late", kind="yes_no", text="Late?", text_zh="逾期？", required=True,
                 points_yes=0, points_no=10),
        Question(key="times", kind="number", text="How often?", text_zh="几次？", low=1, high=99,
                 decimals=0, required=True, unit="times", unit_zh="次",
                 bands=(PointsBand(points=5), PointsBand(points=0, at_least=3)),
                 show_if=Condition(op="is", question="late", value=True)),
        Question(key="form", kind="choice", text="Form", text_zh="类型",
                 choices=(Choice(key="firm", text="Firm", text_zh="公司"),
                          Choice(key="fund", text="=Fund", text_zh="基金"))),
        Question(key="papers", kind="choices", text="Papers", text_zh="资料",
                 choices=(Choice(key="tax", text="Tax", text_zh="税单", points=3),
                          Choice(key="bank", text="Bank", text_zh="流水", points=4),
                          Choice(key="none", text="None", text_zh="无", points=-2, alone=True))),
        Question(key="order", kind="scale", text="Order", text_zh="秩序",
                 anchors=(Anchor(value=1, text="bad", text_zh="差"),
                          Anchor(value=5, text="good", text_zh="好"))),
        Question(key="since", kind="day", text="Since", text_zh="起始"),
        Question(key="partners", kind="table", text="Partners", text_zh="伙伴", rows=3,
                 columns=COLUMNS),
        Question(key="note", text="Note", text_zh="备注"),
    ],
    id="trade",
)  # fmt: skip
"""One question of each kind."""
FILLED: dict[str, Any] = {
    "late": True, "times": 4.0, "form": "fund", "papers": ("tax", "bank"), "order": 4,
    "since": "2024-05-06",
    "partners": ({"name": "=A", "amount": 3.5, "paid": False, "form": "b", "on": "1850-02-03"},
                 {"name": "B"}),
    "note": '=1+1\n"<b>&amp;</textarea></script>',
}  # fmt: skip


def quietly(source: Any, form: Questionnaire) -> Answers:
    with warnings.catch_warnings(action="ignore", category=RejectedRowsWarning):
        return read_answers(source, form)


def reasons(source: Any, form: Questionnaire = TRADE) -> list[list[Any]]:
    rejects = quietly(source, form).rejects
    return rejects[["question", "place", "reason"]].to_numpy().tolist()  # type: ignore[no-any-return]
