"""As whom the embedded server runs, and where its socket lies."""

import os
import pwd
from pathlib import Path

import pytest
from fixtures.postgres import settings_of

from workbench.errors import DatabaseError, ResourceError
from workbench.services.postgres import account as module
from workbench.services.postgres.account import Account, allowed_names, initdb_account
from workbench.services.postgres.account import server_account as account_of
from workbench.services.postgres.binaries import install_folder
from workbench.services.postgres.folders import make_socket_folder, server_lock

READ_SEARCH, OVERRIDE = 1 << 2, 1 << 1


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/setpriv")
    return monkeypatch


@pytest.fixture
def as_alice(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    alice = pwd.struct_passwd(("alice", "x", 1234, 1234, "", "/", ""))

    def look_up(uid: int) -> pwd.struct_passwd:
        if uid == 1234:
            return alice
        raise KeyError(uid)

    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 1234)
    monkeypatch.setattr(pwd, "getpwuid", look_up)
    return monkeypatch


def test_an_ordinary_user_runs_it_as_himself(as_alice: object, tmp_path: Path) -> None:
    account = account_of(tmp_path / "none")
    assert account == Account(1234, 1234)
    assert initdb_account() == account
    assert allowed_names(account) == ["alice", "root"]


def test_the_data_of_another_user_are_refused(as_alice: object, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="belongs to another user"):
        account_of(tmp_path)


def test_a_user_without_a_name_is_told(
    as_alice: pytest.MonkeyPatch,
) -> None:
    as_alice.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(ResourceError, match="the user 4321 has no name"):
        initdb_account()


@pytest.mark.parametrize(
    ("held", "name"),
    [(READ_SEARCH | OVERRIDE, "dac_read_search"), (OVERRIDE, "dac_override"), (0, None)],
)
def test_root_runs_it_as_an_unassigned_user_with_one_capability(
    as_root: pytest.MonkeyPatch, tmp_path: Path, held: int, name: str | None
) -> None:
    as_root.setattr(module, "_held_capabilities", lambda: held)
    taken = {60800, 60801}

    def look_up(uid: int) -> object:
        if uid in taken:
            return pwd.struct_passwd(("x", "x", uid, uid, "", "/", ""))
        raise KeyError(uid)

    as_root.setattr(pwd, "getpwuid", look_up)
    account = account_of(tmp_path / "none")
    assert (account.uid, account.gid) == (60802, 60802)
    assert account.prefix[:3] == ("/usr/bin/setpriv", "--reuid=60802", "--regid=60802")
    assert "--clear-groups" in account.prefix
    ambient = [flag for flag in account.prefix if flag.startswith("--ambient-caps")]
    assert ambient == ([f"--ambient-caps=-all,+{name}"] if name else [])


def test_without_setpriv_root_is_told(as_root: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_root.setattr("shutil.which", lambda _: None)
    with pytest.raises(ResourceError, match=r"setpriv \(util-linux\) is missing") as caught:
        account_of(tmp_path / "none")
    assert "install util-linux" in caught.value.hint


def test_a_machine_with_root_alone_is_told(as_root: pytest.MonkeyPatch) -> None:
    as_root.setattr(pwd, "getpwall", lambda: [pwd.getpwuid(0)])
    with pytest.raises(ResourceError, match="no user but root"):
        initdb_account()


def test_without_the_package_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ResourceError, match="is not installed"):
        install_folder()


def own() -> Account:
    return Account(os.geteuid(), os.getegid())


def test_the_socket_lies_in_the_runtime_folder_while_its_path_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path / "workspace")
    short = Path("/tmp") / f"r{os.getpid()}"
    short.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    folder = make_socket_folder(settings, own())
    assert folder.parent.parent == short
    assert make_socket_folder(settings, own()) == folder
    folder.rmdir()
    folder.parent.rmdir()
    short.rmdir()
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    fallback = make_socket_folder(settings, own())
    assert fallback.parent.parent == Path("/tmp")
    assert len(str(fallback / ".s.PGSQL.5432")) <= 107
    fallback.rmdir()


def test_a_socket_folder_that_another_user_made_first_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path / "workspace")
    squatted = Path("/tmp") / f"s{os.getpid()}"
    squatted.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(squatted))
    (squatted / f"workbench-{os.geteuid()}").symlink_to(tmp_path)
    try:
        with pytest.raises(ResourceError, match="belongs to another user"):
            make_socket_folder(settings, own())
    finally:
        (squatted / f"workbench-{os.geteuid()}").unlink()
        squatted.rmdir()


def test_a_state_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "workspace")
    (settings.workspace / ".workbench").write_text("a file")
    with pytest.raises(ResourceError, match="cannot write in"), server_lock(settings):
        pass
