"""Where settings come from, which place wins, and what an operator is told when one is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.config.loader import LoadedSettings, Setting, find_file, load_settings
from storage.errors import ConfigError


def load(
    tmp_path: Path, text: str = "", environ: Mapping[str, str] | None = None
) -> LoadedSettings:
    file = tmp_path / "wirewatch.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ or {})


def shown(loaded: LoadedSettings, key: str) -> Setting:
    return next(setting for setting in loaded.listing() if setting.key == key)


def test_without_file_and_environment_all_is_default() -> None:
    loaded = load_settings(None, {})
    assert loaded.settings.web.port == 8710
    assert {setting.origin for setting in loaded.listing()} == {"default"}


def test_the_environment_wins_over_a_secret_file_and_that_over_toml(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from file\n")
    toml = '[email]\nusername = "from toml"\n'
    by_file = {"WIREWATCH_EMAIL__USERNAME_FILE": str(secret)}
    directly = by_file | {"WIREWATCH_EMAIL__USERNAME": "from environment"}
    names = [load(tmp_path, toml, e).settings.email.username for e in ({}, by_file, directly)]
    assert names == ["from toml", "from file", "from environment"]


def test_each_value_says_where_it_comes_from(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    loaded = load(
        tmp_path,
        '# ours\n[web]\nport = 9000\n\n[email]\nhost = "smtp.example.org"\n',
        {"WIREWATCH_LOG__LEVEL": "debug", "WIREWATCH_EMAIL__PASSWORD_FILE": str(secret)},
    )
    file = tmp_path / "wirewatch.toml"
    assert shown(loaded, "web.port").origin == f"{file}, line 3"
    assert shown(loaded, "email.host").origin == f"{file}, line 6"
    assert shown(loaded, "log.level").origin == "$WIREWATCH_LOG__LEVEL"
    assert shown(loaded, "email.password").origin == "$WIREWATCH_EMAIL__PASSWORD_FILE"
    assert shown(loaded, "web.host").origin == "default"


def test_secrets_are_masked_wherever_they_come_from(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        '[email]\npassword = "hunter2"\n[fetch]\nproxy = "http://ann:hunter2@proxy.example:3128"\n',
        {"WIREWATCH_SENTRY__DSN": "https://hunter2@sentry.example/1"},
    )
    said = "\n".join(setting.value for setting in loaded.listing())
    assert "hunter2" not in said
    assert "proxy.example:3128" in said
    assert "hunter2" not in repr(loaded.settings.email)


def test_the_newline_at_the_end_of_a_secret_file_is_no_part_of_the_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b" pass word \r\n")
    loaded = load(tmp_path, "", {"WIREWATCH_EMAIL__PASSWORD_FILE": str(secret)})
    assert loaded.settings.email.password is not None
    assert loaded.settings.email.password.get_secret_value() == " pass word "


def test_a_setting_whose_own_name_ends_in_file_is_read_as_it_is(tmp_path: Path) -> None:
    loaded = load(tmp_path, "", {"WIREWATCH_FETCH__CA_FILE": "/etc/ssl/ours.pem"})
    assert loaded.settings.fetch.ca_file == Path("/etc/ssl/ours.pem")


@pytest.mark.parametrize("value", ["80, 8080", "[80, 8080]"])
def test_a_list_in_the_environment_is_json_or_words_between_commas(
    tmp_path: Path, value: str
) -> None:
    loaded = load(tmp_path, "", {"WIREWATCH_FETCH__ALLOW_PORTS": value})
    assert loaded.settings.fetch.allow_ports == (80, 8080)


def test_variables_that_others_set_are_left_alone(tmp_path: Path) -> None:
    # Kubernetes sets such ones for a service named wirewatch.
    load(tmp_path, "", {"WIREWATCH_PORT": "tcp://10.0.0.1:80", "HOME": "/root"})


@dataclass(frozen=True)
class Wrong:
    """A mistake in the file, and what the error must say."""

    toml: str
    says: tuple[str, ...]


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("[web]\nprot = 1\n", ("line 2", "web.prot", "no such key", "did you mean 'port'?")),
        Wrong("[emial]\nhost = 'x'\n", ("line 1", "emial", "no such section", "'email'")),
        Wrong("[web]\n\nport = 'many'\n", ("line 3", "web.port", "integer", "'many'")),
        Wrong("[web]\nport = 70000\n", ("line 2", "web.port", "65535", "70000")),
        Wrong("web.port = 'x'\n", ("line 1", "web.port")),
        Wrong("web = 3\n", ("line 1", "web", "[web]")),
        Wrong("[log]\nlevel = 'loud'\n", ("line 2", "'debug'", "'warning'", "'loud'")),
        Wrong("[fetch]\nallow_ports = [80, 'x']\n", ("line 2", "fetch.allow_ports", "'x'")),
        Wrong("[fetch]\nallow_networks = ['10.0.0.0/99']\n", ("line 2", "10.0.0.0/99")),
        Wrong("[web]\nport = \n", ("line 2, column 8", "toml.io")),
        Wrong("[web\n", ("line 1, column 5",)),
    ],
    ids=lambda wrong: wrong.toml.strip(),
)
def test_a_mistake_in_the_file_is_named_with_its_place_and_remedy(
    tmp_path: Path, wrong: Wrong
) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, wrong.toml)
    said = str(raised.value)
    assert said.startswith(str(tmp_path / "wirewatch.toml"))
    assert [part for part in wrong.says if part not in said] == [], said


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, "[web]\nport = 'x'\n[log]\nlevel = 'y'\n")
    assert len(str(raised.value).splitlines()) == 2


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^\$WIREWATCH_WEB__PORT: web.port: .*'x'"):
        load(tmp_path, "", {"WIREWATCH_WEB__PORT": "x"})
    with pytest.raises(ConfigError, match=r"^\$WIREWATCH_WEB__PROT: .*did you mean 'port'"):
        load(tmp_path, "", {"WIREWATCH_WEB__PROT": "1"})


def test_a_wrong_section_is_named_also_when_the_environment_sets_one_of_its_keys(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match=r"line 1: web: is a section"):
        load(tmp_path, "web = 3\n", {"WIREWATCH_WEB__PORT": "80"})


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, "[email]\npassword = ['hunter2']\n")
    assert "email.password" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, "", {"WIREWATCH_EMAIL__PASSWORD_FILE": str(missing)})
    assert "$WIREWATCH_EMAIL__PASSWORD_FILE" in str(raised.value)
    assert str(missing) in str(raised.value)


def test_a_file_that_is_no_text_is_an_error_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"wirewatch\.toml"):
        load_settings(file, {})


def test_a_section_that_only_variables_name_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.toml"
    file.write_text("[web]\nport = 8711\n")
    with pytest.raises(ConfigError) as wrong:
        load_settings(file, {"WIREWATCH_EMIAL__HOST": "x", "WIREWATCH_EMIAL__PORT": "25"})
    says = str(wrong.value)
    assert says.startswith("$WIREWATCH_EMIAL__HOST and $WIREWATCH_EMIAL__PORT: emial: ")
    assert "no such section; did you mean 'email'?" in says
    assert "wirewatch.toml" not in says
    file.write_text("[emial]\nhost = 'x'\n")
    with pytest.raises(ConfigError, match="line 1: emial"):
        load_settings(file, {"WIREWATCH_EMIAL__PORT": "25"})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        find_file(tmp_path / "none.toml")


def test_the_file_in_the_working_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_file(None) is None
    (tmp_path / "wirewatch.toml").touch()
    assert find_file(None) == Path("wirewatch.toml")


def test_the_data_directory_is_the_one_set_or_the_platforms_own(tmp_path: Path) -> None:
    assert load(tmp_path, "[storage]\ndata = '/srv/wirewatch'\n").data() == Path("/srv/wirewatch")
    assert load(tmp_path).data().name == "wirewatch"
