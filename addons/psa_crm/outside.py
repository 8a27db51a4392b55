"""Where a request is read: what the pure readers refuse is told in words."""

from odoo.exceptions import UserError

from .logic.outside import OutsideProblem, read_id


def read(env, reader, *values):
    """Return what `reader` makes of `values` from outside.

    :raises UserError: where they are not what our screens send
    """
    try:
        return reader(*values)
    except OutsideProblem:
        raise UserError(env._("This request cannot be read. Reload the page.")) from None


def find_id(env, name):
    """Return the id that the context says under `name`, False where there is none or something else.

    Actions of ours put ids there, and so may anybody who calls; the record behind one still has to be asked for a right.
    """
    try:
        return read_id(env.context.get(name))
    except OutsideProblem:
        return False
