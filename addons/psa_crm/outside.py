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


def find_ids(env, name):
    """Return the ids of the context under `name`; nothing where there is something else. As `find_id`."""
    found = env.context.get(name)
    try:
        return [read_id(one) for one in found] if isinstance(found, list | tuple) else []
    except OutsideProblem:
        return []
