from . import ir_http, psa_account_class, psa_append_only_mixin, psa_asset, res_partner
