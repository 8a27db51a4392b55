from . import (
    helpdesk_ticket,
    helpdesk_ticket_category,
    psa_service_call,
)
