from . import (
    ir_http,
    psa_account_class,
    psa_append_only_mixin,
    psa_asset,
    psa_band,
    psa_dialog_mixin,
    psa_live,
    psa_live_mixin,
    psa_reason,
    res_partner,
)
