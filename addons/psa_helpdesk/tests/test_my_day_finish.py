import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .call_common import PsaCallCase

TOKEN = "8c1f0d2e-5a3b-4c6d-9e7f-001122334455"


def picture(kind="JPEG", size=(40, 30)):
    """A small picture as a browser sends it."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestMyDayFinish(PsaCallCase):
    """The finish sheet: one request writes down everything, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket(user_id=cls.technician.id)
        cls.call = cls._make_call("Mon 10:00", tickets=cls.ticket)

    def _finish(self, values=None, user=None, ticket=None, token=TOKEN, **more):
        return (
            self.env["psa.my.day"]
            .with_user(user or self.technician)
            .finish(
                token, (ticket or self.ticket).id, {"summary": "Roller changed", **(values or {}), **more}
            )
        )

    def _count(self):
        return (
            len(self.ticket.message_ids),
            self.env["ir.attachment"].search_count([]),
            self.call.state,
            self.ticket.psa_is_open,
        )

    def test_work_at_the_customer_with_photo_and_signature_closes_the_ticket(self):
        """Row 7.3."""
        self.call.with_user(self.technician).action_arrive()
        answer = self._finish(
            call_id=self.call.id, note="Key at the desk", close=True,
            photos=[{"name": "IMG_1.jpg", "data": picture()}, {"name": "virus.exe", "data": picture("PNG")}],
            signature=f"data:image/png;base64,{picture('PNG')}", signed_by="Mia Torres",
        )  # fmt: skip
        self.assertEqual(answer, {"is_repeated": False, "is_closed": True, "next": False})
        self.assertEqual((self.call.state, self.call.result), ("done", "Roller changed"))
        self.assertEqual(self.call.signed_by, "Mia Torres")
        self.assertTrue(self.call.signature and self.call.signed_at)
        self.assertEqual(self.call.photo_ids.sorted("id").mapped("name"), ["IMG_1-1.jpg", "virus-2.png"])
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("Roller changed", self.ticket.psa_resolution)
        note = self.ticket.message_ids.filtered(lambda message: "Key at the desk" in message.body)
        self.assertEqual((len(note), note.author_id), (1, self.technician.partner_id))
        self.assertTrue(note.subtype_id.internal, "the customer does not read it")
        self.assertEqual(len(note.attachment_ids), 3)
        self.assertFalse(self.ticket._psa_get_customer_attachments(), "nor does he see its files")

    def test_pressed_twice_or_sent_again_is_done_once(self):
        values = {"call_id": self.call.id, "photos": [{"name": "a.jpg", "data": picture()}], "close": True}
        self._finish(values)
        after = self._count()
        again = self._finish(values)
        self.assertEqual(again, {"is_repeated": True, "is_closed": True, "next": False})
        self.assertEqual(self._count(), after)
        self.assertEqual(
            self._finish(token=f"{TOKEN}-2")["is_repeated"], False, "another press is another report"
        )

    def test_a_mark_of_somebody_else_does_not_count(self):
        self._finish()
        self.queue.user_ids |= self.technician_all
        self.assertFalse(self._finish(user=self.technician_all)["is_repeated"])

    def test_nothing_is_kept_of_what_fails(self):
        before = self._count()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._finish(call_id=self.call.id, photos=[{"name": "a.jpg", "data": "###"}])
        self.assertEqual(self._count(), before)
        self.assertFalse(self._finish(call_id=self.call.id)["is_repeated"], "sent again, it is done")

    def test_hostile_input_is_refused_with_words(self):
        page = base64.b64encode(b"<html><script>alert(1)</script></html>").decode()
        drawing = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>').decode()
        cut = base64.b64encode(base64.b64decode(picture("PNG"))[:20]).decode()
        large = "A" * (15 * 1024 * 1024)
        cases = [
            ({"photos": [{"name": "a.jpg", "data": "not base64"}]}, "a.jpg did not arrive whole"),
            ({"photos": [{"name": "a.jpg", "data": page}]}, "a.jpg is no picture"),
            ({"photos": [{"name": "a.svg", "data": drawing}]}, "a.svg is no picture"),
            ({"photos": [{"name": "a.png", "data": cut}]}, "a.png is no picture"),
            ({"photos": [{"name": "a.jpg", "data": large}]}, "a.jpg is too large"),
            ({"photos": [{"name": "a.jpg", "data": picture()}] * 11}, "At most 10 photos"),
            ({"signature": page, "signed_by": "Mia"}, "signature is no picture"),
            ({"signature": picture("PNG")}, "Say who signed"),
            ({"summary": "", "close": True}, "Say what was done"),
            ({"summary": 7}, "cannot be read"),
            ({"is_absent": True}, "Only for a service call"),
            ({"is_absent": True, "close": True, "call_id": self.call.id}, "Keep the ticket open"),
            ({"call_id": 987654321}, "This service call is gone"),
            ({"call_id": "1 or 1=1"}, "cannot be read"),
            ({"call_id": True}, "cannot be read"),
        ]
        for index, (values, words) in enumerate(cases):
            with self.subTest(words), self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self._finish(values, token=f"{TOKEN}-{index}")
        for token in (None, "short", "'; DROP TABLE res_users; --", 5):
            with self.subTest(token=token), self.assertRaisesRegex(UserError, "cannot be read"):
                self._finish(token=token)

    def test_a_wrong_ticket_is_refused(self):
        other = self._make_ticket(user_id=self.technician.id)
        with self.assertRaisesRegex(UserError, "is not about ticket"), self.env.cr.savepoint():
            self._finish(ticket=other, call_id=self.call.id)
        with self.assertRaisesRegex(UserError, "This ticket is gone"), self.env.cr.savepoint():
            self._finish(ticket=self.env["helpdesk.ticket"].browse(987654321))
        foreign = self._make_ticket(team_id=self.other_queue.id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._finish(ticket=foreign)

    def test_others_finish_nothing(self):
        for user in (self.outsider, self.plain, self.mia, self.contractor):
            with self.subTest(user=user.name), self.assertRaises(AccessError), self.env.cr.savepoint():
                self._finish(user=user, call_id=self.call.id)
        self.assertEqual(self.call.state, "planned")

    def test_a_contractor_reports_on_the_own_call(self):
        ticket = self._make_ticket()
        call = self._make_call("Mon 13:00", tickets=ticket, technician_id=self.contractor.id)
        self._finish(user=self.contractor, ticket=ticket, call_id=call.id, close=True)
        self.assertEqual((call.state, ticket.psa_is_open), ("done", False))

    def test_a_second_technician_who_may_only_read_the_ticket_adds_a_report(self):
        self.call.other_technician_ids = self.contractor
        self._finish(call_id=self.call.id)
        self._finish({"summary": "Cable laid"}, user=self.contractor, call_id=self.call.id)
        self.assertEqual(self.call.result, "Roller changed\nCable laid")
        note = self.ticket.message_ids.filtered(lambda message: "Cable laid" in message.body)
        self.assertEqual(note.author_id, self.contractor.partner_id)

    def test_what_the_customer_signed_stays_when_a_second_technician_reports(self):
        self.call.other_technician_ids = self.contractor
        self._finish(call_id=self.call.id, signature=picture("PNG"), signed_by="Mia Torres")
        signed = self.call.signature
        self._finish(
            {"summary": "Cable laid"}, user=self.contractor, call_id=self.call.id,
            signature=picture("PNG", (60, 20)), signed_by="Leo Torres",
        )  # fmt: skip
        self.assertEqual((self.call.signed_by, self.call.signature), ("Mia Torres", signed))
        note = self.ticket.message_ids.filtered(lambda message: "Signed by Leo Torres" in message.body)
        self.assertEqual(note.attachment_ids.mapped("name"), ["signature.png"], "it is kept here")

    def test_a_picture_too_large_to_be_opened_is_refused_with_words(self):
        buffer = io.BytesIO()
        Image.new("1", (15_000, 15_000)).save(buffer, "PNG")
        data = base64.b64encode(buffer.getvalue()).decode()
        with self.assertRaisesRegex(UserError, "huge.png is no picture"):
            self._finish(photos=[{"name": "huge.png", "data": data}])

    def test_work_for_a_call_that_was_cancelled_meanwhile_stands_on_the_ticket(self):
        self.call._psa_cancel("The customer called it off")
        self._finish(call_id=self.call.id, photos=[{"name": "a.jpg", "data": picture()}], close=True)
        self.assertEqual(
            (self.call.state, self.call.result, len(self.call.photo_ids)), ("cancelled", False, 0)
        )
        self.assertFalse(self.ticket.psa_is_open)
        note = self.ticket.message_ids.filtered(lambda message: "Roller changed" in message.body)
        self.assertEqual(len(note.attachment_ids), 1)

    def test_a_call_is_finished_although_its_ticket_was_archived(self):
        self.ticket.sudo().active = False
        self._finish(call_id=self.call.id)
        self.assertEqual((self.call.state, self.call.result), ("done", "Roller changed"))

    def test_nobody_was_there(self):
        answer = self._finish({"summary": "Rang twice"}, call_id=self.call.id, is_absent=True)
        self.assertFalse(answer["is_closed"])
        self.assertEqual((self.call.state, self.call.result), ("absent", "Rang twice"))
        self.assertIn("the customer was not there", " ".join(self.ticket.message_ids.mapped("body")))

    def test_an_absent_call_stays_absent_and_what_was_done_stands_on_the_ticket(self):
        self._finish({"summary": "Rang twice"}, call_id=self.call.id, is_absent=True)
        before = self.call.read(["state", "result", "finished_at", "signed_by", "photo_ids"])
        self.assertFalse(
            self._finish(
                {"summary": "Let in by a neighbour"}, token=f"{TOKEN}-2", call_id=self.call.id,
                photos=[{"name": "a.jpg", "data": picture()}], signature=picture("PNG"), signed_by="Mia Torres",
            )["is_repeated"]
        )  # fmt: skip
        self.assertEqual(self.call.read(["state", "result", "finished_at", "signed_by", "photo_ids"]), before)
        note = self.ticket.message_ids.filtered(lambda message: "Let in by" in message.body)
        self.assertEqual(len(note.attachment_ids), 2)
        with self.assertRaisesRegex(UserError, "absent already"), self.env.cr.savepoint():
            self._finish({"summary": "x"}, token=f"{TOKEN}-3", call_id=self.call.id, is_absent=True)

    def test_open_gates_are_asked_for_and_the_report_is_kept(self):
        """Rule D8.4."""
        self.queue.psa_needs_asset = True
        answer = self._finish(call_id=self.call.id, close=True)
        self.assertEqual((answer["is_closed"], answer["next"]["res_model"]), (False, "psa.ticket.close"))
        self.assertEqual((self.call.state, self.ticket.psa_is_open), ("done", True))

    def test_a_ticket_without_a_call_keeps_photos_and_signature_in_its_note(self):
        self._finish(
            photos=[{"name": "a.jpg", "data": picture()}], signature=picture("PNG"), signed_by="Mia Torres"
        )
        note = self.ticket.message_ids.filtered(lambda message: "Signed by Mia Torres" in message.body)
        self.assertEqual(sorted(note.attachment_ids.mapped("name")), ["a-1.jpg", "signature.png"])
        self.assertFalse(self.ticket._psa_get_customer_attachments())

    def test_the_checklist_of_the_call_is_ticked_in_the_sheet(self):
        line, other = self.env["psa.call.checklist.line"].create(
            [{"call_id": self.call.id, "name": name} for name in ("Clean rollers", "Test page")]
        )
        foreign = other.create({"call_id": self._make_call("Mon 14:00").id, "name": "Elsewhere"})
        [card] = [
            card
            for cards in self.env["psa.my.day"].with_user(self.technician).get_day()["sections"].values()
            for card in cards
            if card["kind"] == "call" and card["id"] == self.call.id
        ]
        self.assertEqual(card["checklist"][0], {"id": line.id, "name": "Clean rollers", "is_done": False})
        for junk in ("all", [str(line.id)], [True], {"id": line.id}):
            with self.subTest(junk=junk), self.assertRaises(UserError), self.env.cr.savepoint():
                self._finish(call_id=self.call.id, ticked=junk)
        self._finish(call_id=self.call.id, ticked=[line.id, foreign.id])
        self.assertRecordValues(
            line | other | foreign,
            [
                {"is_done": True, "done_by_id": self.technician.id},
                {"is_done": False, "done_by_id": False},
                {"is_done": False, "done_by_id": False},
            ],
        )

    def test_marks_are_forgotten_after_two_months(self):
        self._finish()
        mark = self.env["psa.once"].search([("token", "=", TOKEN)])
        self.assertEqual(mark.user_id, self.technician)
        mark._gc_marks()
        self.assertTrue(mark.exists())
        mark.done_at = "2025-12-01 00:00:00"
        mark._gc_marks()
        self.assertFalse(mark.exists())
