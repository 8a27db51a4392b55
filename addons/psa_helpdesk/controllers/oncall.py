from odoo.http import Controller, request, route


class PsaOncallController(Controller):
    """The link in a page: whoever was called, and is signed in, acknowledges by a button."""

    @route("/psa/page/<int:page_id>/<token>", type="http", auth="user", methods=["GET"])
    def psa_page(self, page_id, token):
        """Show what it is about. Mail programs open links by themselves, so looking changes nothing."""
        page = self._psa_find(page_id, token)
        return request.render(
            "psa_helpdesk.psa_oncall_page", {"page": page, "ticket": page.ticket_id, "token": token}
        )

    @route("/psa/page/<int:page_id>/<token>/acknowledge", type="http", auth="user", methods=["POST"])
    def psa_acknowledge(self, page_id, token):
        page = self._psa_find(page_id, token)
        page.with_user(request.env.user).sudo()._acknowledge(
            request.env.user, request.env.cr.now().replace(microsecond=0)
        )
        return request.redirect(f"/psa/page/{page_id}/{token}")

    def _psa_find(self, page_id, token):
        # sudo: the token proves that exactly this user was called for this page, whose ticket may be out of sight
        page = request.env["psa.oncall.page"].sudo().browse(page_id).exists()
        if not page or not page._is_token_of(token, request.env.user):
            raise request.not_found()
        return page
