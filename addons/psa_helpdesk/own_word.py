"""What only our own code may say in a context: that a machine acts (`psa_automation`), or that nobody is mailed.

A context also comes from clients, who would have their answers ignored or a customer's mail left out. Only an
`OwnWord` counts, which no message over the wire can carry, or what the system says when it acts in its own name.
"""

from odoo import SUPERUSER_ID


class OwnWord:
    """Truth as our own code says it."""

    __slots__ = ()


OWN_WORD = OwnWord()


def is_said(env, key):
    """Say whether our own code set `key` in the context of `env`."""
    said = env.context.get(key)
    return isinstance(said, OwnWord) or (bool(said) and env.uid == SUPERUSER_ID)


def is_in_host_rule(env):
    """Say whether an automation rule of the host acts: it keeps records as keys, a client can only send texts."""
    done = env.context.get("__action_done") or {}
    return any(not isinstance(key, str) for key in done)
