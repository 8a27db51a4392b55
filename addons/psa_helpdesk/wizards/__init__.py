from . import (
    helpdesk_ticket_merge,
    psa_sla_call,
    psa_sla_excuse,
    psa_ticket_close,
    psa_ticket_convert,
    psa_ticket_split,
)
