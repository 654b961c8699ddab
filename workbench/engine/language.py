"""Which language a text is in."""

import functools
from collections.abc import Sequence
from typing import Any

NAMES = {"en": "English", "vi": "Vietnamese", "id": "Indonesian"}
_LETTERS_NEEDED = 6


@functools.cache
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(languages))
    return identifier


def detect_language(text: str, languages: Sequence[str] = ("en", "vi", "id")) -> str:
    """Return the language of `text` among `languages`, the first of them being the default.

    Text written without diacritics is recognised too. Text with too few letters to tell
    ("Room 201?") counts as the default.
    """
    if len(languages) == 1 or sum(map(str.isalpha, text)) < _LETTERS_NEEDED:
        return languages[0]
    language, _ = _identifier(tuple(languages)).classify(text)
    return str(language)


def language_name(code: str) -> str:
    """Return the English name of a language code, as prompts use it."""
    return NAMES.get(code, code)
