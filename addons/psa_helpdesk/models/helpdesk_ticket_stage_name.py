from odoo import api, models

HOST = "helpdesk_mgmt.helpdesk_ticket_stage_"
# A second Cancelled, in a word that says no to customers
SPARE_STAGE = f"{HOST}rejected"


class HelpdeskTicketStage(models.Model):
    """The stages that came with the host, in the words of the suite while it is installed."""

    _inherit = "helpdesk.ticket.stage"

    @api.model
    def _psa_get_stage_names(self):
        """{external id: (name of the host, our name)}, ours in the language of the environment."""
        return {
            f"{HOST}in_progress": ("In Progress", self.env._("In progress")),
            f"{HOST}awaiting": ("Awaiting", self.env._("Waiting for customer")),
        }

    @api.model
    def _psa_name_host_stages(self):
        """Rename the host's stages and put its spare one away. Called once, when the addon is installed.

        A stage that somebody has renamed keeps its name, one that has tickets stays.
        """
        self._psa_rename_host_stages(back=False)
        spare = self.env.ref(SPARE_STAGE, raise_if_not_found=False)
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        if spare and not tickets.search_count([("stage_id", "=", spare.id)], limit=1):
            spare.active = False

    @api.model
    def _psa_give_host_stages_back(self):
        """Undo the above before the addon goes."""
        self._psa_rename_host_stages(back=True)
        spare = self.env.ref(SPARE_STAGE, raise_if_not_found=False)
        if spare:
            spare.active = True

    def _psa_rename_host_stages(self, back):
        english = self.with_context(lang="en_US")._psa_get_stage_names()
        for code, _language in self.env["res.lang"].get_installed():
            stages = self.with_context(lang=code)
            for xmlid, (theirs, ours) in stages._psa_get_stage_names().items():
                stage = stages.env.ref(xmlid, raise_if_not_found=False)
                if not stage:
                    continue
                if back and stage.name == ours:
                    stage.name = theirs
                elif not back and (stage.name == theirs if code == "en_US" else ours != english[xmlid][1]):
                    stage.name = ours
