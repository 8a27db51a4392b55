"""Who sees prices, amounts and how they came about. One list, so that no field is forgotten when it changes."""

PRICE_GROUPS = "psa_contracts.psa_contracts_group_approver,account.group_account_invoice"
