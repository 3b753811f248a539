"""The files under deploy/: whole, hardened, and naming only what is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scheduler.config.loader import load_settings
from scheduler.config.roles import ProcessRole, check_roles
from scheduler.observability.metrics import Metrics
from tests.fixtures.parts import PROMTOOL, need

DEPLOY = Path(__file__).parents[2] / "deploy"
MOST_EXPOSED = 2.0


def documents(path: str) -> list[dict[str, Any]]:
    class Loader(yaml.SafeLoader):
        """Knows Compose's own tags."""

    Loader.add_constructor("!reset", lambda _loader, _node: [])
    text = (DEPLOY / path).read_text(encoding="utf-8")
    return list(yaml.load_all(text, Loader))


def metric_names() -> set[str]:
    """Return the names under which the metrics are scraped."""
    return {
        name + suffix
        for family in Metrics("1").registry.collect()
        for name in [family.name]
        for suffix in ("", "_total", "_bucket", "_sum", "_count")
    }


@pytest.mark.parametrize("unit", ["wirewatch.service", "wirewatch-deliver.service"])
def test_a_unit_exposes_little(unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(DEPLOY / "systemd" / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze can't look at files")
    level = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) < MOST_EXPOSED


def test_the_unit_says_when_it_is_ready_and_reloads() -> None:
    unit = (DEPLOY / "systemd/wirewatch.service").read_text()
    for line in ("Type=notify", "WatchdogSec=60", "ExecReload=/bin/kill -HUP $MAINPID"):
        assert line in unit.splitlines()
    assert "RestartPreventExitStatus=75" in unit


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    lines = (DEPLOY / "container/Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert all(":" in base and not base.endswith(":latest") for base in bases)
    copied = {line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line}
    assert copied <= {"pyproject.toml", "crawler", "scheduler", "storage"}


def test_containers_have_no_privileges() -> None:
    [compose] = documents("container/compose.yaml")
    service = compose["services"]["wirewatch"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ports"] == ["127.0.0.1:8710:8710"], "TLS comes before the network"
    [split] = documents("container/compose.split.yaml")
    assert split["services"]["deliver"]["command"] == ["deliver"]


def test_the_pod_is_restricted_probed_and_alone(tmp_path: Path) -> None:
    kinds = {each["kind"]: each for each in documents("kubernetes/wirewatch.yaml")}
    assert {"StatefulSet", "Service", "NetworkPolicy", "ConfigMap"} <= set(kinds)
    spec = kinds["StatefulSet"]["spec"]
    pod = spec["template"]["spec"]
    [container] = pod["containers"]
    assert spec["replicas"] == 1
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container)
    file = tmp_path / "wirewatch.toml"
    file.write_text(kinds["ConfigMap"]["data"]["wirewatch.toml"])
    assert load_settings(file, {}).settings.web.public_url is not None


def test_the_dashboard_shows_metrics_that_there_are() -> None:
    board = json.loads((DEPLOY / "grafana/wirewatch.json").read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    used = {name for query in queries for name in re.findall(r"wirewatch_\w+", query)}
    assert used - metric_names() == set()
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_alert_rules_ask_for_metrics_that_there_are() -> None:
    [rules] = documents("prometheus/alerts.yaml")
    found = [rule for group in rules["groups"] for rule in group["rules"]]
    used = {name for rule in found for name in re.findall(r"wirewatch_\w+", rule["expr"])}
    assert used - metric_names() == set()
    assert all({"summary", "remedy"} <= set(rule["annotations"]) for rule in found)


def test_rates_are_of_counters_and_never_of_gauges() -> None:
    board = json.loads((DEPLOY / "grafana/wirewatch.json").read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    [rules] = documents("prometheus/alerts.yaml")
    queries += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    counted = {
        name
        for query in queries
        for name in re.findall(r"\b(?:rate|irate|increase|resets)\((wirewatch_\w+)", query)
    }
    assert counted
    families = [family for family in Metrics("1").registry.collect() if family.type != "gauge"]
    suffixes = ("_total", "_bucket", "_sum", "_count")
    assert counted <= {family.name + suffix for family in families for suffix in suffixes}


@pytest.mark.parametrize(
    "command", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")]
)
def test_promtool_takes_the_rules(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [need(PROMTOOL), *command],
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_proxies_pass_on_no_claims_and_no_metrics() -> None:
    nginx = (DEPLOY / "nginx/wirewatch.conf").read_text()
    assert "X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_add_x_forwarded_for" not in nginx
    assert "proxy_buffering off;" in nginx
    for config in (nginx, (DEPLOY / "caddy/Caddyfile").read_text()):
        assert "/metrics" in config


def test_the_index_names_every_folder() -> None:
    index = (DEPLOY / "README.md").read_text()
    for each in DEPLOY.iterdir():
        if each.name != "README.md":
            assert f"({each.name})" in index, each.name


def test_the_scaled_form_has_a_process_for_each_role_and_real_settings() -> None:
    [compose] = documents("container/compose.scaled.yaml")
    services = compose["services"]
    roles = {
        each["command"][-1] for each in services.values() if "--role" in each.get("command", [])
    }
    assert roles == {role.value for role in ProcessRole}
    for name in roles:
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        environment = service["environment"].items()
        given = {key: re.sub(r"\$\{.*?\}", "x", value) for key, value in environment}
        loaded = load_settings(None, given)
        check_roles(frozenset({ProcessRole(name)}), loaded.settings)
        assert loaded.settings.web.health_port == 8711
    assert "noeviction" in services["redis"]["command"]
