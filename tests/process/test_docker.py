"""The container files, as far as they can be judged without a container engine."""

import configparser
import json
import re
import subprocess

import pytest
import yaml

from tools import addons
from tools.odoo_source import SERIES
from tools.places import ADDONS, PYTHON, ROOT, VENV
from tools.server import SERVER_WIDE

DOCKER = ROOT / "docker"
# What Odoo made of the file: unknown keys are logged as warnings, and every key must have become an option.
PARSE = """
import json, logging, sys
heard = []
class Listener(logging.Handler):
    def emit(self, record):
        heard.append(record.getMessage())
logging.getLogger().addHandler(Listener(logging.WARNING))
from odoo.tools import config
config.parse_config(["--config", sys.argv[1]], setup_logging=False)
print(json.dumps({"heard": heard, "options": {key: str(config[key]) for key in sys.argv[2:]}}))
"""


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DOCKER / "compose.yml").read_text())


@pytest.fixture(scope="module")
def settings():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(DOCKER / "odoo.conf")
    return dict(parser["options"])


def test_odoo_knows_every_setting(settings):
    done = subprocess.run(
        [PYTHON, "-c", PARSE, DOCKER / "odoo.conf", *settings],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    result = json.loads(done.stdout.splitlines()[-1])
    ours = [line for line in result["heard"] if "addons" not in line]  # the container's folders are not here
    assert ours == []
    for key in (
        "workers",
        "max_cron_threads",
        "http_port",
        "gevent_port",
        "dbfilter",
        "limit_time_real_cron",
    ):
        assert result["options"][key] == settings[key]
    assert result["options"]["proxy_mode"] == "True"
    assert result["options"]["list_db"] == "False"


def test_every_file_the_compose_file_names_is_there(compose):
    for name, service in compose["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DOCKER / source).is_file(), f"{name}: {source}"
        for secret in service.get("secrets", ()):
            assert secret in compose["secrets"]
    build = compose["services"]["odoo"]["build"]
    assert (DOCKER / build["context"] / build["dockerfile"]).is_file()


def test_secrets_stay_out_of_git(compose):
    for secret in compose["secrets"].values():
        file = (DOCKER / secret["file"]).relative_to(ROOT)
        assert subprocess.run(["git", "check-ignore", "-q", file], cwd=ROOT, check=False).returncode == 0
        assert file.name in (DOCKER / "secrets" / "README.md").read_text()


def test_every_service_starts_again_and_says_how_it_is(compose):
    dockerfile = (DOCKER / "Dockerfile").read_text()
    for name, service in compose["services"].items():
        assert service["restart"] == "unless-stopped"
        assert "healthcheck" in service or ("build" in service and "HEALTHCHECK" in dockerfile), name


def test_what_the_image_copies_is_there_and_not_ignored():
    dockerfile = (DOCKER / "Dockerfile").read_text()
    assert f"FROM odoo:{SERIES}" in dockerfile
    kept = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    for source in re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}" in kept


def test_the_proxy_sends_to_the_ports_odoo_listens_on(settings):
    proxy = (DOCKER / "nginx.conf").read_text()
    upstreams = dict(re.findall(r"upstream (\w+) \{\s+server odoo:(\d+);", proxy))
    assert upstreams == {"odoo": settings["http_port"], "websocket": settings["gevent_port"]}
    assert proxy.count("{") == proxy.count("}")


def test_the_secrets_of_the_alert_door_are_in_no_log_of_the_proxy():
    proxy = (DOCKER / "nginx.conf").read_text()
    masked = re.search(r"map \$request_uri \$logged_uri \{\s+~\*(\S+) /psa/alerts/v1/\*\*\*;", proxy)
    for path in ("/psa/alerts/v1/secret", "//psa//alerts/v1/secret", "/PSA%2Falerts/v1/secret"):
        assert re.search(masked[1], path, re.IGNORECASE), path
    assert not re.search(masked[1], "/my/tickets", re.IGNORECASE)
    (log_format,) = re.findall(r"log_format psa ([^;]+);", proxy)
    assert "$logged_uri" in log_format
    assert not re.search(r"\$(request|request_uri|uri|args)\b", log_format)
    assert re.findall(r"access_log (\S+) (\w+);", proxy) == [("/var/log/nginx/access.log", "psa")]
    door = re.search(r"location /psa/alerts/ \{([^}]+)\}", proxy)[1]
    assert "error_log /var/log/nginx/error.log crit;" in door
    assert "proxy_pass http://odoo;" in door


def test_the_alert_door_answers_where_no_database_does(settings):
    assert settings["server_wide_modules"] == SERVER_WIDE
    assert "psa_alerts" in SERVER_WIDE.split(",")


def test_there_are_connections_enough(compose, settings):
    command = compose["services"]["db"]["command"]
    allowed = next(int(part.split("=")[1]) for part in command if part.startswith("max_connections="))
    # a worker and a scheduled action use two or three; only the web socket process uses its share in full
    processes = int(settings["workers"]) + int(settings["max_cron_threads"])
    assert processes * 3 + int(settings["db_maxconn"]) < allowed


def dependencies(module):
    """All modules of ours and the OCA's that a module needs, itself among them."""
    places = [ADDONS, *VENV.glob("lib/python3*/site-packages/odoo/addons")]
    found = [place / module for place in places if (place / module / "__manifest__.py").is_file()]
    below = addons.manifest(found[0]).get("depends", []) if found else []
    return {module}.union(*map(dependencies, below))


def test_the_recipe_for_a_new_version_upgrades_ours_and_the_ocas():
    (named,) = re.findall(r"odoo odoo -u (\S+)", (DOCKER / "README.md").read_text())
    required = re.findall(
        r"^odoo-addon-([\w-]+)==", (ROOT / "requirements-oca.txt").read_text(), re.MULTILINE
    )
    assert required
    for module in {*addons.ours(), *(name.replace("-", "_") for name in required)}:
        assert dependencies(module) & set(named.split(",")), f"{module} is left as it was"


def test_the_container_may_read_the_secret():
    """Compose mounts it with the file's own mode, and Odoo's user in the container is not its owner."""
    recipes = [DOCKER / "README.md", DOCKER / "secrets" / "README.md"]
    for recipe in recipes:
        modes = re.findall(r"chmod (\d+) \S*db_password", recipe.read_text())
        assert modes == ["644"], recipe
        assert "chmod 700" in recipe.read_text(), recipe
