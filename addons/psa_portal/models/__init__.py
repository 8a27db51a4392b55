from . import (
    account_move,
    helpdesk_ticket,
    helpdesk_ticket_portal_rating,
    helpdesk_ticket_unsolved,
    psa_billing_item,
    psa_contract,
    psa_contract_block,
    psa_contract_charge,
    res_company,
    res_users,
)
