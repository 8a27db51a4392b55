from . import (
    account_move,
    helpdesk_ticket,
    psa_billing_item,
    psa_contract,
    psa_contract_block,
    psa_contract_charge,
    res_users,
)
