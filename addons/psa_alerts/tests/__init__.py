from . import (
    test_access,
    test_alert_buttons,
    test_correlation,
    test_door,
    test_event,
    test_hostile,
    test_http,
    test_partner,
    test_placement,
    test_queries,
    test_source,
    test_ticket,
)
