import werkzeug.routing

from odoo import http


def post_load():
    """Keep the door where it is when there is no database to serve it.

    Without one Odoo answers by the routes of its server-wide modules only, so the door would be a 404: final for
    Alertmanager, which retries a 503 instead. (Where the database may be missing from the very start of the
    server, load this addon server-wide: `--load=base,rpc,web,psa_alerts`.)
    """
    routes = http.root.nodb_routing_map
    if any(rule.rule.startswith("/psa/alerts/") for rule in routes.iter_rules()):
        return
    for url, endpoint in http._generate_routing_rules(["psa_alerts"], nodb_only=True):
        rule = werkzeug.routing.Rule(url, endpoint=endpoint, methods=endpoint.routing["methods"])
        rule.merge_slashes = False
        routes.add(rule)
