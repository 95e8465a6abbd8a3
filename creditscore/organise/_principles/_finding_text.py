"""The words of a report of the four principles, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from creditscore.collect import ITEM_GROUPS

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "title": ("Four principles of the credit files", "信用档案四项原则"),
    "complete": ("complete", "完整"), "current": ("current", "及时"),
    "confidential": ("confidential", "保密"), "objective": ("objective", "客观"),
    "error": ("error", "错误"), "doubt": ("doubt", "存疑"), "note": ("note", "提示"),
    "principle": ("principle", "原则"), "number": ("number", "数值"),
    "by_exposure": ("by exposure", "按敞口加权"), "n": ("of", "基数"),
    "formula": ("formula", "公式"), "severity": ("severity", "程度"),
    "what": ("what was found", "发现"), "advice": ("what to do", "处理建议"),
    "findings": ("Findings", "发现"), "none": ("None.", "无。"),
    "groups": ("Groups of items", "指标类别"), "group": ("group", "类别"),
    "figures": ("Figures", "数据"), "measure": ("measure", "指标"), "value": ("value", "值"),
    "customers": ("Customers with the lowest numbers", "数值最低的客户"),
    "customer": ("customer", "客户"), "exposure": ("exposure", "敞口"),
    "median_age_days": ("median age, days", "中位天数"),
    "p90_age_days": ("oldest tenth from, days", "90 分位天数"),
    "exposed_age_days": ("mean age by exposure, days", "按敞口加权平均天数"),
    "customers with a current file": ("customers with a current file", "有有效档案的客户占比"),
    "exposure with a current file": ("exposure with a current file", "有有效档案的敞口占比"),
    "of what is known, within its shelf life": (
        "of what is known, within its shelf life", "已知信息中有效期内的占比",
    ),
    "breaches: role": ("breaches: role", "违规：角色"),
    "breaches: purpose": ("breaches: purpose", "违规：目的"),
    "breaches: own file": ("breaches: own file", "违规：本人或关联客户"),
    "breaches: volume": ("breaches: volume", "违规：异常数量"),
    "refused": ("refused", "被拒绝"),
    "protected values encrypted": ("protected values encrypted", "受保护数据加密占比"),
    "verified": ("verified", "已核实占比"),
    "not the customer's own word": ("not the customer's own word", "非客户自述占比"),
    "concentration of collectors": ("concentration of collectors", "采集人集中度"),
    "variance that hangs on the rater": ("variance that hangs on the rater", "评分人所占方差"),
    "agreement of raters": ("agreement of raters", "评分一致性"),
    "identity": ("identity", "身份"), "financial": ("financial", "财务"),
    "operating": ("operating", "经营"), "reputation": ("reputation", "信誉"),
    "environment": ("environment", "环境"),
})  # fmt: skip
"""Words of the report by what they stand for: English, Chinese."""

FORMULAS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "complete": (
        ("mean over customers of Σ weight of known items / Σ weight of expected items; 0 for a "
         "customer of the ledger without a file"),
        "各客户（已知项目权重之和 ÷ 应有项目权重之和）的平均值；台账中无档案的客户计 0",
    ),
    "current": (
        ("mean over customers of Σ weight of items within their shelf life / Σ weight of expected "
         "items; 0 for a customer of the ledger without a file"),
        "各客户（有效期内项目权重之和 ÷ 应有项目权重之和）的平均值；台账中无档案的客户计 0",
    ),
    "confidential": ("1 − breaches / accesses", "1 − 违规访问次数 ÷ 访问次数"),
    "objective": (
        ("mean of: weight of verified facts / weight of facts; weight of facts that are not the "
         "customer's own word / weight of facts; and, where judgements are known, 1 − share of "
         "their variance that hangs on the rater"),
        ("以下各项的平均值：已核实事实的权重占比；非客户自述事实的权重占比；"
         "有评分时，另加 1 − 评分人所占方差比例"),
    ),
})  # fmt: skip
"""How the number of each principle is made: English, Chinese."""

TEXTS: Mapping[str, tuple[str, str, str, str, str, str]] = MappingProxyType({
    "no_file": (
        "complete", "error",
        "{n} of {total} customers ({share:.0%}; {exposure:.0%} of the exposure) have no file",
        "Open files, those of the largest exposure first.",
        "{total} 个客户中有 {n} 个（{share:.0%}，敞口占 {exposure:.0%}）没有档案",
        "按敞口从大到小补建档案。",
    ),
    "file_bias": (
        "complete", "error",
        "files are missing more often where {trait} is {level}: {share:.0%} against {others:.0%}",
        "Find out why; do not build a scorecard on the files before this is made good or weighted.",
        "{trait} 为 {level} 的客户缺档更多：{share:.0%}，其他客户为 {others:.0%}",
        "查明原因；在补齐或加权之前，不要用这些档案建立评分卡。",
    ),
    "item_bias": (
        "complete", "doubt",
        "{item} is missing {direction} where {trait} is {level}: {share:.0%} against {others:.0%}",
        "Treat the missing value as a level of its own; ask these customers first.",
        "{trait} 为 {level} 时，{item} 缺失{direction}：{share:.0%}，其他客户为 {others:.0%}",
        "把缺失作为单独一类；优先向这些客户补充。",
    ),
    "rare_items": (
        "complete", "note",
        "{n} of {total} items are known of less than half of their customers: {which}",
        "Collect them, or give them less weight.",
        "{total} 项中有 {n} 项在应有该项的客户中不足一半：{which}",
        "补充采集，或降低其权重。",
    ),
    "unlisted_file": (
        "complete", "note",
        "files of customers that are not in the ledger: {n}",
        "Match them with the ledger, or close them.",
        "{n} 份档案的客户不在台账中",
        "与台账匹配，或予以关闭。",
    ),
    "stale_file": (
        "current", "doubt",
        "{n} of {total} files ({exposure:.0%} of the exposure) were not reviewed for {days} days",
        "Review them, those of the largest exposure first.",
        "{total} 份档案中有 {n} 份（敞口占 {exposure:.0%}）超过 {days} 天未复核",
        "按敞口从大到小复核。",
    ),
    "stale_facts": (
        "current", "doubt",
        "{share:.0%} of what is known of the group {group} is older than its shelf life",
        "Work off the list of refresh_tasks().",
        "{group}类已知信息中有 {share:.0%} 超过有效期",
        "按 refresh_tasks() 的清单更新。",
    ),
    "no_accesses": (
        "confidential", "note",
        "nobody looked at who read what",
        "Pass an access_review() of the audit trail.",
        "尚未检查谁读取了什么",
        "传入对审计记录的 access_review()。",
    ),
    "breach": (
        "confidential", "error",
        "reads of {actor} against the policy: {n} ({kind})",
        "Ask for the reason, take the right away, and tell the data protection officer.",
        "{actor} 有 {n} 次越权读取（{kind}）",
        "询问原因，收回权限，并告知数据保护负责人。",
    ),
    "volume": (
        "confidential", "doubt",
        "{actor} read {n} customers on {day}, far more than on other days and than its peers",
        "Ask what it was for.",
        "{actor} 于 {day} 读取了 {n} 个客户，远多于平日及同岗人员",
        "询问用途。",
    ),
    "few_days": (
        "confidential", "note",
        ("days of which nobody can tell whether reads were unusually many, since the role has too "
         "few others: {n} (up to {most} customers; {who})"),
        "Look at them by hand.",
        "{n} 天的读取量无法判断是否异常，因同岗记录太少（最多 {most} 个客户；{who}）",
        "人工查看。",
    ),
    "denials": (
        "confidential", "doubt",
        "refusals to {actor}: {n}",
        "See whether the role lacks something, or the person looks for something.",
        "{actor} 被拒绝 {n} 次",
        "查看是角色权限不足，还是个人越权尝试。",
    ),
    "unencrypted": (
        "confidential", "error",
        "{share:.1%} of the protected values are not encrypted",
        "Encrypt them, and destroy the copies in clear.",
        "{share:.1%} 的受保护数据未加密",
        "加密，并销毁明文副本。",
    ),
    "contradicted": (
        "objective", "doubt",
        "facts that another source contradicts: {n}",
        "See find_conflicts(), and ask a third source.",
        "{n} 项事实与其他来源矛盾",
        "查看 find_conflicts()，并向第三方求证。",
    ),
    "unverified": (
        "objective", "doubt",
        "{share:.0%} of the facts of the group {group} are not verified",
        "Ask a register, a bureau or a supplier, or visit.",
        "{group}类事实中有 {share:.0%} 未核实",
        "向登记机关、征信机构或供应商核实，或实地走访。",
    ),
    "own_word": (
        "objective", "doubt",
        "customers of whom all financial facts are their own, unverified word: {n} ({who})",
        "Ask for statements from the register or of an auditor.",
        "{n} 个客户的财务信息全部为未经核实的自述：{who}",
        "取得登记机关或审计师的报表。",
    ),
    "rater": (
        "objective", "doubt",
        "{who} judges {verdict}: {effect:+.2f} points against the mean of the raters ({n} scores)",
        "Train together on the same customers; correct past scores by the effect.",
        "{who} 评分{verdict}：比评分人平均 {effect:+.2f} 分（{n} 次）",
        "用相同客户共同校准；按该差值修正以往评分。",
    ),
    "overrides": (
        "objective", "doubt",
        ("overrides of {who} are {verdict}: {raised} raised ({raised_bad} turned bad, "
         "{raised_expected:.1f} foretold), {lowered} lowered ({lowered_bad} turned bad, "
         "{lowered_expected:.1f} foretold)"),
        "Have a second person approve these overrides.",
        ("{who} 的人工调整{verdict}：上调 {raised} 次（违约 {raised_bad} 个，模型预计 "
         "{raised_expected:.1f} 个），下调 {lowered} 次（违约 {lowered_bad} 个，模型预计 "
         "{lowered_expected:.1f} 个）"),
        "其人工调整须由第二人批准。",
    ),
    "few_overrides": (
        "objective", "note",
        "analysts with too few overrides to be judged: {n}",
        "Look again when there are more.",
        "{n} 名分析员的人工调整次数太少，无法判断",
        "次数增多后再看。",
    ),
    "one_collector": (
        "objective", "note",
        "{who} collected {share:.0%} of the facts that a person collected",
        "Let another collect some of the same customers, and compare.",
        "{who} 采集了由人采集的事实的 {share:.0%}",
        "安排他人采集部分相同客户并比较。",
    ),
})  # fmt: skip
"""By code: principle, severity, what and advice in English, then in Chinese."""

SAID: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "direction": {"more often": "更多", "less often": "更少"},
    "group": {name: WORDS[name][1] for name in ITEM_GROUPS},
    "item": {f"any of {name}": f"任一{WORDS[name][1]}项" for name in ITEM_GROUPS},
    "kind": {"role": "角色", "purpose": "目的", "own file": "本人或关联客户", "volume": "异常数量"},
    "level": {"(not known)": "（未知）", "low": "低", "middle": "中", "high": "高"},
    "verdict": {
        "harshly": "偏严", "leniently": "偏宽", "one-sided": "单向", "too kind": "过于宽松",
        "too strict": "过于严格",
    },
})  # fmt: skip
"""Words of the library inside of findings, by what they tell, in Chinese; all else stays."""
