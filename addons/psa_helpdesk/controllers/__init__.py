from . import portal, upload
