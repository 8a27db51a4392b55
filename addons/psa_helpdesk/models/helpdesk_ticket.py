import functools

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicket(models.Model):
    """Queue, people, dates and relations of a ticket; the holes of the host closed around creating and writing."""

    _inherit = "helpdesk.ticket"
    _check_company_auto = True
    # The host sorts the number as text.
    _order = "priority desc, sequence, id desc"

    # Host fields in the words of the suite
    team_id = fields.Many2one(
        string="Queue", tracking=True, default=lambda self: self._psa_get_default_queue(self.env.company)
    )
    user_id = fields.Many2one(
        string="Assigned to",
        # An assignment survives a move to another queue: membership only limits who is proposed.
        compute=None,
        check_company=True,
        domain="user_ids and [('share', '=', False), ('id', 'in', user_ids)] or [('share', '=', False)]",
    )
    # Who or what a ticket is about is not deleted from under it: archive a contact that left.
    partner_id = fields.Many2one(index=True, tracking=True, ondelete="restrict")
    commercial_partner_id = fields.Many2one(string="Customer", index=True)
    partner_name = fields.Char(string="Contact name")
    partner_email = fields.Char(string="Contact email")
    category_id = fields.Many2one(index=True)
    channel_id = fields.Many2one(string="Source")
    priority = fields.Selection(
        selection=[("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Critical")], tracking=True
    )

    # When
    psa_is_open = fields.Boolean(
        string="Open",
        compute="_compute_psa_is_open",
        store=True,
        help="The stage is not a closing one, and the work does not go on in another ticket.",
    )
    psa_started_at = fields.Datetime(
        string="Started",
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        help="From this moment on the clocks count: when the ticket or the alert behind it was received.",
    )

    # Ticket and ticket
    psa_parent_id = fields.Many2one(
        "helpdesk.ticket", string="Part of", index="btree_not_null", copy=False, groups="base.group_user"
    )
    psa_child_ids = fields.One2many(
        "helpdesk.ticket", "psa_parent_id", string="Child tickets", groups="base.group_user"
    )
    psa_child_count = fields.Integer(
        string="Number of child tickets", compute="_compute_psa_child_count", groups="base.group_user"
    )
    psa_origin_id = fields.Many2one(
        "helpdesk.ticket",
        string="Follows",
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="The older ticket that this one comes after.",
    )
    psa_merged_into_id = fields.Many2one(
        "helpdesk.ticket",
        string="Merged into",
        index="btree_not_null",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    psa_merged_ids = fields.One2many(
        "helpdesk.ticket",
        "psa_merged_into_id",
        string="Merged into this one",
        context={"active_test": False},
        readonly=True,
        groups="base.group_user",
    )

    _psa_order_idx = models.Index("(priority DESC, sequence, id DESC)")
    _psa_open_idx = models.Index("(team_id, user_id) WHERE psa_is_open IS TRUE")
    _psa_closed_idx = models.Index("(closed_date) WHERE closed_date IS NOT NULL")

    @api.depends("stage_id.closed", "psa_merged_into_id")
    def _compute_psa_is_open(self):
        for ticket in self:
            ticket.psa_is_open = ticket._psa_has_work_to_do()

    def _psa_has_work_to_do(self):
        """Say whether the work is neither closed nor goes on in another ticket: what *Open* is computed from."""
        self.ensure_one()
        # sudo: whether it was merged is told to everybody, the ticket it went into is not
        return not (self.stage_id.closed or self.sudo().psa_merged_into_id)

    @api.depends("team_id")
    def _compute_stage_id(self):
        """Keep a stage that the queue has, else take the queue's stage of the same meaning."""
        for team, tickets in self.grouped("team_id").items():
            applicable = team._get_applicable_stages()
            for ticket in tickets:
                if ticket.stage_id not in applicable:
                    ticket.stage_id = applicable._psa_get_closest(ticket.stage_id)

    @api.depends("psa_child_ids")
    def _compute_psa_child_count(self):
        counts = dict(
            self._read_group([("psa_parent_id", "in", self.ids)], ["psa_parent_id"], ["__count"]),
        )
        for ticket in self:
            ticket.psa_child_count = counts.get(ticket._origin, 0)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            is_numbered = ticket.number and ticket.number != "/"
            ticket.display_name = f"[{ticket.number}] {ticket.name}" if is_numbered else ticket.name

    @api.constrains("psa_parent_id")
    def _check_psa_parent_id(self):
        if self._has_cycle("psa_parent_id"):
            raise ValidationError(self.env._("A ticket cannot be part of itself."))

    @api.constrains("team_id", "company_id")
    def _check_psa_queue(self):
        for ticket in self:
            if not ticket.team_id:
                raise ValidationError(
                    self.env._(
                        "A ticket needs a queue: without one nobody would see it. Queues are made under "
                        "Configuration."
                    )
                )
            owner = ticket.team_id.company_id
            if owner and owner != ticket.company_id:
                raise ValidationError(
                    self.env._(
                        "Queue %(queue)s belongs to %(owner)s, where nobody would see a ticket of %(company)s. "
                        "Choose a queue of %(company)s.",
                        queue=ticket.team_id.name,
                        owner=owner.name,
                        company=ticket.company_id.name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """Propose the person who creates the ticket only for a queue that this person works in."""
        defaults = super().default_get(fields)
        if defaults.get("user_id") and "default_user_id" not in self.env.context:
            team = self.env["helpdesk.ticket.team"].browse(defaults.get("team_id"))
            defaults["user_id"] = self._psa_get_default_assignee(team).id
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        # Copies: the host writes into the dictionaries of the caller.
        tickets = super().create(self._psa_complete_creation([dict(vals) for vals in vals_list]))
        # Who reports a call that is over creates a closed ticket; the host dates only those that close later.
        tickets.filtered(
            lambda ticket: ticket.closed and not ticket.closed_date
        ).closed_date = fields.Datetime.now()
        tickets._psa_keep_in_sight()
        return tickets

    def write(self, vals):
        was_closed = self.filtered("closed") if "stage_id" in vals else self.browse()
        closed_dates = {ticket: ticket.closed_date for ticket in was_closed}
        touched = self._psa_find_touched(vals)
        # A copy: the host writes into the dictionary of the caller.
        result = super().write(dict(vals))
        if was_closed:
            self._psa_correct_closed_dates(closed_dates)
        if touched:
            touched._psa_touch(fields.Datetime.now())
        if {"team_id", "user_id"} & vals.keys():
            self._psa_keep_in_sight()
        return result

    @api.model
    def _psa_complete_creation(self, vals_list):
        """Give each new ticket a queue, and the queue's first stage, with one search per company and queue."""
        context = self.env.context
        default_queue = functools.cache(self._psa_get_default_queue)
        first_stage = functools.cache(lambda team: team._get_applicable_stages()[:1])
        for vals in vals_list:
            if not vals.get("team_id"):
                company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
                vals["team_id"] = context.get("default_team_id") or default_queue(company).id
            team = self.env["helpdesk.ticket.team"].browse(vals["team_id"])
            if "user_id" not in vals and "default_user_id" not in context:
                vals["user_id"] = self._psa_get_default_assignee(team).id
            if not vals.get("stage_id") and "default_stage_id" not in context:
                vals["stage_id"] = first_stage(team).id
        return vals_list

    @api.model
    def _psa_get_default_queue(self, company):
        """Return the queue of a ticket for which nobody chose one: that of its author, else the company's."""
        if not self._psa_is_automation():
            fitting = self.env.user.helpdesk_team_ids.filtered(
                lambda team: team.company_id in (company.browse(), company)
            )
            if fitting:
                return fitting[:1]
        return self.env["helpdesk.ticket.team"]._psa_get_default(company)

    @api.model
    def _psa_get_default_assignee(self, team):
        """Return who gets a ticket created without an assignee: its author where he works in `team`, or nobody.

        A contractor gets his own in any queue: he sees no others.
        """
        user = self.env.user
        company = team.company_id or self.env.company
        if not company.helpdesk_mgmt_ticket_auto_assign or self._psa_is_automation():
            return user.browse()
        is_contractor = user.has_group("psa_helpdesk.psa_helpdesk_group_contractor")
        return user if user in team.user_ids or is_contractor else user.browse()

    def _psa_correct_closed_dates(self, closed_dates):
        """Empty the closing date of what was opened again; moving on between closing stages keeps the first one."""
        reopened = self.filtered(lambda ticket: ticket in closed_dates and not ticket.closed)
        if reopened:
            reopened.write({"closed_date": False})
        for ticket in self.filtered("closed"):
            if closed_dates.get(ticket):
                ticket.closed_date = closed_dates[ticket]

    def _psa_keep_in_sight(self):
        """Let the person who hands a ticket over, or takes it down for others, still open it.

        Without it the save itself would fail: the web client reads the ticket back in the same transaction, and
        a technician of one queue may not read the tickets of another. A silent follower may.
        """
        if self.env.su or not self.env.user._is_internal():
            return
        lost = self - self._filtered_access("read")
        if not lost:
            return
        partner = self.env.user.partner_id
        # sudo: only the acting person is made a follower, of tickets this person could write a moment ago
        self.env["mail.followers"].sudo()._insert_followers(
            self._name, lost.ids, partner.ids, subtypes={partner.id: []}
        )
