import pytest

from workbench.config import load_settings, setting_names
from workbench.errors import ConfigError
from workbench.locations import WORKSPACE_FILE, find_workspace, private_folder


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    for name in ("WORKBENCH_MODEL", "WORKBENCH_RETRIEVAL__TOP_K", "WORKBENCH_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "workbench.toml").write_text('model = "file"\n[retrieval]\ntop_k = 7\n')
    return tmp_path


def test_later_sources_win(workspace, monkeypatch):
    assert load_settings(workspace).model == "file"
    monkeypatch.setenv("WORKBENCH_MODEL", "environment")
    monkeypatch.setenv("WORKBENCH_RETRIEVAL__TOP_K", "3")
    settings = load_settings(workspace)
    assert (settings.model, settings.retrieval.top_k) == ("environment", 3)
    assert load_settings(workspace, model="typed").model == "typed"
    assert load_settings(workspace, model=None).model == "environment"


def test_an_unknown_key_names_the_nearest(workspace):
    (workspace / "workbench.toml").write_text('modell = "x"')
    with pytest.raises(ConfigError) as caught:
        load_settings(workspace)
    assert "'model'" in caught.value.hint


def test_a_wrong_value_names_the_key(workspace):
    (workspace / "workbench.toml").write_text("[retrieval]\ntop_k = 0")
    with pytest.raises(ConfigError, match=r"retrieval\.top_k"):
        load_settings(workspace)


def test_broken_toml_is_one_clear_error(workspace):
    (workspace / "workbench.toml").write_text("= 3")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_settings(workspace)


def test_secrets_do_not_show(workspace):
    settings = load_settings(workspace, database_url="postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(settings)


def test_the_workspace_is_found_from_below(workspace, monkeypatch):
    below = workspace / "a" / "b"
    below.mkdir(parents=True)
    assert find_workspace(below) == workspace.resolve()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(below))
    with pytest.raises(ConfigError):
        find_workspace()
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(workspace))
    assert find_workspace(below) == workspace.resolve()


def test_outside_a_workspace_the_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_WORKSPACE", raising=False)
    with pytest.raises(ConfigError) as caught:
        find_workspace(tmp_path)
    assert "workbench init" in caught.value.hint


def test_private_folders_are_private(tmp_path):
    assert private_folder(tmp_path / "x" / "y").stat().st_mode & 0o777 == 0o700


def test_names_of_nested_settings_are_dotted():
    assert {"model", "retrieval.top_k", "answer.max_tokens"} <= set(setting_names())


@pytest.mark.parametrize("address", ["http://user:word@host/v1", "http://host/v1?key=sk-1"])
def test_an_address_holds_no_secret(workspace, address):
    text = f'[endpoints.paid]\nbase_url = "{address}"\nmodel = "m"\n'
    (workspace / WORKSPACE_FILE).write_text(text)
    with pytest.raises(ConfigError, match="name a variable in api_key_env") as refused:
        load_settings(workspace)
    assert "sk-1" not in refused.value.one_line() and "word@" not in refused.value.one_line()
