import threading

import werkzeug.exceptions
from werkzeug.exceptions import RequestEntityTooLarge

from odoo import models
from odoo.http import request

from ..controllers.door import DOOR, make_answer, mask


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("psa_raw_body"):
            thread = threading.current_thread()
            thread.url = mask(thread.url)  # what a dump of the threads would show
            try:
                # Before the dispatcher looks for form fields, which would eat the body of a form.
                request.httprequest.get_data()
            except RequestEntityTooLarge:
                werkzeug.exceptions.abort(make_answer(413, "the message is too large to be read"))
        return result

    @classmethod
    def _handle_error(cls, exception):
        """Whatever goes wrong on our side of the door is a 503: senders retry it, a 4xx would be final."""
        response = super()._handle_error(exception)
        if not request.httprequest.path.startswith(DOOR) or isinstance(
            exception, werkzeug.exceptions.HTTPException
        ):
            return response
        return make_answer(503, "try again later", retry_after=30)
