"""The mitmproxy entry: `mitmdump -s addons/shadow.py`."""

import sys
from pathlib import Path

# mitmproxy puts this script's folder first on sys.path while it loads it, where `import shadow` would find this very
# file. The package is the installed one, or else the one of this checkout.
_here = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _here]
sys.path.append(str(_here.parent))

from shadow.proxy.addon import ShadowAddon  # noqa: E402

addons = [ShadowAddon()]
