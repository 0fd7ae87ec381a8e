"""Codes of organisations: the last sign of a credit code checks the others."""

from __future__ import annotations

import pytest

from zhijiao.lib.codes import check_sign, is_credit_code, is_school_code


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_a_real_code_is_right(code: str) -> None:
    assert code[17] == check_sign(code[:17])
    assert is_credit_code(code)


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_sign_is_found(place: int) -> None:
    code = "91350100M000100Y4" + check_sign("91350100M000100Y4")
    assert is_credit_code(code)
    wrong = "1" if code[place] != "1" else "2"
    assert not is_credit_code(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "123", "9135010OM000100Y43", "91350100m000100Y43", "9" * 19])
def test_what_is_no_credit_code(code: str) -> None:
    assert not is_credit_code(code)


def test_a_school_code_has_ten_digits() -> None:
    assert is_school_code("3633000001")
    assert not is_school_code("363300000")
    assert not is_school_code("３６３３００００００１")
