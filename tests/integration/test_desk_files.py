"""Every list of the desk can be taken along as a file, under its own name with `_file`."""

from __future__ import annotations

from tests.support.addresses import ADDRESSES

NO_LISTS = {
    "a page of links and counts": {"desk", "account"},
    "a form": {
        *("duty_new", "notice_new", "batch_new", "plan_new", "person_new", "account_key", "account_password"),
        *("account_factor", "organisations_import", "hand_in_book", "hand_in_own", "upload"),
        *(
            "season_new",
            "candidates_import",
            "candidates_import_withdraw",
            "record_new",
            "record_apply_outside",
            "record_upload",
            "records_columns",
        ),
    },
    "one handed-in file: its steps, and the file itself with its mistakes marked": {
        *("data_batch", "data_columns", "data_drop", "data_returned", "data_settle", "data_undo"),
        *("data_upload", "data_withdraw"),
    },
    "a line a year; each season's plan has its workbook": {"seasons"},
    "notices with what was said against them; the list of claims has its workbook": {"bonus_notices"},
    "one-time passwords, printed once and never to be passed on as a file": {"candidates_slips"},
    "new students who wait, out of the roster, which has its workbook": {"record_pending"},
    "what was imported from the upper registers, and the terms of a school: a few lines with their steps": {
        *("record_registers", "record_terms"),
    },
    "a picture": {"account_factor_qr", "report_card"},
    "short words about roles, the same for everybody": {"roles"},
    "accounts of other services that wait to be bound: a code each, never to be passed on": {"bindings"},
    "spellings that wait for a decision, on the way to the list of tasks": {"duty_units"},
}


def test_each_list_has_its_file() -> None:
    names = {address.name.removeprefix("portal:") for address in ADDRESSES}
    known = {name for found in NO_LISTS.values() for name in found}
    lists = {
        address.name.removeprefix("portal:")
        for address in ADDRESSES
        if address.path.startswith(("/desk", "/inbox")) and "999999" not in address.path
    }
    files = {name for name in names if name.endswith("_file")}
    missing = {
        name for name in lists - known - files if f"{name}_file" not in files and not name.endswith(ENDINGS)
    }
    assert not missing, "a list needs its workbook, or its name above with the reason"


ENDINGS = (
    *("_file", "_save", "_submit", "_apply", "_marked", "_template", "_document", "_decide", "_verify"),
    *("_read_all", "_escalate", "_change", "_card", "remind", "receipt", "claim", "attached"),
)
"""Steps of forms, files of another kind, and single things."""
