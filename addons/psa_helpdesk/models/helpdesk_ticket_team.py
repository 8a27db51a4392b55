from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicketTeam(models.Model):
    """A queue: which tickets it takes, and what its stages mean."""

    _inherit = "helpdesk.ticket.team"

    # Host fields in the words of the suite
    user_id = fields.Many2one(string="Queue lead")
    parent_id = fields.Many2one(string="Part of queue")
    category_ids = fields.Many2many(string="Issues")
    show_in_portal = fields.Boolean(
        string="Customers may choose it", help="Offered to customers who open a ticket in the portal."
    )
    todo_ticket_count = fields.Integer(string="Open tickets")
    todo_ticket_count_unassigned = fields.Integer(string="Unassigned")
    todo_ticket_count_unattended = fields.Integer(string="New")
    todo_ticket_count_high_priority = fields.Integer(string="Critical")

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if teams.user_ids:
            teams._psa_forget_record_rules()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "user_ids" in vals:
            self._psa_forget_record_rules()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_tickets(self):
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        # sudo: a ticket that the deleting person may not see would lose its queue all the same
        if tickets.sudo().search_count([("team_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("A queue with tickets cannot be deleted. Archive it, or move its tickets first.")
            )

    def _psa_forget_record_rules(self):
        """Make new membership count at once: the host's rules hold the queues of a user by id, and are cached."""
        self.env.registry.clear_cache()

    @api.model
    def _psa_get_default(self, company):
        """Return the queue for tickets of `company` that came without one; empty where the company has no queue.

        It is the company's own choice, else the first queue that the company may use.
        """
        # sudo: also a customer's ticket gets its queue, and portal users see only queues shown to them
        company = company.sudo()
        chosen = company.psa_default_queue_id
        if not chosen.active:
            chosen = self.sudo().search([("company_id", "in", [False, company.id])], limit=1)
        return chosen.with_env(self.env)

    def _psa_find_stage(self, meaning):
        """Return the first stage of this queue with that meaning.

        :param str meaning: `waiting`, `resolved`, `cancelled`, `new` for the first open one, or `open` for the one
            that work goes on in
        :raises UserError: where the queue has none
        """
        stages = self._get_applicable_stages()
        found = stages.filtered(lambda stage: stage._psa_has_meaning(meaning))[:1]
        if not found and meaning == "open":
            return self._psa_find_stage("new")
        if not found:
            raise UserError(self._psa_explain_missing_stage(meaning))
        return found

    def _psa_explain_missing_stage(self, meaning):
        steps = {
            "waiting": self.env._("wait for the customer"),
            "resolved": self.env._("be closed"),
            "cancelled": self.env._("be cancelled"),
            "new": self.env._("be opened"),
        }
        return self.env._(
            "Tickets of queue %(queue)s cannot %(step)s because the queue has no stage for it. "
            "Add one under Configuration, Stages.",
            queue=self.name,
            step=steps[meaning],
        )
