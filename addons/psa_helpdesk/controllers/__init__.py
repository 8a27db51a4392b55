from . import oncall, portal, thread, upload
