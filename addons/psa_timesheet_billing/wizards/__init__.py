from . import psa_ticket_close, psa_time_send_back
