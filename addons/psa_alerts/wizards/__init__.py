from . import psa_alert_address, psa_alert_place
