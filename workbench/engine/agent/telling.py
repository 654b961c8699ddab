"""Saying what tools returned: as an answer of its own, or as something to read beside documents."""

from collections.abc import Sequence

from workbench.engine.context import Excerpt
from workbench.engine.retrieval import Passage
from workbench.engine.tools.running import Returned

_ASK = {
    "en": "Please say: {names}.",
    "vi": "Xin cho biết: {names}.",
    "id": "Mohon sebutkan: {names}.",
}
_FORBIDDEN = {
    "en": "Your role may not see or do this.",
    "vi": "Vai trò của bạn không được xem hoặc làm việc này.",
    "id": "Peran Anda tidak boleh melihat atau melakukan ini.",
}
_DECLINED = {"en": "Not done, as you asked.", "vi": "Không thực hiện, theo yêu cầu của bạn.",
             "id": "Tidak dilakukan, sesuai permintaan Anda."}  # fmt: skip
_NOT_FOUND = {
    "en": "I could not find that: {message}.",
    "vi": "Tôi không tìm thấy: {message}.",
    "id": "Saya tidak menemukannya: {message}.",
}
_NOT_IN_TABLES = {
    "en": "I could not find that in the records.",
    "vi": "Tôi không tìm thấy thông tin này trong dữ liệu.",
    "id": "Saya tidak menemukan informasi ini dalam data.",
}
_FAILED = {
    "en": "This could not be looked up: {message}.",
    "vi": "Không tra cứu được: {message}.",
    "id": "Tidak dapat dicari: {message}.",
}


def as_passage(returned: Returned, title: str, lang: str) -> Passage:
    """Return what a tool found as something that can be read and cited."""
    assert returned.result is not None
    return Passage(
        chunk_id=f"lookup:{returned.call.name}",
        document=", ".join(returned.result.tables) or returned.call.name,
        title=title,
        heading=returned.call.name,
        lang=lang,
        text=returned.result.text,
        score=1.0,
        score_kind="lookup",
    )


def as_excerpts(returned: Sequence[Returned], title: str, lang: str) -> list[Excerpt]:
    """Return what the model reads of the tools' results."""
    passages = [as_passage(each, title, lang) for each in returned if each.result]
    return [Excerpt(passage, passage.text) for passage in passages]


def as_answer(returned: Sequence[Returned], lang: str) -> str:
    """Return the results as one answer, each with the number of its source; then what failed."""
    told, number = [], 0
    for each in returned:
        if each.result is not None:
            number += 1
            told.append(f"{each.result.text} [{number}]")
    failed = dict.fromkeys(_fault(each, lang) for each in returned if each.result is None)
    return " ".join([*told, *failed])


def ask_for(names: Sequence[str], lang: str) -> str:
    """Return the question for what a tool needs and nobody said."""
    return _in(_ASK, lang).format(names=", ".join(name.replace("_", " ") for name in names))


def not_in_tables(lang: str) -> str:
    """Return the honest "no table holds that"."""
    return _in(_NOT_IN_TABLES, lang)


def _fault(returned: Returned, lang: str) -> str:
    if returned.code == "not_allowed":
        return _in(_FORBIDDEN, lang)
    if returned.code == "declined":
        return _in(_DECLINED, lang)
    if returned.code == "not_found":
        return _in(_NOT_FOUND, lang).format(message=returned.message)
    return _in(_FAILED, lang).format(message=returned.message)


def _in(texts: dict[str, str], lang: str) -> str:
    return texts.get(lang, texts["en"])
