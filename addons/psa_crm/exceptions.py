"""Refusals of this addon that a caller may want to tell apart."""

from odoo.exceptions import UserError


class AppendOnlyError(UserError):
    """Somebody tried to change or delete a record that is kept as it was written."""
