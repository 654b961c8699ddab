"""Documents that a corpus holds in several languages.

`pets.vi.md` is the Vietnamese version of `pets.md` beside it, whatever language that is in, and of
`pets.pdf` where there is no `pets.md`. A question is answered from the versions in its own
language, and both count as one document.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.engine.language import NAMES


@dataclass(frozen=True, slots=True)
class Version:
    """Which document a file is a version of.

    Attributes:
        original: The path of the file that was there first; its own path where it is that one.
        lang: The language that its name tells; empty for an original, whose text tells it.
    """

    original: str
    lang: str = ""


def find_versions(paths: Iterable[str]) -> dict[str, Version]:
    """Return the version that each file is.

    Args:
        paths: The files of a corpus, relative to it, with "/".
    """
    known = sorted(paths)
    by_stem: dict[str, list[str]] = defaultdict(list)
    for path in known:
        by_stem[str(PurePosixPath(path).with_suffix(""))].append(path)
    translations: dict[str, Version] = {}
    for path in known:
        stem, _, lang = str(PurePosixPath(path).with_suffix("")).rpartition(".")
        if lang in NAMES and (originals := by_stem.get(stem)):
            translations[path] = Version(_same_kind(originals, path), lang)
    return {path: translations.get(path) or Version(path) for path in known}


def _same_kind(originals: list[str], path: str) -> str:
    suffix = PurePosixPath(path).suffix
    return next((one for one in originals if one.endswith(suffix)), originals[0])
