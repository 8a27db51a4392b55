from odoo.tests import tagged

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestAlertQueries(PsaAlertsCase):
    """The cost of a batch does not depend on how many events are in it, except for what a ticket itself costs."""

    def _cost(self, count, prefix, **values):
        for number in range(count):
            self._say("10:05", process=False, key=values.get("key") or f"{prefix}{number}", **{
                name: value for name, value in values.items() if name != "key"
            })  # fmt: skip
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._process("10:05")
        return self.env.cr.sql_log_count - before

    def test_repeats_of_one_alert(self):
        self._say("10:00", key="disk")
        for _number in range(11):
            self._say("10:01", key="disk")
        self._cost(1, "warm", key="disk")
        few = self._cost(4, "", key="disk")
        self.assertLessEqual(self._cost(40, "", key="disk"), few)

    def test_alerts_that_wait_in_triage(self):
        unknown = {"customer": "nobody", "device": None}
        for prefix in ("warm", "warmer"):
            self._cost(4, prefix, **unknown)
        few = self._cost(4, "few", **unknown)
        self.assertEqual(self._cost(40, "many", **unknown), few)

    def test_recoveries_of_nothing(self):
        self._cost(2, "warm", state="resolved")
        few = self._cost(4, "few", state="resolved")
        self.assertLessEqual(self._cost(40, "many", state="resolved"), few)

    def test_new_alerts_cost_what_their_tickets_cost(self):
        """Each further alert costs the queries of its ticket and none of its own."""
        made = []
        create = type(self.env["helpdesk.ticket"]).create

        def counted(model, vals_list):
            before = model.env.cr.sql_log_count
            tickets = create(model, vals_list)
            model.env.flush_all()
            made.append(model.env.cr.sql_log_count - before)
            return tickets

        self.patch(type(self.env["helpdesk.ticket"]), "create", counted)
        self._cost(1, "warm")
        few = self._cost(4, "few") - made[-1]
        many = self._cost(40, "many") - made[-1]
        self.assertLessEqual(many, few + 1)

    def test_elements_of_groups(self):
        def group(count, prefix):
            return [
                {"key": f"{prefix}{number}", "title": "x", "customer": "nobody"} for number in range(count)
            ]

        def cost(count, prefix):
            self._deliver(group(count, prefix), "10:00")
            before = self.env.cr.sql_log_count
            self._process("10:00")
            return self.env.cr.sql_log_count - before

        cost(2, "warm")
        few = cost(4, "few")
        self.assertLessEqual(cost(40, "many"), few)

    def test_the_list_of_alerts(self):
        for number in range(20):
            self._say("10:00", process=False, key=f"k{number}")
        self._process()
        fields = ["severity", "name", "partner_id", "asset_id", "occurrence_count", "last_seen_at",
                  "ticket_number", "state", "source_id"]  # fmt: skip
        specification = {
            name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in fields
        }
        alerts = self.alerts.with_user(self.technician)

        def cost(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            alerts.web_search_read([], specification, limit=limit)
            return self.env.cr.sql_log_count - before

        cost(5)
        self.assertEqual(cost(5), cost(20))
