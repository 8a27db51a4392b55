from . import (
    test_access,
    test_approval,
    test_choice,
    test_company,
    test_cover,
    test_js,
    test_ledger,
    test_partner,
    test_queries,
    test_role_matrix,
    test_time_entry,
    test_timer,
)
