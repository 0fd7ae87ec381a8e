"""What the page of a file tells of what would change."""

from __future__ import annotations

from zhijiao.portal.desk.data.files import Shown, emptied


def test_a_field_that_only_loses_values_is_told() -> None:
    changes = [
        Shown(2, "示例甲", (("民族", "汉族", ""), ("班级", "1班", "2班"))),
        Shown(3, "示例乙", (("民族", "回族", ""), ("班级", "1班", ""))),
    ]
    assert emptied(changes) == ["民族"]
    assert emptied([]) == []
