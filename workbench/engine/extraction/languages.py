"""The language of a message: that of most of its words."""

import re

from workbench.engine.extraction.message import lower_letters
from workbench.engine.language import detect_language

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    "en": (
        "the a an is are was my our your you we i to for of in on at and or please pls can could "
        "would need have has with from this that it not no do does did me us be there room what "
        "when where how tomorrow today tonight thanks thank hello hi"
    ),
    "vi": (
        "cho toi minh em anh chi khong ko hok hong duoc dc giup gium dum phong cai nha nhe vay gi "
        "nao bao nhieu may gio ngay mai nay hom qua voi va la co roi luon lam muon can xin oi ơi ạ "
        "nguoi dem trong ngoai len xuong nuoc bi het con them dat khach san tang hoi sang chieu "
        "toi em cua thi ma nhu dang moi se da chua sao tai khi neu nhung cung lai"
    ),
    "id": (
        "saya kami kita anda yang di ke dari untuk utk dan dengan ini itu tidak nggak gak bisa mau "
        "minta tolong ada apa berapa jam hari malam pagi besok kamar sama sudah udah belum ya dong "
        "pak bu boleh perlu antar pesan buat lagi juga tapi atau kalau sebelum tgl tanggal"
    ),
}
_WORDS = {lang: frozenset(words.split()) for lang, words in _COMMON.items()}
_SHARED_WORDS = "a an in to la con co ma can i me may do of hi di ini"
_SHARED = frozenset(_SHARED_WORDS.split())
_CLEAR = 2


def message_language(text: str) -> str:
    """Return the language of most words of a text: "en", "vi" or "id".

    Common words and Vietnamese letters are counted; where they do not tell, the identifier of
    `workbench.engine.language` does.
    """
    words = _WORD.findall(lower_letters(text))
    counts = {
        lang: sum(word in known and word not in _SHARED for word in words)
        for lang, known in _WORDS.items()
    }
    counts["vi"] += sum(not word.isascii() and word not in _WORDS["vi"] for word in words)
    ordered = sorted(counts, key=lambda lang: -counts[lang])
    if counts[ordered[0]] >= counts[ordered[1]] + _CLEAR:
        return ordered[0]
    guessed = detect_language(text)
    return "en" if guessed == "id" and not counts["id"] else guessed
