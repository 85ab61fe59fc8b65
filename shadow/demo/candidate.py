"""The candidate side as a process: the Lambdas behind API Gateway.

python -m shadow.demo.candidate --port 8002 --legacy http://127.0.0.1:8001/kong
"""

from __future__ import annotations

from shadow.demo import lambdas, lambdas_fixed
from shadow.demo.api_gateway import api_gateway
from shadow.demo.noise import noisy_handlers
from shadow.demo.routes import ROUTES
from shadow.demo.server import options, serve

if __name__ == "__main__":
    parser = options(__doc__)
    parser.add_argument(
        "--corrected", nargs="*", default=[], metavar="ROUTE", help="run these routes' corrected Lambdas"
    )
    parser.add_argument("--legacy", default="", help="base URL that answers the routes which have no Lambda yet")
    asked = parser.parse_args()
    public = {planted.route for planted in ROUTES if planted.public}
    corrected = {route: lambdas_fixed.HANDLERS[route] for route in asked.corrected if route in lambdas_fixed.HANDLERS}
    handlers = lambdas.HANDLERS | corrected
    passed_on = {route: asked.legacy for route in ["GET /shop/offers"] if asked.legacy and route not in corrected}
    if asked.noise:
        handlers = noisy_handlers(handlers)
    serve(api_gateway(handlers, public, passed_on), asked.port, with_parent=asked.with_parent)
