from odoo.exceptions import UserError


class BookingConflict(UserError):
    """A service call is given a time that something speaks against, and nobody said why it shall be so anyway.

    `reasons` are sentences for the screen, `is_hard` says that a technician would be in two places at once.
    """

    def __init__(self, message, reasons=(), is_hard=False):
        super().__init__(message)
        self.reasons = list(reasons)
        self.is_hard = is_hard
