"""The page on which a customer reads what is known of it, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from creditscore._validation import check_choice

_STYLE = (
    "body{font-family:sans-serif;max-width:84em;margin:2em auto;padding:0 1em;color:#22313f}"
    "table{border-collapse:collapse;margin:.5em 0 2em;font-size:.78em;max-width:100%}"
    "td,th{padding:.25em .6em .25em 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid #dde3e8;min-width:4.2em}"
    "td{overflow-wrap:anywhere}.day{min-width:5.8em}.long{min-width:9em;word-break:break-all}"
)
_LONG = ("evidence", "cells")
"""Columns of file names and of whole rows, which break anywhere."""
_TITLES: dict[str, tuple[str, str]] = {
    "title": ("What we know of you", "我们所掌握的关于您的信息"),
    "customer": ("Customer", "客户"),
    "made_at": ("Made at (UTC)", "生成时间（UTC）"),
    "none": ("Nothing.", "无。"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
}
_PARTS: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "facts": (
        (
            "Facts, with where they come from, and all that was corrected",
            "信息及其来源（含更正前的记录）",
        ),
        ("item", "record", "value", "unit", "true_from", "true_to", "source", "source_name",
         "method", "collected_by", "collected_at", "recorded_at", "evidence", "confidence",
         "counts", "retracted"),
    ),
    "rejects": (
        ("Rows that name you and could not be read", "提及您但无法读取的记录"),
        ("source", "row", "column", "value", "reason", "cells"),
    ),
    "scores": (("Scores", "评分"), ()),
    "reads": (
        ("Who read your protected data, for what", "谁出于何种目的查阅过您的个人信息"),
        ("at", "actor", "roles", "purpose", "action", "items", "n_subjects", "about"),
    ),
    "purposes": (
        ("What data are used for, and on which basis", "信息的使用目的及合法性基础"),
        ("name", "text", "gdpr", "pipl"),
    ),
    "consents": (
        ("Your consents", "您的同意"),
        ("purpose", "given_at", "withdrawn_at", "evidence"),
    ),
    "requests": (
        ("Your requests", "您的请求"),
        ("kind", "law", "received_on", "due_on", "answered_on", "outcome"),
    ),
    "retention": (
        ("How long data are kept", "保存期限"),
        ("item", "status", "due_on", "rule", "kept_by", "facts"),
    ),
    "linked": (
        ("Other names under which we keep data of yours", "以其他编号保存的您的信息"),
        ("customer",),
    ),
}  # fmt: skip
_WORDS: dict[str, tuple[str, str]] = {
    "item": ("Item", "项目"), "record": ("Record", "记录"), "value": ("Value", "值"),
    "unit": ("Unit", "单位"), "true_from": ("True from", "生效日期"),
    "true_to": ("True until before", "失效日期"), "source": ("Source", "来源类别"),
    "source_name": ("Name of the source", "来源名称"), "method": ("Method", "收集方式"),
    "collected_by": ("Collected by", "收集人"), "collected_at": ("Collected at", "收集时间"),
    "recorded_at": ("Recorded at", "入库时间"), "evidence": ("Evidence", "凭证"),
    "confidence": ("Confidence", "可信度"), "counts": ("Counts now", "当前有效"),
    "retracted": ("Taken back", "已撤回"), "row": ("Row", "行"), "column": ("Column", "列"),
    "reason": ("Why", "原因"), "cells": ("All cells", "全部单元格"), "at": ("When", "时间"),
    "actor": ("Who", "人员"), "roles": ("Roles", "角色"), "purpose": ("For what", "目的"),
    "action": ("What was done", "操作"), "items": ("Items", "项目"),
    "n_subjects": ("Customers at once", "涉及客户数"), "about": ("About you", "是否涉及您"),
    "name": ("Purpose", "目的"), "text": ("What for", "说明"), "gdpr": ("GDPR", "GDPR"),
    "pipl": ("PIPL", "个人信息保护法"), "given_at": ("Given at", "同意时间"),
    "withdrawn_at": ("Withdrawn at", "撤回时间"), "kind": ("What was asked", "请求类型"),
    "law": ("By law", "依据法律"), "received_on": ("Received", "收到日期"),
    "due_on": ("Due on", "到期日"), "answered_on": ("Answered", "答复日期"),
    "outcome": ("Answer", "答复"), "status": ("Status", "状态"), "rule": ("Rule", "规则"),
    "kept_by": ("Kept by", "依此规则保留"), "facts": ("Facts", "条数"),
    "customer": ("Name", "编号"), "you": ("you alone", "仅您"),
    "perhaps": ("several customers, perhaps you", "多名客户，可能包括您"),
}  # fmt: skip
_KINDS = {
    "visit": "走访", "invoice": "发票", "payment": "付款", "contract": "合同", "trade": "交易",
    "rating": "评级", "note": "备注",
}  # fmt: skip
"""Kinds of records in Chinese; those of a firm's own catalogue keep their names."""
_SEMICOLON = ("; ", "；")
"""What parts labels, which may hold commas themselves."""
_CODED = ("about", "source", "method", "status", "kind")
"""Columns of words of the library."""
_WORDS |= {
    "internal_record": ("internal record", "内部记录"),
    "public_filing": ("public filing", "公开信息"),
    "third_party": ("third party", "第三方"), "site_visit": ("site visit", "现场走访"),
    "questionnaire": ("questionnaire", "问卷"), "interview": ("interview", "访谈"),
    "observation": ("observation", "观察"), "data_analysis": ("analysis of data", "数据分析"),
    "due": ("due", "已到期"), "held": ("held", "依法冻结"), "kept": ("kept", "依法保留"),
    "not yet": ("not yet", "未到期"), "not begun": ("not begun", "尚未起算"),
    "no rule": ("no rule", "无适用规则"), "access": ("access", "查阅"),
    "correction": ("correction", "更正"), "erasure": ("erasure", "删除"),
    "objection": ("objection", "拒绝"), "portability": ("portability", "转移"),
}  # fmt: skip


