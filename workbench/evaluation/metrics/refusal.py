"""Whether a text refuses: says that the documents do not hold the answer, and gives none.

The same rule holds for every system that is compared; only the words differ by language. It looks
at the text alone:

1. Citation marks are removed, the text is cut into sentences (at ";" too), and an apology at the
   beginning of a sentence ("I'm sorry, but", "Rất tiếc,", "Maaf.") is dropped.
2. The first sentence that is left must match one of the phrases of `PHRASES`, which say that
   something is not known, not found, not stated or not in the documents, or that one cannot
   answer; and it must not be a condition ("If the answer is not known, ...").
3. After that phrase no contrast follows ("but", "however", "nhưng", "tuy nhiên", "namun",
   "tetapi") unless all it brings is whom to ask (`CONTACT`).

So "I could not find that. Please ask the Duty Manager." refuses; "Dogs are allowed; the documents
do not state a fee." and "The fee is not stated, but dogs are allowed." are answers, if partial
ones. The phrases of all languages are tried, since a system may refuse in another language than
that of the question. `PHRASES` is the published rule.
"""

import re
import unicodedata

from workbench.evaluation.metrics.canonical import without_citations

_EN_TEXTS = (
    r"(?:documents?|passages?|contexts?|texts?|sources?|information|corpus|excerpts?|files?)"
)
_EN_STATED = (
    r"(?:stated|mentioned|specified|given|provided|covered|included|available|found|described"
    r"|listed|contained|answered|known|determined|present|answerable|clear)"
)
_VI_TEXTS = r"(?:tài liệu|đoạn văn|văn bản|thông tin|ngữ cảnh|nguồn)"
_VI_STATE = (
    r"(?:nêu|đề cập|nhắc|nói|ghi|cung cấp|quy định|mô tả|xác định|chỉ|đưa ra|cho biết|trả lời|chứa)"
)
_ID_TEXTS = r"(?:dokumen|teks|konteks|bagian|informasi|kutipan|sumber|bacaan|paragraf)"
_ID_STATED = (
    r"(?:tersedia|tercantum|disebutkan|dijelaskan|dinyatakan|diberikan|ditemukan|diketahui"
    r"|tertulis|dicantumkan|dibahas|disediakan|ditentukan)"
)

