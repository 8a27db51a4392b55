"""A backup brings everything back, and what is damaged or in the way is refused before anything is touched."""

import tarfile

import pytest
from harness import client, database, rows, running

from tools import backup, databases
from tools.postgres import TEST
from tools.progress import Fail

ATTACHED = b"a drawing of the rack, longer than what Odoo keeps in the database itself"
# What must be the same afterwards, row by row, where the addon that has the table is installed.
COMPARED = {
    "res_partner": "id, name, write_date",
    "ir_attachment": "id, name, store_fname, checksum",
    "helpdesk_ticket": "id, number, name, stage_id, create_date",
    "psa_sla_clock": "*",
    "psa_sla_event": "*",
    "psa_billing_item": "*",
    "account_move": "id, name, state, amount_untaxed, amount_total",
    "account_move_line": "id, move_id, name, quantity, price_unit, price_subtotal",
}


def contents(name):
    """The compared rows of a database."""
    there = {row[0] for row in rows(name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    return {
        table: rows(name, f"SELECT {columns} FROM {table} ORDER BY id")
        for table, columns in COMPARED.items()
        if table in there
    }


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A database with work in it, and its backup, taken while the server runs."""
    file = tmp_path_factory.mktemp("backup") / "suite.psa"
    with database() as name:
        with running(name) as server:
            admin = client(server)
            (partner,) = admin.call("res.partner", "create", vals_list=[{"name": "Harbor Dental Group"}])
            values = {
                "name": "rack.txt",
                "raw": ATTACHED.decode(),
                "res_model": "res.partner",
                "res_id": partner,
            }
            admin.call("ir.attachment", "create", vals_list=[values])
            backup.save(TEST, name, file)
        yield name, file


def test_what_comes_back_is_what_was_saved(saved):
    name, file = saved
    copy = f"{name}_back"
    try:
        backup.load(TEST, copy, file, replace=False)
        assert contents(copy) == contents(name)
        with running(copy) as server:
            (attachment,) = client(server).call(
                "ir.attachment", "search_read", domain=[("name", "=", "rack.txt")], fields=["raw"]
            )
            assert attachment["raw"] == ATTACHED.decode()
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
