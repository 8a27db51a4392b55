from . import ir_http, psa_append_only_mixin
