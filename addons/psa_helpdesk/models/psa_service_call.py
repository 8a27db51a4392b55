from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..logic import call_stages

STATES = [
    (call_stages.PLANNED, "Planned"),
    (call_stages.CONFIRMED, "Confirmed"),
    (call_stages.ON_THE_WAY, "On the way"),
    (call_stages.ON_SITE, "On site"),
    (call_stages.DONE, "Done"),
    (call_stages.ABSENT, "Customer absent"),
    (call_stages.CANCELLED, "Cancelled"),
]
# Where open dispatch boards of a company hear of changed calls; joined to the company, so no browser can ask for it.
BOARD_CHANNEL = "psa_dispatch_board"
PLACES = [("on_site", "On site"), ("remote", "Remote"), ("phone", "By phone")]
# Who works when and on what: a change of these is planning, and asks for the right to plan.
PLAN_FIELDS = frozenset({
    "ticket_ids", "technician_id", "other_technician_ids", "start_at", "stop_at", "minutes", "travel_minutes", "place",
    "site_id", "is_contact_invited",
})  # fmt: skip


class PsaServiceCall(models.Model):
    """A time at which technicians work on tickets of one customer: on site, remote or by phone."""

    _name = "psa.service.call"
    _description = "Service call"
    _inherit = ["psa.ticket.part.mixin", "mail.thread", "psa.live.mixin"]
    _order = "start_at desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id.name"]
    _check_company_auto = True

    number = fields.Char(default="/", readonly=True, copy=False, required=True)
    # What and where
    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        "psa_service_call_ticket_rel",
        "call_id",
        "ticket_id",
        required=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_customer", store=True, index=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_customer",
        store=True,
        index="btree_not_null",
        readonly=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_customer",
        store=True,
        index="btree_not_null",
        readonly=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_site_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Where the technician goes: the site of the first ticket, else its customer.",
    )
    place = fields.Selection(PLACES, string="Where", required=True, default="on_site")
    instructions = fields.Text(help="What the technicians must know before they go.")
    # Who
    technician_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        domain=lambda self: self._psa_get_technician_domain(),
    )
    other_technician_ids = fields.Many2many(
        "res.users",
        "psa_service_call_other_rel",
        "call_id",
        "user_id",
        string="Other technicians",
        domain=lambda self: self._psa_get_technician_domain(),
    )
    technician_ids = fields.Many2many(
        "res.users",
        "psa_service_call_technician_rel",
        "call_id",
        "user_id",
        string="All technicians",
        compute="_compute_technician_ids",
        store=True,
    )
    is_contact_invited = fields.Boolean(
        string="Invite the contact", help="The contact of the ticket attends the entry of the calendar, too."
    )
    # When
    start_at = fields.Datetime(string="Start", required=True, tracking=True)
    stop_at = fields.Datetime(
        string="Ends",
        required=True,
        compute="_compute_stop_at",
        store=True,
        precompute=True,
        readonly=False,
        tracking=True,
    )
    minutes = fields.Integer(
        string="Duration", compute="_compute_minutes", inverse="_inverse_minutes", help="From start to end."
    )
    travel_minutes = fields.Integer(
        string="Travel", help="The way there. So much time must be free before the call."
    )
    # How far it is
    state = fields.Selection(
        STATES,
        string="Stage",
        required=True,
        default=call_stages.PLANNED,
        readonly=True,
        tracking=True,
        copy=False,
    )
    confirmed_at = fields.Datetime(string="Confirmed", readonly=True, copy=False)
    left_at = fields.Datetime(string="On the way since", readonly=True, copy=False)
    arrived_at = fields.Datetime(string="Arrived", readonly=True, copy=False)
    finished_at = fields.Datetime(string="Finished", readonly=True, copy=False)
    cancelled_at = fields.Datetime(string="Cancelled at", readonly=True, copy=False)
    cancel_reason = fields.Char(string="Reason", readonly=True, copy=False)
    told_at = fields.Datetime(
        string="Customer told",
        readonly=True,
        copy=False,
        help="When the time was last mailed to the customer.",
    )
    # What came of it
    result = fields.Text(copy=False, help="What was done, and what is left to do.")
    photo_ids = fields.Many2many(
        "ir.attachment", "psa_service_call_photo_rel", "call_id", "attachment_id", string="Photos", copy=False
    )
    signature = fields.Image(copy=False, attachment=True, max_width=1024, max_height=1024)
    signed_by = fields.Char(copy=False, help="The name of the one who signed for the customer.")
    signed_at = fields.Datetime(string="Signed", readonly=True, copy=False)
    override_reason = fields.Char(
        string="Booked anyway because",
        copy=False,
        tracking=True,
        help="Why the time was given although something spoke against it.",
    )
    calendar_event_id = fields.Many2one(
        "calendar.event", string="Calendar entry", readonly=True, copy=False, ondelete="set null"
    )
    can_plan = fields.Boolean(compute="_compute_can_plan")
    is_mine = fields.Boolean(compute="_compute_can_plan", search="_search_is_mine")

    _number_once = models.UniqueIndex("(number) WHERE number <> '/'")
    _event_once = models.UniqueIndex("(calendar_event_id) WHERE calendar_event_id IS NOT NULL")
    _open_idx = models.Index(
        "(start_at, stop_at) WHERE state IN ('planned', 'confirmed', 'on_the_way', 'on_site')"
    )
    _ends_after_start = models.Constraint(
        "CHECK (stop_at > start_at)", "A service call must end after it begins."
    )
    _travel_not_negative = models.Constraint(
        "CHECK (travel_minutes IS NULL OR travel_minutes >= 0)", "The minutes of travel cannot be below zero."
    )

    @api.model
    def _psa_get_technician_domain(self):
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own", raise_if_not_found=False)
        return [("share", "=", False), ("all_group_ids", "in", group.ids if group else [])]

    @api.depends("ticket_ids.commercial_partner_id", "ticket_ids.partner_id", "ticket_ids.company_id")
    def _compute_customer(self):
        for call in self:
            # sudo: the customer of a ticket the user may read; who may read the call sees its customer
            tickets = call.ticket_ids.sudo()
            call.company_id = tickets[:1].company_id
            call.partner_id = tickets.commercial_partner_id[:1]
            call.contact_id = tickets.partner_id[:1]

    @api.depends("ticket_ids")
    def _compute_site_id(self):
        for call in self:
            tickets = call.ticket_ids.sudo()  # as above
            call.site_id = tickets.psa_site_id[:1] or tickets.commercial_partner_id[:1]

    @api.depends("technician_id", "other_technician_ids")
    def _compute_technician_ids(self):
        for call in self:
            call.technician_ids = call.technician_id | call.other_technician_ids

    @api.depends("start_at", "stop_at")
    def _compute_minutes(self):
        for call in self:
            length = call.stop_at - call.start_at if call.stop_at and call.start_at else timedelta(hours=1)
            call.minutes = length // timedelta(minutes=1)

    def _inverse_minutes(self):
        for call in self:
            if call.start_at:
                call.stop_at = call.start_at + timedelta(minutes=call.minutes)

    @api.depends("start_at")
    def _compute_stop_at(self):
        """Keep the length where a form gets another beginning; a new call takes an hour. See also `write`."""
        for call in self:
            before = call._origin
            length = before.stop_at - before.start_at if before.stop_at else timedelta(hours=1)
            call.stop_at = call.start_at and call.start_at + length

    @api.depends("technician_ids", "state")
    @api.depends_context("uid")
    def _compute_can_plan(self):
        for call in self:
            call.is_mine = self.env.user in call.technician_ids
            call.can_plan = call.state in call_stages.MOVABLE and call._psa_may_plan()

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("technician_ids", "in", self.env.user.ids)
        return Domain.OR(mine if wanted else ~mine for wanted in value)

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for call in self:
            # sudo: who may read the call sees the name of its customer
            call.display_name = " ".join(filter(None, (call.number, call.sudo().partner_id.name)))

    @api.constrains("ticket_ids")
    def _check_ticket_ids(self):
        for call in self:
            tickets = call.ticket_ids.sudo()  # as in _compute_customer
            if not tickets:
                raise ValidationError(self.env._("A service call needs a ticket."))
            if len(tickets.commercial_partner_id) > 1 or len(tickets.company_id) > 1:
                raise ValidationError(
                    self.env._(
                        "The tickets of a service call must be of one customer and one company. Book a call for each."
                    )
                )

    @api.constrains("site_id", "partner_id")
    def _check_site_id(self):
        for call in self.sudo():  # as above
            if call.site_id and call.partner_id and call.site_id.commercial_partner_id != call.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(site)s is no site of %(customer)s.",
                        site=call.site_id.display_name,
                        customer=call.partner_id.name,
                    )
                )

    @api.constrains("technician_id", "other_technician_ids", "company_id")
    def _check_technicians(self):
        for call in self.sudo():  # the users behind the names, whoever plans
            for user in call.technician_id | call.other_technician_ids:
                is_staff = user._is_internal() and user.has_group("helpdesk_mgmt.group_helpdesk_user_own")
                if not is_staff or call.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(name)s is no technician of %(company)s.",
                            name=user.name,
                            company=call.company_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        self._psa_check_booked({name for vals in vals_list for name in vals})
        self._psa_check_reach(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        reasons = [vals.pop("override_reason", None) for vals in vals_list]
        next_number = self.env["ir.sequence"].next_by_code
        for vals in vals_list:
            vals["number"] = next_number("psa.service.call") or "/"
            if vals.get("signature"):
                vals["signed_at"] = fields.Datetime.now()
        calls = super().create(vals_list)
        calls._psa_follow_plan({}, dict(zip(calls, reasons, strict=True)))
        return calls

    def write(self, vals):
        self._psa_check_booked(vals.keys())
        vals = dict(vals)
        if vals.get("signature"):
            vals["signed_at"] = fields.Datetime.now()
        if not PLAN_FIELDS & vals.keys():
            return super().write(vals)
        if vals.get("start_at") and not {"stop_at", "minutes"} & vals.keys():
            start = fields.Datetime.to_datetime(vals["start_at"])
            for length, calls in self.grouped(lambda call: call.stop_at - call.start_at).items():
                calls.write(vals | {"stop_at": start + length})
            return True
        self._psa_check_reach([vals])
        reason = vals.pop("override_reason", None)
        before = {call: call._psa_get_plan() for call in self.sudo()}
        result = super().write(vals)
        self._psa_follow_plan(before, dict.fromkeys(self, reason))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        raise AccessError(self.env._("A service call is kept: cancel it, with a reason."))

    def _psa_get_plan(self):
        """Return who works when and on what, to be compared."""
        self.ensure_one()
        return {
            "start_at": self.start_at,
            "stop_at": self.stop_at,
            "travel_minutes": self.travel_minutes,
            "technician_id": self.technician_id,
            "technicians": self.technician_id | self.other_technician_ids,
            "tickets": self.ticket_ids,
            "place": self.place,
            "site_id": self.site_id,
            "is_contact_invited": self.is_contact_invited,
        }
