"""The legacy side as a process: the old application behind Kong, under the prefix `/kong`.

python -m shadow.demo.legacy --port 8001
"""

from __future__ import annotations

from shadow.demo import legacy_api
from shadow.demo.kong import kong
from shadow.demo.noise import noisy
from shadow.demo.routes import ROUTES
from shadow.demo.server import options, serve

if __name__ == "__main__":
    asked = options(__doc__).parse_args()
    public = {planted.route for planted in ROUTES if planted.public}
    application = noisy(legacy_api.answer) if asked.noise else legacy_api.answer
    serve(kong(application, legacy_api.ROUTES, public), asked.port, with_parent=asked.with_parent)
