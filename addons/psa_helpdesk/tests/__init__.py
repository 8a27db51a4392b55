from . import (
    test_access,
    test_install,
    test_mail,
    test_partner,
    test_portal,
    test_role_matrix,
    test_ticket,
    test_ticket_touch,
)
