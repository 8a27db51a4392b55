from . import oncall, portal, upload