PHRASES: dict[str, tuple[str, ...]] = {
    "en": (
        rf"\bnot (?:\w+ ){{0,2}}(?:in|by) (?:any of )?(?:the|these|this|my|our) "
        rf"(?:[\w']+ ){{0,2}}{_EN_TEXTS}\b",
        rf"\b(?:{_EN_TEXTS}|they|it) (?:(?:provided|given|above|available) )?(?:do|does|did)"
        r"(?: not|n't) (?:\w+ )?(?:state|mention|say|specify|provide|contain|include|cover|give"
        r"|describe|tell|answer|list|explain|indicate|address|discuss|clarify|define|detail)\b",
        r"\bno (?:\w+ ){0,2}(?:information|mention|answer|details?|evidence|record)\b",
        r"\b(?:i|we) (?:could|can|was|were|am|are|do|did)(?: not|n't|'t|not) (?:\w+ )?(?:able to )?"
        r"(?:find|locate|answer|determine|know|provide|tell|see|say|confirm|have)\b",
        r"\b(?:i|we) (?:have no idea|lack)\b",
        r"\b(?:unable|not possible|impossible) to (?:find|answer|locate|determine|provide|say)\b",
        r"\b(?:information|answer|detail|details|question|it|this|that)\b(?: \w+){0,6} "
        rf"(?:is|was|are|can|could)(?: not|n't|'t|not) (?:be )?(?:\w+ )?{_EN_STATED}\b",
        r"^not (?:stated|mentioned|specified|found|given|available|known)\b",
    ),
    "vi": (
        r"(?:^|\b(?:tôi|mình|em|hiện) )không (?:thể )?tìm (?:thấy|được|ra)\b",
        r"\b(?:chưa|không|chẳng) (?:hề )?(?:có|thấy|cung cấp|tìm thấy)(?: \w+){0,2}? "
        r"(?:thông tin|dữ liệu|đề cập|chi tiết|câu trả lời)\b",
        rf"\bkhông được {_VI_STATE}(?: \w+){{0,3}} (?:trong|ở|tại|bởi)\b",
        rf"{_VI_TEXTS}(?: \w+){{0,6}} (?:không|chưa) (?:hề |được |có )?{_VI_STATE}\b",
        r"\b(?:tôi|mình|em|chúng tôi) (?:không|chưa) (?:biết|rõ|thể|nắm|chắc)\b",
        r"\bkhông thể (?:trả lời|xác định|cung cấp|tìm|biết|cho biết|đưa ra)\b",
        rf"\bkhông có (?:\w+ ){{0,3}}(?:trong|ở) (?:\w+ ){{0,2}}{_VI_TEXTS}",
    ),
    "id": (
        r"\b(?:saya|kami) (?:tidak|belum) (?:dapat |bisa |berhasil )?(?:tahu|mengetahui|yakin"
        r"|memiliki|punya|menemukan(?:nya)?|menjawab(?:nya)?|memberikan|memastikan|menentukan)\b",
        r"\b(?:tidak|belum) (?:dapat |bisa )?(?:menemukan|menjawab|dijawab|ditentukan|diketahui)\b",
        r"\b(?:tidak|belum) (?:ada|terdapat|memiliki)(?: \w+){0,2}? "
        r"(?:informasi|jawaban(?:nya)?|keterangan|data|rincian|penjelasan)\b",
        rf"\b(?:tidak|belum) {_ID_STATED}\b",
        rf"\b{_ID_TEXTS}(?: \w+){{0,6}} (?:tidak|belum) (?:ada|menyebutkan|menyebut|menjelaskan"
        r"|memuat|memberikan|mencantumkan|menyatakan|mengandung|berisi|membahas|mencakup"
        r"|menjawab)\b",
        r"\btidak (?:tahu|jelas)\b",
    ),
}
"""By language: regular expressions that are searched for, case folded, in the sentence."""

APOLOGY = re.compile(
    r"^(?:(?:i'm|i am|we're|we are) )?(?:so |very )?(?:sorry|apologies|unfortunately"
    r"|(?:rất |thật )?tiếc|(?:tôi )?(?:thành thật )?xin lỗi|(?:mohon )?maaf|sayangnya)"
    r"\W*(?:but\b|nhưng\b|tetapi\b)?\W*"
)
CONDITION = re.compile(r"^\W*(?:if|when|nếu|khi|jika|bila|apabila)\b")
CONTRAST = re.compile(
    r"\b(?:but|however|nevertheless|nhưng|tuy nhiên|song|namun|tetapi|tapi|akan tetapi)\b"
)
CONTACT = re.compile(
    r"^\W*(?:\w+\W+){0,5}?(?:please|contact|ask|call|check|speak|reach|liên hệ|hỏi|gọi|vui lòng"
    r"|hubungi|tanyakan|silakan|menghubungi|menanyakan)\b"
)
_COMPILED = tuple(re.compile(phrase) for phrases in PHRASES.values() for phrase in phrases)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|;\s*|\n+")
_MARKDOWN = re.compile(r"[*_`>#]+")


def is_refusal(text: str) -> bool:
    """Tell whether a text refuses to answer."""
    sentences = _sentences(text)
    if not sentences or CONDITION.match(sentences[0]):
        return False
    ends = [match.end() for phrase in _COMPILED if (match := phrase.search(sentences[0]))]
    if not ends:
        return False
    rest = " ".join([sentences[0][min(ends) :], *sentences[1:]])
    contrast = CONTRAST.search(rest)
    return contrast is None or CONTACT.match(rest[contrast.end() :]) is not None


def _sentences(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", without_citations(text)).casefold().replace("’", "'")
    clean = unicodedata.normalize("NFC", _MARKDOWN.sub("", folded))
    parts = [APOLOGY.sub("", part.strip()) for part in _SENTENCE.split(clean)]
    return [part for part in parts if part]
