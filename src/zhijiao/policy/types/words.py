"""The Chinese word for each code of a pack, as screens, workbooks and reports all say it. One list, so that none can differ."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "level": {
        "country": "国家",
        "province": "省",
        "city": "市",
        "county": "县（市、区）",
        "school": "学校",
        "enterprise": "企业",
    },
    "document_kind": {
        "plan": "规划方案",
        "implementation": "实施方案",
        "statement": "公开表述",
        "regulation": "法规规章",
    },
    "document_status": {
        "draft": "征求意见稿",
        "in_force": "现行",
        "statement": "公开表述",
        "repealed": "已废止",
    },
    "clause_kind": {
        "target": "目标",
        "actual": "公布数据",
        "standard": "标准",
        "task": "任务",
        "rule": "规则",
        "programme": "项目",
        "system": "系统",
        "mechanism": "机制",
    },
    "strength": {"required": "应达", "encouraged": "鼓励", "strive": "力争"},
    "period_kind": {
        "point": "时点",
        "cumulative": "累计",
        "yearly": "每年",
        "school_year": "学年",
        "milestone": "达成即可",
    },
    "direction": {
        "higher": "越高越好",
        "lower": "越低越好",
        "within": "在区间内",
        "judgement": "定性判断",
        "milestone": "达成即可",
    },
    "how": {
        "same": "同口径",
        "other_name": "名称不同",
        "component": "其中一项",
        "aggregate": "只有合计",
        "other_population": "口径不同",
        "self_statement": "自行表述",
        "step": "阶段进展",
    },
    "asks": {"value": "数值", "ratio": "分子和分母", "text": "文字说明"},
    "report_period": {
        "month": "每月",
        "quarter": "每季度",
        "half_year": "每半年",
        "term": "每学期",
        "school_year": "每学年",
        "year": "每年",
        "once": "一次",
    },
    "rollup": {
        "sum": "各单位相加",
        "ratio": "分子之和除以分母之和",
        "lowest": "取最低的一家",
        "none": "不汇总",
    },
    "procedure_kind": {
        "supervision": "教育督导",
        "notice": "任务督办",
        "interview": "约谈",
        "circular": "通报",
        "plan": "规划方案",
        "consultation": "征求意见",
        "plan_review": "方案备案",
    },
    "stage_kind": {
        "draft": "经办",
        "review": "审核",
        "wait": "等候",
        "locked": "已定",
        "ended": "办结",
    },
    "every": {"year": "每年", "month": "每月", "term": "每学期"},
    "capability_state": {"built": "已建成", "planned": "规划中"},
    "standard_status": {"in_force": "现行", "draft": "草案", "to_be_issued": "待制定"},
    "programme_shape": {
        "recognition": "认定",
        "plan": "建设计划",
        "activity": "活动评选",
        "training_agreement": "培养协议",
        "external_licence": "许可由他处办理",
    },
    "unit_kind": {
        "department": "部门",
        "office": "专班等机构",
        "county": "县（市、区）",
        "institution": "院校、企业",
        "group": "一类单位",
    },
    "institution_kind": {
        "higher_vocational": "高职院校",
        "secondary_vocational": "中职学校",
        "technician": "技工院校",
        "university": "本科高校",
        "enterprise": "企业",
        "institute": "研究机构",
        "other": "其他",
    },
    "industry_kind": {
        "traditional": "传统优势",
        "emerging": "新兴",
        "cluster": "集群",
        "service": "服务业",
    },
    "division_kind": {"statutory": "法定区划", "zone": "功能区"},
    "served": {"served": "已承接", "planned": "规划中", "unserved": "未承接"},
    "op": {"=": "", ">=": "不少于", ">": "超过", "<=": "不超过", "<": "不到", "~": "约"},
    "sign": {"=": "", ">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "~": "约"},
    "part": {
        "cockpit": "驾驶舱",
        "management": "管理云",
        "enterprise": "校企云",
        "resources": "资源云",
        "policy": "政策",
    },
    "room": {
        "documents": "文件",
        "clauses": "条款",
        "goals": "目标",
        "indicators": "指标",
        "standards": "标准",
        "tasks": "任务",
        "items": "任务事项",
        "programmes": "项目",
        "rules": "规则",
        "parameters": "参数",
        "reported": "公布数据",
        "systems": "系统",
        "mechanisms": "机制",
        "industries": "产业",
        "scoring": "考核",
        "obligations": "报送义务",
        "chains": "审批链",
        "procedures": "办理程序",
        "records": "学籍事项",
        "registers": "上级学籍系统",
        "admissions": "招生规则",
        "concepts": "比较概念",
        "units": "单位",
        "divisions": "区划",
        "conflicts": "分歧",
        "defaults": "口径",
    },
}
"""By kind of code. Parts are named by each city's pack; `part` is what they are called above the cities."""

NOT_NAMED = "文件未写明"
"""What stands where a document names no unit, no date, no quota: the product names none in its place."""


def word(kind: str, code: str) -> str:
    """The Chinese word for a code; a code without a word is a mistake in this file, so it raises KeyError."""
    return WORDS[kind][code]
