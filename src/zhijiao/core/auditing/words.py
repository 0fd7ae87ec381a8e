"""What the actions of the trail are called on a screen: by their subject. What was done stands in each line's summary."""

from __future__ import annotations

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "account": "账号和登录",
    "role": "角色",
    "claim": "单位认领",
    "registry": "组织",
    "indicators": "数据报送",
    "supervision": "任务督办",
    "planning": "方案和目标",
    "policy": "政策包",
    "exchange": "数据归集",
    "admissions": "招生录取",
    "records": "学籍",
    "file": "文件",
    "api": "接口",
    "audit": "审计",
    "backup": "备份和恢复",
    "demo": "演示数据",
}


def words_for(action: str) -> str:
    """The subject of an action; its own code where the subject is not known."""
    subject = action.partition(".")[0]
    return SUBJECTS.get(subject, action)
