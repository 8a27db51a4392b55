from . import (
    test_access,
    test_append_only,
    test_asset,
    test_band,
    test_js,
    test_outgoing,
    test_partner,
    test_reason,
    test_role_matrix,
)
