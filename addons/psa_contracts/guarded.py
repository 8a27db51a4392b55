"""Fields that only code of ours sets. `readonly` holds in a view alone: not for an API call, not for a default in a context."""

from odoo.exceptions import AccessError


class _Ours:
    """Nobody can send an object: in a context it says that the call comes from code of ours."""


OURS = {"psa_guarded": _Ours()}


def is_ours(records):
    """Whether guarded fields may be set: by the superuser, or by code that passed `OURS` on as context."""
    return records.env.su or isinstance(records.env.context.get("psa_guarded"), _Ours)


def guard_create(records, vals_list, resting):
    """The values to create with, where `resting` holds what each guarded field is at first."""
    if is_ours(records):
        return vals_list
    for vals in vals_list:
        _refuse(records, [name for name, value in resting.items() if vals.get(name, value) != value])
    # Said outright, so that a default of the context or of the user does not come in instead.
    return [{**vals, **resting} for vals in vals_list]


def guard_write(records, vals, names):
    """Refuse to write guarded fields."""
    if not is_ours(records):
        _refuse(records, names & vals.keys())


def _refuse(records, names):
    if names:
        labels = ", ".join(sorted(records._fields[name]._description_string(records.env) for name in names))
        raise AccessError(records.env._("%(fields)s cannot be set by hand: use the buttons.", fields=labels))
