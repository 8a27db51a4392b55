"""A backup brings everything back, and what is damaged or in the way is refused before anything is touched."""

import dataclasses
import tarfile

import pytest
from harness import database, rows, shell
from story import ATTACHED

from tools import backup, databases
from tools.postgres import TEST
from tools.progress import Fail

# What must be the same afterwards, row by row and column by column, and what the story has filled.
COMPARED = (
    "res_partner", "ir_attachment", "helpdesk_ticket", "mail_message", "psa_asset", "psa_alert", "psa_alert_event",
    "psa_sla_clock", "psa_sla_event", "psa_contract", "account_analytic_line", "psa_billing_item", "psa_billing_run",
    "account_move", "account_move_line",
)  # fmt: skip
# Read by the ORM: the clocks as the ledger gives them at a fixed moment, and what people see.
READ = """
import json
from datetime import datetime
ticket = env["helpdesk.ticket"].browse({ticket})
invoice = env["account.move"].browse({invoice})
print(json.dumps({{
    "replay": [repr(reading) for reading in ticket._psa_replay(datetime(2030, 1, 7, 12))[ticket]],
    "invoice": [invoice.name, invoice.state, invoice.amount_untaxed, invoice.amount_total],
    "derivation": env["psa.billing.item"].browse({item}).derivation,
    "attachment": env["ir.attachment"].search([("name", "=", "rack.txt")]).raw.decode(),
}}))
"""


def contents(name):
    """The compared rows of a database."""
    return {table: rows(name, f"SELECT * FROM {table} ORDER BY id") for table in COMPARED}


@pytest.fixture(scope="module")
def saved(story, tmp_path_factory):
    """A copy of the database in which the main job was done, and its backup."""
    file = tmp_path_factory.mktemp("backup") / "suite.psa"
    with database(story.database) as name:
        backup.save(TEST, name, file)
        yield name, file


def test_what_comes_back_is_what_was_saved(story, saved):
    name, file = saved
    told = READ.format(**dataclasses.asdict(story))
    copy = f"{name}_back"
    try:
        backup.load(TEST, copy, file, replace=False)
        before = contents(name)
        assert all(before.values()), [table for table, found in before.items() if not found]
        assert contents(copy) == before
        read = shell(name, told)
        assert len(read["replay"]) >= 2
        assert read["invoice"][1:3] == ["posted", 83.33]
        assert read["attachment"] == ATTACHED
        assert shell(copy, told) == read
    finally:
        databases.drop(TEST, copy)


def test_an_existing_database_is_replaced_only_when_asked(saved):
    name, file = saved
    rows(name, "CREATE TABLE made_later (id int)")
    with pytest.raises(Fail, match="exists"):
        backup.load(TEST, name, file, replace=False)
    assert rows(name, "SELECT count(*) FROM made_later") == [["0"]]
    backup.load(TEST, name, file, replace=True)
    assert rows(name, "SELECT to_regclass('made_later') IS NULL") == [["t"]]
    assert rows(name, "SELECT count(*) > 0 FROM psa_billing_item") == [["t"]]
    assert not [other for other in databases.names(TEST) if other.startswith(name) and other != name]


def cut(file, target):
    target.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil_an_attachment(file, target):
    content = bytearray(file.read_bytes())
    with tarfile.open(file) as tar:
        member = next(entry for entry in tar if entry.name.startswith("filestore/") and entry.size)
    content[member.offset_data] ^= 1
    target.write_bytes(content)


def spoil_the_dump(file, target):
    content = bytearray(file.read_bytes())
    with tarfile.open(file) as tar:
        member = tar.getmember("database.dump")
    content[member.offset_data + member.size // 2] ^= 1
    target.write_bytes(content)


def something_else(_file, target):
    target.write_text("no backup at all")


@pytest.mark.parametrize("damage", [cut, spoil_an_attachment, spoil_the_dump, something_else])
def test_a_damaged_file_changes_nothing(saved, tmp_path, damage):
    name, file = saved
    damaged = tmp_path / "damaged.psa"
    damage(file, damaged)
    before = contents(name)
    with pytest.raises(Fail):
        backup.load(TEST, name, damaged, replace=True)
    assert contents(name) == before
    assert f"{name}_new" not in databases.names(TEST)


def test_a_backup_never_overwrites_a_file(saved):
    name, file = saved
    before = file.read_bytes()
    with pytest.raises(Fail, match="exists"):
        backup.save(TEST, name, file)
    assert file.read_bytes() == before
