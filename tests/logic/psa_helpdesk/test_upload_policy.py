"""Which files a customer may hand in."""

import pytest

from odoo.addons.psa_helpdesk.logic import upload_policy
from odoo.addons.psa_helpdesk.logic.upload_policy import Limits, Refusal, Upload

LIMITS = Limits(max_bytes=1000, max_files=2)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "upload", "reason"),
    [
        ("picture", Upload("screen.PNG", 500, "image/png"), None),
        ("photo", Upload("a.b.jpeg", 1000, "image/jpeg"), None),
        ("pdf", Upload("offer.pdf", 10, "application/pdf"), None),
        ("log", Upload("app.log", 10, "text/plain"), None),
        ("syslog looks like xml", Upload("app.log", 10, "text/xml"), None),
        ("log in an old encoding", Upload("app.log", 10, "application/octet-stream"), None),
        ("letter", Upload("letter.docx", 10, DOCX), None),
        ("letter seen as zip", Upload("letter.docx", 10, "application/zip"), None),
        ("old table", Upload("table.xls", 10, "application/vnd.ms-excel"), None),
        ("old outlook message", Upload("mail.msg", 10, "application/CDFV2"), None),
        ("archive", Upload("logs.zip", 10, "application/zip"), None),
        ("one byte too many", Upload("screen.png", 1001, "image/png"), Refusal.TOO_LARGE),
        ("nothing in it", Upload("screen.png", 0, "image/png"), Refusal.EMPTY),
        ("page", Upload("page.html", 10, "text/html"), Refusal.TYPE),
        ("drawing with a script", Upload("logo.svg", 10, "image/svg+xml"), Refusal.TYPE),
        ("program", Upload("setup.exe", 10, "application/x-dosexec"), Refusal.TYPE),
        ("two extensions", Upload("offer.pdf.exe", 10, "application/pdf"), Refusal.TYPE),
        ("no extension", Upload("README", 10, "text/plain"), Refusal.TYPE),
        ("path in the name", Upload("..\\..\\x.exe", 10, "text/plain"), Refusal.TYPE),
        ("page that says it is a pdf", Upload("offer.pdf", 10, "text/html"), Refusal.CONTENT),
        ("drawing that says it is a picture", Upload("logo.png", 10, "image/svg+xml"), Refusal.CONTENT),
        (
            "program that says it is a picture",
            Upload("a.jpg", 10, "application/octet-stream"),
            Refusal.CONTENT,
        ),
        ("archive that is none", Upload("logs.zip", 10, "application/octet-stream"), Refusal.CONTENT),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_file(name, upload, reason):
    refused = upload_policy.check([upload], LIMITS)
    assert [entry.reason for entry in refused] == ([reason] if reason else [])


def test_from_the_first_one_too_many_on_each_file_is_refused():
    uploads = [Upload(f"{number}.txt", 10, "text/plain") for number in range(4)]
    refused = upload_policy.check(uploads, LIMITS)
    assert [(entry.upload.name, entry.reason) for entry in refused] == [
        ("2.txt", Refusal.TOO_MANY),
        ("3.txt", Refusal.TOO_MANY),
    ]


def test_extensions_are_listed_once_and_in_order():
    allowed = upload_policy.allowed_extensions()
    assert list(allowed) == sorted(set(allowed))
    assert "html" not in allowed
    assert "svg" not in allowed
