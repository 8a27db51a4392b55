from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..logic.escalation import Step
from ..logic.objectives import Rung, Terms

HOUR = 3600


class PsaSlaPolicy(models.Model):
    """What we promise: minutes to the first response, the plan and the resolution, by priority and issue."""

    _name = "psa.sla.policy"
    _description = "SLA policy"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, tracking=True
    )
    is_default = fields.Boolean(
        string="Default",
        tracking=True,
        help="Holds for tickets for which neither the asset, the customer nor the queue names a policy.",
    )
    note = fields.Html(string="Internal description", sanitize_style=True)

    # The promise
    target_ids = fields.One2many("psa.sla.target", "policy_id", copy=True)
    threshold_ids = fields.One2many(
        "psa.sla.threshold", "policy_id", string="Warnings and escalations", copy=True
    )
    at_risk_percent = fields.Integer(
        string="At risk from",
        default=75,
        required=True,
        tracking=True,
        help="A ticket is shown as at risk when this share of its target is used up.",
    )
    zone = fields.Selection(
        [("provider", "Of the calendar"), ("customer", "Of the customer")],
        string="Time zone",
        default="provider",
        required=True,
        tracking=True,
        help="Of the customer: the hours and holidays of the calendar are read as local times of the customer's site.",
    )

    # Turns of a ticket
    change_mode = fields.Selection(
        [("start", "From the start"), ("now", "From the change")],
        string="A changed target counts",
        default="start",
        required=True,
        tracking=True,
        help="When the priority, issue or policy of a ticket changes. From the start: the time counted so far stays. "
        "From the change: targets not yet reached start again.",
    )
    counts_calls = fields.Boolean(
        string="Calls count as first response",
        default=True,
        tracking=True,
        help="A ticket that one of us enters from a call, and a note marked as a call, answer the customer.",
    )
    reopen_grace_hours = fields.Integer(
        string="Reopening grace (hours)",
        default=168,
        required=True,
        tracking=True,
        help="Reopened within this time after it was resolved, a ticket goes on with the same clocks; later it begins anew with all targets.",
    )

    # Who has it
    partner_count = fields.Integer(compute="_compute_counts", string="Customers")
    team_count = fields.Integer(compute="_compute_counts", string="Queues")
    asset_count = fields.Integer(compute="_compute_counts", string="Assets")
    open_ticket_count = fields.Integer(compute="_compute_counts", string="Open tickets")

    _default_uniq = models.UniqueIndex(
        "(company_id) WHERE is_default AND active",
        "Only one policy of a company can be the default. Take the tick from the other one first.",
    )
    _name_uniq = models.UniqueIndex("(company_id, name)", "Another policy of this company has the same name.")
    _at_risk_range = models.Constraint(
        "CHECK (at_risk_percent BETWEEN 1 AND 100)", "“At risk” begins between 1 and 100 % of a target."
    )
    _grace_positive = models.Constraint(
        "CHECK (reopen_grace_hours >= 0)", "The hours for reopening cannot be below zero."
    )

    @api.constrains("name", "target_ids")
    def _check_target_ids(self):
        """A policy without any target would silently promise nothing."""
        for policy in self:
            if not policy.target_ids:
                raise ValidationError(
                    self.env._("Policy %(policy)s promises nothing yet. Add a target.", policy=policy.name)
                )

    def _compute_counts(self):
        tickets = self.env["helpdesk.ticket"]._read_group(
            [("psa_sla_policy_id", "in", self.ids), ("psa_is_open", "=", True)],
            ["psa_sla_policy_id"],
            ["__count"],
        )
        teams = self.env["helpdesk.ticket.team"]._read_group(
            [("psa_sla_policy_id", "in", self.ids)], ["psa_sla_policy_id"], ["__count"]
        )
        assets = self.env["psa.asset"]._read_group(
            [("psa_sla_policy_id", "in", self.ids)], ["psa_sla_policy_id"], ["__count"]
        )
        tickets, teams, assets = dict(tickets), dict(teams), dict(assets)
        for policy in self:
            policy.open_ticket_count = tickets.get(policy._origin, 0)
            policy.team_count = teams.get(policy._origin, 0)
            policy.asset_count = assets.get(policy._origin, 0)
        for company, policies in self.grouped("company_id").items():
            # The customer's policy is kept per company.
            customers = self.env["res.partner"].with_company(company)
            partners = dict(
                customers._read_group(
                    [("psa_sla_policy_id", "in", policies.ids)], ["psa_sla_policy_id"], ["__count"]
                )
            )
            for policy in policies:
                policy.partner_count = partners.get(policy._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        # The tick taken from another policy must reach the unique index first.
        self.flush_model(["is_default", "active"])
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self._forget_terms()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: a policy is in use whether or not the deleting person may see the clocks
        used = self.env["psa.sla.clock"].sudo().search([("policy_id", "in", self.ids)], limit=1).policy_id
        if used:
            raise ValidationError(
                self.env._(
                    "%(policy)s cannot be deleted because tickets ran under it. Archive it.", policy=used.name
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for policy, vals in zip(self, vals_list, strict=True):
            vals["is_default"] = False
            vals["name"] = (default or {}).get("name") or self.env._("%(name)s (copy)", name=policy.name)
        return vals_list

    def action_apply_to_open(self):
        """Let the present targets hold for open tickets too, from now on (Rule D10.16)."""
        self.check_access("write")
        tickets = self.env["helpdesk.ticket"].search(
            [
                ("psa_is_open", "=", True),
                ("company_id", "in", self.company_id.ids),
                ("psa_sla_policy_id", "in", [False, *self.ids]),
            ]
        )
        # Where the policy had no line for a ticket, the ticket has no clock that could name it.
        without = tickets.filtered(lambda ticket: not ticket.psa_sla_policy_id)
        others = without.filtered(lambda ticket: ticket._psa_get_sla_policies()[:1] not in self)
        (tickets - others)._psa_sla_retarget(fields.Datetime.now())

    def action_open_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_action")
        return action | {
            "domain": [("psa_sla_policy_id", "=", self.id), ("psa_is_open", "=", True)],
            "context": {},
        }

    def action_open_clocks(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_sla_clock_action")
        return action | {"domain": [("policy_id", "=", self.id)], "context": {}}

    def _forget_terms(self):
        """Let every worker read the policies anew, and the running clocks be looked at by their new ladder."""
        self.env.registry.clear_cache()
        self.env["psa.sla.clock"]._look_again([("policy_id", "in", self.ids)])

    @ormcache("self.id")
    def _get_terms(self):
        """Return this policy as plain values, see `logic/objectives.py`. Of no policy: terms that promise nothing."""
        if not self:
            return Terms()
        policy = self.sudo()  # terms decide for tickets of whoever writes them; nobody sees them by this
        policy.ensure_one()
        return Terms(
            objectives=tuple(target._to_objective() for target in policy.target_ids),
            rungs=tuple(
                Rung(Step(threshold.percent, threshold.mode), threshold.priority_from)
                for threshold in policy.threshold_ids
            ),
            at_risk_percent=policy.at_risk_percent,
            grace=policy.reopen_grace_hours * HOUR,
            restarts=policy.change_mode == "now",
            by_customer_zone=policy.zone == "customer",
            counts_calls=policy.counts_calls,
        )

    @api.model
    @ormcache("company.id")
    def _get_default_id(self, company):
        """Return the id of the default policy of `company`, or False."""
        # sudo: the default holds for tickets of everybody
        return self.sudo().search([("company_id", "=", company.id), ("is_default", "=", True)], limit=1).id
