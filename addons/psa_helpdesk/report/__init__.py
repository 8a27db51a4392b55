from . import psa_desk_report, psa_sla_report
