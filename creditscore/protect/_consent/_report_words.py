"""Words of the data-protection report, in English and Chinese."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

ReportLanguage: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[str, ...] = get_args(ReportLanguage)

TITLES: dict[str, str] = {
    "Data protection": "个人信息保护报告",
    "Findings": "需关注事项",
    "None.": "无。",
    "Purposes and lawful bases": "处理目的与合法性基础",
    "Items by group and sensitivity": "按类别和敏感程度划分的信息项",
    "Rules of retention": "保存期限规则",
    "Due for erasure": "应删除的信息",
    "Requests of customers": "个人行使权利的请求",
    "What was done, by the audit trail": "审计日志中的操作",
    "Denials and emergencies": "拒绝访问与紧急访问",
    "Keys": "密钥",
    "Legal holds": "依法冻结",
}
"""Titles in Chinese by those in English, which are the keys of the tables."""
COLUMNS: dict[str, tuple[str, str]] = {
    "name": ("Name", "名称"), "text": ("Meaning", "说明"), "gdpr": ("GDPR", "GDPR"),
    "pipl": ("PIPL", "个人信息保护法"), "needs_consent": ("Needs consent", "须经同意"),
    "consents_in_force": ("Consents in force", "有效的同意"),
    "consents_withdrawn": ("Consents withdrawn", "已撤回的同意"), "group": ("Group", "类别"),
    "public": ("Public", "公开"), "internal": ("Internal", "内部"),
    "personal": ("Personal", "个人"), "sensitive": ("Sensitive", "敏感"),
    "what": ("What", "要求"), "period": ("Period", "期限"), "after": ("Counted from", "起算"),
    "about": ("About", "适用于"), "law": ("Law", "法律依据"), "status": ("Status", "状态"),
    "rule": ("Rule", "规则"), "kept_by": ("Kept by", "依此规则保留"),
    "observations": ("Observations", "条数"), "kind": ("Kind", "请求类型"),
    "state": ("State", "状态"), "requests": ("Requests", "请求数"), "action": ("Action", "操作"),
    "purpose": ("Purpose", "目的"), "records": ("Records", "记录数"),
    "subjects_in_all": ("Customers in all", "涉及客户人次"), "at": ("When (UTC)", "时间（UTC）"),
    "actor": ("Who", "人员"), "roles": ("Roles", "角色"), "asked": ("Asked for", "申请的操作"),
    "why": ("Why", "原因"), "version": ("Version", "版本"), "made_on": ("Made on", "生成日期"),
    "age_days": ("Age in days", "已用天数"), "reason": ("Reason", "原因"),
    "placed_by": ("Placed by", "冻结人"), "starts_on": ("From", "起始日期"),
    "ends_on": ("Until", "结束日期"),
}  # fmt: skip
CODED = ("what", "after", "about", "status", "kind", "state", "group", "action", "asked")
"""Columns of words of the library."""
_WORDS: dict[str, tuple[str, str]] = {
    "erase after": ("erase after", "期满删除"), "keep at least": ("keep at least", "至少保存"),
    "relationship_ended_on": ("end of the relationship", "业务关系结束"),
    "action_notified_on": ("notice of the decision", "通知处理结果"),
    "true_from": ("first day of the fact", "信息生效日"),
    "true_to": ("last day of the fact", "信息失效日"),
    "collected_at": ("collection of the fact", "信息收集日"),
    "recorded_at": ("record of the fact", "信息入库日"),
    "everything": ("everything", "全部信息"), "public": ("public", "公开"),
    "internal": ("internal", "内部"), "personal": ("personal", "个人"),
    "sensitive": ("sensitive", "敏感"), "identity": ("identity", "身份"),
    "financial": ("financial", "财务"), "operating": ("operating", "经营"),
    "reputation": ("reputation", "信誉"), "environment": ("environment", "环境"),
    "person": ("persons", "个人客户"), "enterprise": ("enterprises", "企业客户"),
    "due": ("due", "已到期"), "held": ("held", "依法冻结"), "kept": ("kept", "依法保留"),
    "not yet": ("not yet", "未到期"), "not begun": ("not begun", "尚未起算"),
    "no rule": ("no rule", "无适用规则"), "access": ("access", "查阅"),
    "correction": ("correction", "更正"), "erasure": ("erasure", "删除"),
    "objection": ("objection", "拒绝"), "portability": ("portability", "转移"),
    "open": ("open", "处理中"), "overdue": ("overdue", "已逾期"),
    "answered": ("answered", "已答复"), "answered late": ("answered late", "逾期答复"),
    "read": ("read", "读取"), "read_masked": ("read masked", "读取（脱敏）"),
    "write": ("write", "写入"), "export": ("export", "导出"), "erase": ("erase", "删除"),
    "load": ("load", "载入"), "reject": ("reject", "拒收数据"), "retract": ("retract", "撤销"),
    "create": ("create", "建库"), "backup": ("backup", "备份"), "restore": ("restore", "恢复"),
    "migrate": ("migrate", "升级"), "audit": ("audit", "审计"), "merge": ("merge", "合并"),
    "approve": ("approve", "批准"), "consent": ("consent", "同意"), "hold": ("hold", "冻结"),
    "denied": ("denied", "拒绝访问"), "break_glass": ("emergency access", "紧急访问"),
    "dossier": ("dossier", "生成档案"), "request": ("request", "个人请求"),
    "change_plan": ("change of the plan", "变更计划"),
    "change_policy": ("change of the policy", "变更策略"),
    "change_catalogue": ("change of the catalogue", "变更信息项目录"),
    "manage_policy": ("manage the policy", "管理策略"),
    "rotate_keys": ("rotate keys", "更换密钥"), "set_limit": ("set a limit", "设定额度"),
    "override_grade": ("override a grade", "调整等级"),
    "request.made": ("request made", "提出申请"),
    "request.approved": ("request approved", "批准申请"),
    "request.refused": ("request refused", "拒绝申请"),
    "request.used": ("request used", "使用批准"),
}  # fmt: skip
POLICY_ZH: dict[str, str] = {
    "makes_and_checks": "既可申请又可批准同一操作",
    "no_maker": "须双人复核，但无角色可申请",
    "no_checker": "须双人复核，但无角色可批准",
    "one_person_suffices": "无须第二人复核",
    "reads_everything": "可读取全部信息项的明文",
    "keeps_keys_and_reads": "管理密钥或策略，同时可读取个人信息明文",
    "audits_itself": "负责审计，同时可进行被审计的操作",
    "idle_grant": "有不起作用的授权",
    "ended_grant": "有已到期的授权",
    "unused_grant": "有从未使用的授权",
}
"""What a finding of a policy says of a role or an action, by its kind."""


def title(english: str, language: ReportLanguage) -> str:
    """Return a title in a language."""
    return english if language == "en" else TITLES[english]


def column(name: str, language: ReportLanguage) -> str:
    """Return the title of a column."""
    return COLUMNS[name][LANGUAGES.index(language)]


def said(text: str, language: ReportLanguage) -> str:
    """Return words of the library, several parted by commas, as people say them."""
    place = LANGUAGES.index(language)
    parts = [_WORDS[part][place] if part in _WORDS else part for part in text.split(", ")]
    return (", " if language == "en" else "、").join(parts)
