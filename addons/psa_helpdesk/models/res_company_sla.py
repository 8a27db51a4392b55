import pytz

from odoo import Command, api, models

SHIPPED_POLICY = "psa_helpdesk.psa_sla_policy_standard"


class ResCompany(models.Model):
    """Each company has a default policy from its first day: without one its tickets would silently promise nothing."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._psa_make_default_policies()
        return companies

    def _psa_make_default_policies(self):
        """Give those of these companies that have no default policy a copy of the shipped one."""
        # sudo: whoever founds a company need not be a service manager, and does not work in it yet
        policies = self.env["psa.sla.policy"].sudo()
        shipped = self.env.ref(SHIPPED_POLICY, raise_if_not_found=False)
        if not shipped:
            return
        served = policies.search([("company_id", "in", self.ids), ("is_default", "=", True)]).company_id
        companies = self.sudo() - served
        if not companies:
            return
        taken = policies.with_context(active_test=False).search([("company_id", "in", companies.ids)])
        taken = {(policy.company_id, policy.name) for policy in taken}
        vals_list = []
        for company in companies:
            name = shipped.sudo().name
            if (company, name) in taken:
                name = self.env._("%(name)s (default)", name=name)
            vals_list.append(company._psa_prepare_policy(shipped.sudo(), name))
        made = policies.create(vals_list)
        for policy in made:
            policy.company_id._psa_name_as_shipped(policy, "psa_sla_policy_standard")

    def _psa_prepare_policy(self, policy, name):
        """Return the values of a copy of `policy` for this company; what belongs to another one stays there."""
        self.ensure_one()
        vals = policy.copy_data({"name": name, "company_id": self.id})[0]
        calendars = {
            calendar: calendar if not calendar.company_id else self._psa_copy_calendar(calendar)
            for calendar in policy.target_ids.calendar_id
        }
        targets = policy.target_ids.filtered(lambda target: self._psa_may_use(target.category_id))
        vals["is_default"] = True
        vals["target_ids"] = [
            Command.create(
                data | {"calendar_id": calendars[target.calendar_id].id if target.calendar_id else False}
            )
            for target, data in zip(targets, targets.copy_data(), strict=True)
        ]
        for _command, _id, step in vals["threshold_ids"]:
            user = self.env["res.users"].sudo().browse(step.get("user_id") or ())
            if user and self not in user.company_ids:
                step |= {"audience": "manager", "user_id": False}
        return vals

    def _psa_may_use(self, record):
        return record.company_id in (record.company_id.browse(), self)

    def _psa_copy_calendar(self, calendar):
        """Return the same hours for this company, in its own time zone; holidays are other ones there."""
        copied = calendar.copy({"name": calendar.name, "company_id": self.id, "tz": self._psa_find_zone()})
        self._psa_name_as_shipped(copied, f"psa_sla_calendar_{calendar.id}")
        return copied

    def _psa_find_zone(self):
        """Return the time zone of this company: of its working hours, unless that is none of its country."""
        own = [self.resource_calendar_id.tz, self.partner_id.tz]
        country = pytz.country_timezones.get(self.country_id.code or "", [])
        fitting = [zone for zone in own if zone and (not country or zone in country)]
        return next(iter([*fitting, *country, *filter(None, own)]), "UTC")

    def _psa_name_as_shipped(self, record, name):
        """Let `record` go with us when we are uninstalled, as what was shipped does."""
        self.ensure_one()
        self.env["ir.model.data"].sudo()._update_xmlids(
            [{"xml_id": f"psa_helpdesk.{name}_company_{self.id}", "record": record, "noupdate": True}]
        )
