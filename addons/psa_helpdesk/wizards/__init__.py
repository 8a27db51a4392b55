from . import helpdesk_ticket_merge
from . import psa_sla_excuse
