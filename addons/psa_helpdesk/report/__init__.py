from . import psa_ticket_report_mixin  # first: the reports below inherit it

# isort: split
from . import psa_desk_report, psa_sla_report
