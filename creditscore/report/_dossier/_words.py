"""Words of a dossier in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

DossierLanguage: TypeAlias = Literal["en", "zh", "both"]
LANGUAGES: tuple[str, ...] = get_args(DossierLanguage)

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # sections
        "dossier": ("Credit dossier", "信用档案"),
        "identity": ("Identity", "身份信息"),
        "group_tree": ("Group", "所属集团"),
        "facts": ("Facts", "事实"),
        "statements": ("Figures over time", "历年数据"),
        "conflicts": ("Contradictions", "相互矛盾的信息"),
        "indicators": ("Indicators", "评价指标"),
        "indicators_missing": ("Indicators without a value", "缺失的指标"),
        "scores": ("Score", "评分"),
        "grades": ("Grades", "信用等级"),
        "exposure": ("Exposure by days past due", "按逾期天数的敞口"),
        "behaviour": ("Payment behaviour", "付款行为"),
        "invoices": ("Invoices", "发票"),
        "principles": ("Four principles", "四项原则"),
        "questions": ("Open questions", "待核问题"),
        "opinion": ("Opinion of the analyst", "分析师意见"),
        "contacts": ("Contacts", "联系记录"),
        "records": ("Records", "记录"),
        "observations": ("Observations", "观测记录"),
        "records_payment": ("Payments", "付款"),
        "records_visit": ("Visits", "实地走访"),
        "records_contract": ("Contracts", "合同"),
        "records_trade": ("Trade", "交易"),
        # columns
        "customer": ("customer", "客户"),
        "item": ("item", "项目"),
        "value": ("value", "值"),
        "unit": ("unit", "单位"),
        "true_from": ("true from", "生效日期"),
        "age_days": ("age, days", "天数"),
        "state": ("state", "时效"),
        "status": ("status", "核实情况"),
        "why": ("why", "依据"),
        "source": ("source", "来源"),
        "source_name": ("name of the source", "来源名称"),
        "method": ("method", "方法"),
        "collected_by": ("by", "采集人"),
        "collected_at": ("collected at, UTC", "采集时间（UTC）"),
        "evidence": ("evidence", "证据"),
        "confidence": ("confidence", "可信度"),
        "known_at": ("known at, UTC", "知悉时间（UTC）"),
        "observation_number": ("number", "编号"),
        "record": ("record", "记录号"),
        "text": ("text", "内容"),
        "relation": ("relation", "关系"),
        "parent": ("parent", "母公司"),
        "ownership_share": ("share owned", "持股比例"),
        "chosen": ("believed", "采信值"),
        "chosen_source": ("from", "采信来源"),
        "other": ("other", "其他值"),
        "other_source": ("from (other)", "其他来源"),
        "resolved": ("resolved", "已解决"),
        "indicator": ("indicator", "指标"),
        "group": ("group", "类别"),
        "direction": ("safer is", "较安全方向"),
        "how": ("how known", "取得方式"),
        "median": ("median of peers", "同业中位数"),
        "against_peers": ("difference", "与同业之差"),
        "place": ("place among peers", "同业位置"),
        "reason": ("reason", "原因"),
        "characteristic": ("characteristic", "特征"),
        "input": ("its value", "取值"),
        "points": ("points", "得分"),
        "grade": ("grade", "等级"),
        "valid_from": ("from", "起"),
        "valid_to": ("until before", "止"),
        "bucket": ("days past due", "逾期区间"),
        "currency": ("currency", "币种"),
        "n": ("number", "数量"),
        "amount": ("amount", "金额"),
        "share": ("share", "占比"),
        "measure": ("measure", "指标"),
        "invoiced_on": ("invoiced", "开票日期"),
        "due_on": ("due", "到期日"),
        "settled_on": ("settled", "结清日期"),
        "days_late": ("days late", "逾期天数"),
        "open_amount": ("open", "未结清金额"),
        "principle": ("principle", "原则"),
        "number": ("number", "数值"),
        "formula": ("formula", "公式"),
        "question": ("question", "问题"),
        "at": ("at, UTC", "时间（UTC）"),
        "by": ("by", "联系人"),
        "n_facts": ("facts", "信息条数"),
        "channel": ("channel", "渠道"),
        "outcome": ("outcome", "结果"),
        "confirmed": ("confirmed", "已确认"),
        # what people did and what facts are
        "internal_record": ("internal record", "内部记录"),
        "public_filing": ("public filing", "公开披露"),
        "third_party": ("third party", "第三方"),
        "site_visit": ("site visit", "实地走访"),
        "questionnaire": ("questionnaire", "问卷"),
        "interview": ("interview", "访谈"),
        "observation": ("observation", "现场观察"),
        "data_analysis": ("data analysis", "数据分析"),
        "fresh": ("fresh", "有效"),
        "due soon": ("due soon", "即将到期"),
        "stale": ("stale", "过期"),
        "missing": ("missing", "缺失"),
        "verified": ("verified", "已核实"),
        "unverified": ("unverified", "未核实"),
        "contradicted": ("contradicted", "有矛盾"),
        "masked": ("masked", "已遮蔽"),
        "another source says otherwise": ("another source says otherwise", "其他来源说法不同"),
        "another source says the same": ("another source says the same", "其他来源一致"),
        "first-hand": ("first-hand", "第一手"),
        "first-hand, and replaced by a later word": (
            "first-hand, and replaced by a later word",
            "第一手，已被后续信息取代",
        ),
        "somebody's word alone": ("somebody's word alone", "仅为单方陈述"),
        "financial": ("financial", "财务"),
        "operating": ("operating", "经营"),
        "reputation": ("reputation", "信誉"),
        "environment": ("environment", "环境"),
        "person": ("person", "个人"),
        "enterprise": ("enterprise", "企业"),
        "higher": ("higher", "越高"),
        "lower": ("lower", "越低"),
        "neither": ("neither", "无方向"),
        "told": ("as told", "据告知"),
        "yes": ("yes", "是"),
        "no": ("no", "否"),
        "itself": ("itself", "本客户"),
        "subsidiary": ("owned by it", "子公司"),
        "sister": ("of the same parent", "同一母公司"),
        "total": ("total", "合计"),
        "base": ("base points", "基础分"),
        "not due": ("not due", "未到期"),
        "no due day": ("no due day", "无到期日"),
        "open": ("open", "未结清"),
        "settled": ("settled", "已结清"),
        # why an indicator has no value
        "not_given": ("not given", "未提供"),
        "not_known_yet": ("not known yet", "当时未知"),
        "no_rows": ("no records", "无记录"),
        "stale_input": ("too old", "已过期"),
        "period": ("no such period", "缺少相应期间"),
        "consolidation": ("firm and group mixed", "口径不一"),
        "zero_denominator": ("divided by zero", "分母为零"),
        "negative_denominator": ("divided by less than zero", "分母为负"),
        "undefined": ("not defined", "无定义"),
        "mixed_currency": (
            "currencies mixed or not stated",
            "币种不一或未注明",
        ),
        # units
        "ratio": ("ratio", "比率"),
        "fraction": ("fraction", "比例"),
        "days": ("days", "天"),
        "months": ("months", "月"),
        "years": ("years", "年"),
        "year": ("year", "年"),
        "count": ("count", "次"),
        "persons": ("persons", "人"),
        "index": ("index", "指数"),
        "class": ("class", "级"),
        "days per month": ("days per month", "天/月"),
        "firms": ("firms", "家"),
        "instalments late": ("instalments late", "期"),
        "notch": ("notch", "级"),
        "rank": ("rank", "名"),
        "score": ("score", "分"),
        "shares": ("shares", "股"),
        "units": ("units", "件"),
        # measures of payment
        "n_settled": ("invoices settled in 24 months", "近24个月结清发票数"),
        "mean_days_late": (
            "days late, mean of invoices settled in 24 months, early ones below zero",
            "近24个月结清发票平均逾期天数（提前为负）",
        ),
        "mean_days_late_amount": (
            "days late, mean by amount of invoices settled in 24 months, early ones below zero",
            "近24个月结清发票按金额加权平均逾期天数（提前为负）",
        ),
        "share_late": (
            "share of invoices settled in 24 months that was paid late",
            "近24个月结清发票逾期付款占比",
        ),
        "worst_days_late": (
            "days late, worst of invoices settled in 24 months",
            "近24个月结清发票最长逾期天数",
        ),
        "n_open": ("invoices open", "未结清发票数"),
        "n_disputed": (
            "invoices disputed, of those open or settled in 24 months",
            "有争议发票数（未结清及近24个月结清）",
        ),
        # principles
        "complete": ("complete", "完整"),
        "current": ("current", "及时"),
        "confidential": ("confidential", "保密"),
        "objective": ("objective", "客观"),
        "formula_complete": (
            "Σ weight of known items / Σ weight of items that this role may see",
            "已知项目权重之和 ÷ 本角色可见项目权重之和",
        ),
        "formula_current": (
            "Σ weight of items within their shelf life / Σ weight of items that this role may see",
            "有效期内项目权重之和 ÷ 本角色可见项目权重之和",
        ),
        "formula_confidential": (
            "1 − breaches / accesses of the whole store; only where the role may audit",
            "1 − 全库违规访问次数 ÷ 访问次数；仅审计角色可见",
        ),
        "formula_objective": (
            "mean of the share that is verified and of that which is not the customer's own word",
            "已核实权重占比与非客户自述权重占比的平均值（仅本角色可见明文的事实）",
        ),
        # questions that follow from the file
        "ask_missing": ("What is “{item}”? It is missing.", "“{item}”缺失，请补充。"),
        "ask_stale": (
            "Does “{item}” still hold? It is {days} days old.",
            "“{item}”已有 {days} 天，是否仍然有效？",
        ),
        "ask_contradicted": (
            "Which is right about “{item}”? Sources contradict each other.",
            "“{item}”各来源说法不一，以何为准？",
        ),
        "asked": ("asked by the analyst", "分析师提出"),
        # the page
        "as_of": ("as of", "截至"),
        "made_for": ("made for", "使用人"),
        "role": ("role", "角色"),
        "purpose": ("purpose", "用途"),
        "none": ("Nothing is known.", "暂无信息。"),
        "note": (
            (
                "Numbers lead to the observations that they rest on. Figures of peers, base points "
                "and grades that are not in the store were given with the file, and lead nowhere. "
                "What the role may not read is not in here."
            ),
            "每个数字都链接到其所依据的观测记录；同业数据、基础分和库中没有的等级随档案提供，没有链接。本角色无权读取的信息不在本页中。",
        ),
        "note_not_shown": (
            "Given with the file, and not shown to this role: {parts}.",
            "随档案提供，但本角色无权查看：{parts}。",
        ),
        "given_grades": ("grades", "信用等级"),
        "given_contacts": ("the log of contacts", "联系日志"),
        "given_peers": ("figures of peers", "同业数据"),
        "given_scores": ("the score", "评分"),
        "note_payments_hidden": (
            "Open in full: this role sees no payments, and parts that were paid are not taken off.",
            "未扣除部分付款：本角色看不到付款记录，未结清金额按发票全额列示。",
        ),
        "note_returns_hidden": (
            "This role does not see what was returned, and it is not taken off.",
            "本角色看不到退货金额，未结清金额未予扣除。",
        ),
        "note_payments_lost": (
            "{payments} went to no invoice, or not in whole: {amounts}.",
            "{n} 笔付款未能（全部）对应到发票：{amounts}。",
        ),
        "note_refused": (
            "No score: the card refuses this value, or that it is missing: {items}.",
            "无法评分：评分卡不接受以下特征的缺失值或取值：{items}。",
        ),
        "more": ("and {n} more", "另有 {n} 条"),
        "chart_ageing": ("Open amounts by days past due", "按逾期天数的未结清金额"),
        "chart_grades": ("Path of grades", "等级走势"),
        "chart_peers": (
            "Place among peers: grey is the middle half, to the right is safer",
            "同业位置：灰色为中间一半，右侧较安全",
        ),
        "chart_points": ("Points by characteristic", "各特征得分"),
    }
)
"""By what they stand for: English, Chinese."""


def said(pair: tuple[str, str], language: str) -> str:
    """Return one of two texts, or both where they differ."""
    if language == "both":
        return pair[0] if pair[0] == pair[1] else f"{pair[0]} / {pair[1]}"
    return pair[LANGUAGES.index(language)]


def pair_of(name: str) -> tuple[str, str]:
    """Return a word in both languages; what is none stands for itself."""
    return _WORDS.get(name, (name, name))


def word(name: str, language: str) -> str:
    """Return a word; what is none stays as it is."""
    return said(pair_of(name), language)
