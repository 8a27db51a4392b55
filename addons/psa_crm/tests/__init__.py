from . import test_append_only, test_js
