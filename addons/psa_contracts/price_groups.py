"""Who sees prices, amounts and how they came about. One place, so that no field is forgotten when it changes."""

# On records that an approver sees within the scope only: items, decisions, rates
PRICE_GROUPS = "psa_contracts.psa_contracts_group_approver,account.group_account_invoice"
# On records that everybody with contracts sees: an approver reads what is computed for the contracts in scope
CONTRACT_PRICE_GROUPS = "psa_contracts.psa_contracts_group_biller,account.group_account_invoice"
