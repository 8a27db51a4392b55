from . import psa_work_order, psa_work_order_part
