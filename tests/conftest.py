"""For all rings outside the addons: where the tools and the process harness are found."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))  # after everything installed: our folder names must shadow nothing
