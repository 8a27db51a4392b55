from . import psa_time_send_back
