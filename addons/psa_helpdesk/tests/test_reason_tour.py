from odoo.tests import HttpCase, tagged

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestReasonTour(PsaCallCase, HttpCase):
    """The reasons that one gave before are offered again, in the browser."""

    def test_a_dispatcher_cancels_for_a_reason_given_before(self):
        first, second = self._make_call("Tue 10:00"), self._make_call("Wed 10:00")
        dialogs = self.env["psa.service.call.cancel"].with_user(self.dispatcher)
        dialogs.create({"call_id": first.id, "reason": "The part is late"}).action_cancel()
        self.start_tour(
            f"/odoo/psa.service.call/{second.id}", "psa_reason_tour", login=self.dispatcher.login, timeout=120
        )
        self.assertRecordValues(second, [{"state": "cancelled", "cancel_reason": "The part is late"}])
