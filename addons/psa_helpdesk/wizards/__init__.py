from . import (
    helpdesk_ticket_merge,
    psa_service_call_cancel,
    psa_service_call_plan,
    psa_severity_preset,
    psa_sla_call,
    psa_sla_excuse,
    psa_ticket_close,
    psa_ticket_convert,
    psa_ticket_escalate,
    psa_ticket_split,
    psa_ticket_timeline,
    psa_workflow_rehearsal,
)
