from . import (
    account_move,
    account_move_line,
    psa_billing_item,
    psa_billing_run,
    psa_contract,
    psa_contract_block,
    psa_contract_charge,
    psa_rate,
    psa_work_type,
    res_company,
)
