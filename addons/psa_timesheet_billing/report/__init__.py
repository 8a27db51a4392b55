from . import psa_work_order