def access_page(content: Mapping[str, Any], language: str) -> str:
    """Write the page; every value is escaped, and nothing is loaded from elsewhere."""
    check_choice(language, "language", "SubjectAccess.to_html", ("en", "zh"))
    place = ("en", "zh").index(language)
    title = _TITLES["title"][place]
    parts = [
        f"<h2>{escape(heads[place])}</h2>{_table(_rows(content, name, place), columns, place)}"
        for name, (heads, columns) in _PARTS.items()
    ]
    head = "".join(
        f"<p>{escape(_TITLES[name][place])}: <strong>{_shown(content, name, place)}</strong></p>"
        for name in ("customer", "made_at")
    )
    lang = ("en", "zh-CN")[place]
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{head}{''.join(parts)}</body></html>\n"
    )


def _rows(content: Mapping[str, Any], name: str, place: int) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a part; the items of those that list several are called by labels."""
    labels = content.get("labels", {})
    return [
        {**row, "items": _SEMICOLON[place].join(
            _item({"item": item, **labels.get(item, {})}, place) for item in row["items"]
        )} if row.get("items") else row
        for row in content.get(name, ())
    ]  # fmt: skip


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], place: int) -> str:
    if not rows:
        return f"<p>{escape(_TITLES['none'][place])}</p>"
    names = columns or tuple(dict.fromkeys(name for row in rows for name in row))
    # a column in which no row has anything takes its room from the others
    names = tuple(n for n in names if any(row.get(n) not in (None, "") for row in rows))
    kinds = [_kind(name) for name in names]
    heads = "".join(
        f"<th{kind}>{escape(_word(name, place))}</th>"
        for name, kind in zip(names, kinds, strict=True)
    )
    lines = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{_shown(row, name, place)}</td>"
            for name, kind in zip(names, kinds, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _kind(name: str) -> str:
    """Return how wide a column is, as an attribute of its cells."""
    if name in _LONG:
        return ' class="long"'
    return ' class="day"' if name == "at" or name.endswith(("_at", "_on", "_from", "_to")) else ""


def _shown(row: Mapping[str, Any], name: str, place: int) -> str:
    """Return a cell; items and purposes have texts of their own in Chinese."""
    if name == "item":
        return escape(_item(row, place))
    translated = row.get("text_zh") if name == "text" and place else None
    if translated:
        return _cell(translated, place)
    value = row.get(name)
    if name in _CODED:
        return _cell(_word(value, place), place)
    if isinstance(value, str) and (name == "at" or name.endswith("_at")):
        # to the minute, which is what people read; the data have all of it
        value = value[:16].replace("T", " ")
    return _cell(value, place)


def _item(row: Mapping[str, Any], place: int) -> str:
    """Return the label of an item, after the kind of record whose amount or day it is."""
    name = str(row.get("item") or "")
    label = str(row.get("label_zh" if place else "label") or name)
    kind = name.rpartition(".")[0]
    if not kind:
        return label
    if not place:
        return f"{kind.replace('_', ' ')}: {label}"
    kind = _KINDS.get(kind, kind)
    return label if label.startswith(kind) else f"{kind}：{label}"


def _cell(value: Any, place: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return escape(_TITLES["yes" if value else "no"][place])
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return escape(str(value))


def _word(name: Any, place: int) -> str:
    return _WORDS.get(str(name), (str(name), str(name)))[place]
