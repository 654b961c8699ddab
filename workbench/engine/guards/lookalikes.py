"""Letters that look like Latin ones, folded into these.

A sentence with a Cyrillic "о" reads as any other to a person and to a model, but not to a pattern.
The pairs are those of the common alphabets in Unicode's table of confusable characters (Unicode
Technical Standard #39, section 4); Latin letters with strokes, hooks or frames are told by their
names in the Unicode database.
"""

import re
import unicodedata
from functools import lru_cache

_PAIRS = (
    # Cyrillic
    ("авекмнорстухігѕјԁһӏԛԝүпь", "abekmhopctyxirsjdhlqwynb"),
    ("АВЕКМНОРСТУХІЅЈԀҺӀԚԜҮЬ", "abekmhopctyxisjdhlqwyb"),
    # Greek
    ("αβγεηικνορστυχωϲϳ", "abyenikvopotuxwcj"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "abezhikmnoptyxcj"),
    # Armenian
    ("աոսօհցզգյք", "wnuohgqqjf"),
    ("ՍՕՏԼ", "uosl"),
    # Cherokee
    ("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃ", "abcdeghjklmprstvwyz"),
    # Latin letters whose names do not tell
    ("ɑɩʟ", "ail"),
)
_TABLE = {
    ord(letter): plain
    for letters, plains in _PAIRS
    for letter, plain in zip(letters, plains, strict=True)
}
_NAME = re.compile(
    r"(?:LATIN |INDICATOR SYMBOL )(?:SMALL |CAPITAL )?LETTER "
    r"(?:SMALL CAPITAL |SCRIPT |DOTLESS |OPEN )?([A-Z])(?: WITH .+)?$"
)


def fold_lookalikes(text: str) -> str:
    """Return a text with each letter that looks like a Latin one as that; marks are dropped.

    Capital letters that only look like Latin ones become small, so that case should be folded next.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_TABLE))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return "".join(map(_plain, bare.translate(_TABLE)))


@lru_cache(maxsize=2048)
def _plain(char: str) -> str:
    """Return the Latin letter that a character is a form of; else the character."""
    if char.isascii():
        return char
    named = _NAME.search(unicodedata.name(char, ""))
    return named[1].lower() if named else char
