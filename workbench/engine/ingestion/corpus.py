"""Finds the documents of a corpus: a folder of files, or a JSONL file of texts."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.engine.ingestion.html import read_html
from workbench.engine.ingestion.markdown import read_markdown
from workbench.engine.ingestion.passages import LONGEST, TINY
from workbench.engine.ingestion.pdf import read_pdf
from workbench.engine.ingestion.plain import read_plain
from workbench.engine.ingestion.sections import Reading, Section
from workbench.engine.ingestion.versions import Version, find_versions
from workbench.errors import IndexingError

LARGEST = 50 * 1024 * 1024
"""Bytes of the largest file that is read."""
_LETTERS_OF_A_TITLE = 3

READING_VERSION = 7
"""Raised when documents must be read or cut anew; part of every content hash, as are the sizes
of passages."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that has been loaded but not parsed.

    Attributes:
        path: Its path relative to the corpus, with "/", or its id in a JSONL corpus.
        content_hash: The hash of its bytes; dates and permissions play no part.
        read: Parses it; raises `IndexingError` with the reason when that is not possible.
        version: Which document it is a version of.
    """

    path: str
    content_hash: str
    read: Callable[[], Reading]
    version: Version


@dataclass(frozen=True, slots=True)
class Problem:
    """A document that cannot be indexed.

    Attributes:
        path: Its path, or "line N" of a JSONL corpus.
        reason: Why not, in a few words.
        keep: Whether an earlier version stays in the index, since it could not be looked at.
    """

    path: str
    reason: str
    keep: bool = False


def load_corpus(corpus: Path) -> Iterator[Document | Problem]:
    """Yield the documents of a corpus in a stable order, and what is wrong with the others.

    Raises:
        IndexingError: There is no such corpus, or it cannot be read at all.
    """
    if corpus.is_dir():
        return _load_folder(corpus.resolve())
    if corpus.suffix == ".jsonl" and corpus.is_file():
        return _load_jsonl(corpus)
    if corpus.exists():
        raise IndexingError(f"{corpus} is neither a folder nor a .jsonl file", "name one of them")
    raise IndexingError(f"there is no corpus {corpus}", "name a folder of documents: --corpus DIR")


def decode(content: bytes) -> str:
    """Decode text that is UTF-8, or UTF-16 with its mark.

    Raises:
        IndexingError: It is neither.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise IndexingError("is not UTF-8 text; convert it") from error


_READERS: dict[str, Callable[[bytes], Reading]] = {
    ".md": lambda content: read_markdown(decode(content)),
    ".txt": lambda content: read_plain(decode(content)),
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}


def _load_folder(root: Path) -> Iterator[Document | Problem]:
    files = {file.relative_to(root).as_posix(): file for file in _files(root)}
    versions = find_versions(
        path for path, file in files.items() if file.suffix.lower() in _READERS
    )
    for path, file in files.items():
        yield _load_file(file, path, root, versions.get(path, Version(path)))


def _files(root: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted([*names, *(s for s in subfolders if (Path(folder) / s).is_symlink())]):
            if not name.startswith("."):
                yield Path(folder) / name


def _load_file(file: Path, path: str, root: Path, version: Version) -> Document | Problem:
    reader = _READERS.get(file.suffix.lower())
    if not path.isprintable():
        return Problem(ascii(path), "has a name that is not printable text")
    try:
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            return Problem(path, "is a link that leads out of the corpus")
        if not file.is_file():
            return Problem(path, "is not a file")
        if reader is None:
            return Problem(path, f"is of a kind that is not read ({', '.join(sorted(_READERS))})")
        size = file.stat().st_size
        if size > LARGEST:
            return Problem(path, f"has {size >> 20} MiB, more than {LARGEST >> 20}")
        content = file.read_bytes()
    except OSError as error:
        return Problem(path, f"cannot be read ({error.strerror})", keep=True)
    return Document(
        path,
        content_hash(content, version),
        lambda: _titled(reader(content), file.stem),
        version,
    )


def _titled(reading: Reading, stem: str) -> Reading:
    """Name a document after its file where it has no title, or one without words in it."""
    if sum(map(str.isalpha, reading.title)) >= _LETTERS_OF_A_TITLE:
        return reading
    return Reading(re.sub(r"[\s_-]+", " ", stem), reading.sections, reading.pages)


def content_hash(content: bytes, version: Version | None = None) -> str:
    """Return the hash by which a document is noticed that changed, or is a version of another."""
    told = f" {version}" if version and version.lang else ""
    rules = f"{READING_VERSION} {LONGEST} {TINY}{told}\0"
    return hashlib.sha256(rules.encode() + content).hexdigest()


def _load_jsonl(file: Path) -> Iterator[Document | Problem]:
    seen: set[str] = set()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            entry = _load_line(line, f"line {number}")
            if entry.path in seen:
                entry = Problem(f"line {number}", f"repeats the id {entry.path!r}")
            seen.add(entry.path)
            yield entry


def _load_line(line: bytes, place: str) -> Document | Problem:
    try:
        record = json.loads(line)
        identifier, text = record["id"], record["text"]
        title = record.get("title") or ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return Problem(place, 'is not a JSON object with "id" and "text"')
    if not all(isinstance(value, str) for value in (identifier, text, title)):
        return Problem(place, '"id", "title" and "text" must be strings')
    if not identifier or not identifier.isprintable():
        return Problem(place, "has an id that is not printable text")

    def read() -> Reading:
        reading = read_markdown(text)
        return Reading(title or reading.title, _under_title(reading, title))

    return Document(identifier, content_hash(line.strip()), read, Version(identifier))


def _under_title(reading: Reading, title: str) -> tuple[Section, ...]:
    """Keep a text's own top heading above its sections where the record names another title."""
    if not title or not reading.title or reading.title == title:
        return reading.sections
    return tuple(
        Section((reading.title, *section.heading), section.text) for section in reading.sections
    )
