from passlib.hash import pbkdf2_sha512

from odoo import fields

from .playing import play
from .playing.books import open_the_books

UNPLAYED = "psa_demo.unplayed"
# Everybody knows these passwords. Odoo strengthens the hash at the first login.
ROUNDS = 1000


def post_init_hook(env):
    """Make the standing world usable, then play the weeks before the visitor came.

    Where the parameter `psa_demo.unplayed` was set before installation, nothing is played: a test then plays on days
    of its own choice.
    """
    _load_translations(env)
    _give_passwords(env)
    open_the_books(env)
    if not env["ir.config_parameter"].get_param(UNPLAYED):
        play(env, fields.Datetime.now())


def _load_translations(env):
    """The language became active with our data; every module brings its own words for it."""
    env["ir.module.module"].search([("state", "=", "installed")])._update_translations(["de_DE"])


def _give_passwords(env):
    """Each password equals the login."""
    records = env["ir.model.data"].search([("module", "=", "psa_demo"), ("model", "=", "res.users")])
    for user in env["res.users"].browse(records.mapped("res_id")):
        user._set_encrypted_password(user.id, pbkdf2_sha512.using(rounds=ROUNDS).hash(user.login))
