from . import psa_ticket_report_mixin, psa_work_order  # first: the reports below inherit them

# isort: split
from . import (
    psa_desk_report,
    psa_sla_report,
    psa_standing_report,
    psa_work_order_call,
    psa_work_order_ticket,
)
