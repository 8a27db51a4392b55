from . import account_move_reversal, psa_billing_review, psa_contract_hold
