"""Which operating system user the embedded server runs as.

An ordinary user runs it as himself. PostgreSQL refuses to run as root, so that root runs it
through `setpriv` as a numeric user that nobody else has. Such a user cannot pass through folders
that only root may enter, which is where a workspace of root often lies; instead of opening those
folders, the server gets the one capability that lets it pass.
"""

import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import DatabaseError, ResourceError

# Between systemd's range for containers and its range for dynamic users: assigned to nothing.
_UNASSIGNED_UIDS = range(60800, 61184)
# (name, bit): reading alone is enough; containers often hold only the second.
_PASSING_CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))


@dataclass(frozen=True, slots=True)
class Account:
    """A numeric user and group, and the command prefix that runs a program as them."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def server_account(data: Path) -> Account:
    """Return the account that owns, or will own, the data folder.

    Raises:
        DatabaseError: The data folder belongs to another user.
        ResourceError: This is root, and a server cannot be run as anyone else here.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() == 0:
        uid = _unassigned_uid() if owner is None else owner
        if uid == 0:
            raise DatabaseError(f"{data} belongs to root", "move it away; it is made anew")
        return _other_user(uid, uid)
    if owner not in (None, os.geteuid()):
        raise DatabaseError(
            f"the database in {data} belongs to another user ({_name(owner) or owner})",
            "work in a workspace of your own: workbench init DIR",
        )
    return Account(os.geteuid(), os.getegid())


def initdb_account() -> Account:
    """Return the account that creates a data folder; `initdb` needs one that has a name."""
    if os.geteuid() != 0:
        _own_name()
        return Account(os.geteuid(), os.getegid())
    named = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not named:
        raise ResourceError(
            "this machine has no user but root, and PostgreSQL refuses to run as root",
            "add a user, or set WORKBENCH_DATABASE_URL to another server",
        )
    entry = next((entry for entry in named if entry.pw_name == "nobody"), named[0])
    return _other_user(entry.pw_uid, entry.pw_gid)


def allowed_names(account: Account) -> list[str]:
    """Return who may connect: who starts the server, who owns the data, and root."""
    return list(dict.fromkeys([_own_name(), _name(account.uid) or _own_name(), "root"]))


def folder_holder(account: Account) -> int:
    """Return the user in whose name the socket's folder is made: a person, not a bare number."""
    return account.uid if _name(account.uid) is not None else os.geteuid()


def _own_name() -> str:
    name = _name(os.geteuid())
    if name is None:
        raise ResourceError(
            f"the user {os.geteuid()} has no name in /etc/passwd, which PostgreSQL needs",
            "add an entry, or set WORKBENCH_DATABASE_URL to another server",
        )
    return name


def _name(uid: int | None) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name if uid is not None else None
    except KeyError:
        return None


def _unassigned_uid() -> int:
    for uid in _UNASSIGNED_UIDS:
        if _name(uid) is None:
            return uid
    raise ResourceError(
        f"users {_UNASSIGNED_UIDS.start} to {_UNASSIGNED_UIDS.stop - 1} are all assigned",
        "run as an ordinary user, or set WORKBENCH_DATABASE_URL to another server",
    )


def _other_user(uid: int, gid: int) -> Account:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ResourceError(
            "PostgreSQL refuses to run as root, and setpriv (util-linux) is missing",
            "install util-linux, run as an ordinary user, or set WORKBENCH_DATABASE_URL",
        )
    flags = (f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs")
    return Account(uid, gid, (setpriv, *flags, *_capability_flags()))


def _capability_flags() -> Iterator[str]:
    for name, bit in _PASSING_CAPABILITIES:
        if _held_capabilities() >> bit & 1:
            yield f"--inh-caps=-all,+{name}"
            yield f"--ambient-caps=-all,+{name}"
            yield f"--bounding-set=-all,+{name}"
            # access(2), by which PostgreSQL looks for its own programs, counts it only with this
            yield "--securebits=+no_setuid_fixup"
            return


def _held_capabilities() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return int(line.split()[1], 16)
    return 0
