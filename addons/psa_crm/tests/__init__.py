from . import (
    test_access,
    test_append_only,
    test_asset,
    test_band,
    test_dialogs,
    test_js,
    test_junk,
    test_outgoing,
    test_partner,
    test_role_matrix,
)
