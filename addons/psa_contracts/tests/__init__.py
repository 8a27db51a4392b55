from . import (
    test_billing_invoice,
    test_billing_item,
    test_billing_review,
    test_billing_run,
    test_billing_undo,
    test_contract,
    test_contract_cover,
    test_js,
    test_month_oracle,
    test_partner,
    test_rights,
)
