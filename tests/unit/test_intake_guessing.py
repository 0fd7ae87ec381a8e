"""A sender's own column names: what each may be is proposed only where one field and one column fit each other."""

from __future__ import annotations

from zhijiao.exchange.rules.mapping import guesses
from zhijiao.exchange.rules.standard import shipped

CLASSES = shipped().by_id["classes"]


def test_a_part_of_a_name_is_proposed() -> None:
    titles = ["班号", "名称", "专业", "类型", "人数", "备注"]
    assert guesses(CLASSES, titles, ()) == {
        "name": "名称",
        "major": "专业",
        "kind": "类型",
        "students": "人数",
    }


def test_words_of_clerks_are_those_of_the_standard() -> None:
    titles = ["学生姓名", "专业编码", "入学时间", "联系方式"]
    said = guesses(shipped().by_id["students"], titles, ())
    assert said == {"name": "学生姓名", "major": "专业编码", "enrolled_on": "入学时间", "phone": "联系方式"}


def test_what_fits_twice_or_is_known_is_not_proposed() -> None:
    assert guesses(CLASSES, ["日期"], ()) == {}
    assert "major" not in guesses(CLASSES, ["专业", "本级专业代码"], ())
    assert guesses(CLASSES, ["名称"], ("name",)) == {}
