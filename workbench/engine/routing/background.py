"""Requests and descriptions of everything and nothing: what all texts of either kind share.

An encoder places all short requests near each other, and all descriptions of tools. Their mean
vectors, taken from texts about many things, say nothing of what a text is about; what is left of a
text when its kind's mean is taken away does. Requests have a mean for each language, since a
multilingual encoder keeps languages apart as well (see `retrieval/centring.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.embeddings import Embedder

Array = NDArray[np.float64]

REQUESTS = {
    "en": (
        "How far is it from Lisbon to Porto by train?",
        "Please book a table for four tomorrow evening.",
        "What did our shop sell last week?",
        "Remind me to call my mother at six.",
        "Translate this sentence into French.",
        "Who won the match yesterday?",
        "Turn the lights in the kitchen off.",
        "I need a new password for my account.",
        "Write a short poem about the sea.",
        "What is the area of a field of 30 by 40 metres?",
        "Find cheap flights to Tokyo in May.",
        "Is it going to rain on Sunday?",
        "Explain how a vaccine works.",
        "Play something quiet.",
        "Add two bottles of milk to my list.",
        "Which machine stopped most often this month?",
    ),
    "vi": (
        "Từ Lisbon đến Porto đi tàu bao xa?",
        "Đặt giúp tôi bàn bốn người tối mai.",
        "Tuần trước cửa hàng bán được bao nhiêu?",
        "Nhắc tôi gọi cho mẹ lúc sáu giờ.",
        "Dịch câu này sang tiếng Pháp.",
        "Hôm qua đội nào thắng?",
        "Tắt đèn trong bếp đi.",
        "Tôi cần mật khẩu mới cho tài khoản.",
        "Viết một bài thơ ngắn về biển.",
        "Thửa ruộng 30 x 40 mét rộng bao nhiêu?",
        "Tìm vé máy bay rẻ đi Tokyo tháng Năm.",
        "Chủ nhật này có mưa không?",
        "Giải thích vắc xin hoạt động thế nào.",
        "Mở nhạc nhẹ đi.",
        "Thêm hai chai sữa vào danh sách.",
        "Tháng này máy nào dừng nhiều nhất?",
    ),
    "id": (
        "Berapa jauh dari Lisbon ke Porto dengan kereta?",
        "Tolong pesan meja untuk empat orang besok malam.",
        "Berapa penjualan toko kita minggu lalu?",
        "Ingatkan saya menelepon ibu pukul enam.",
        "Terjemahkan kalimat ini ke bahasa Prancis.",
        "Siapa yang menang kemarin?",
        "Matikan lampu dapur.",
        "Saya perlu kata sandi baru untuk akun saya.",
        "Tulis puisi pendek tentang laut.",
        "Berapa luas ladang 30 kali 40 meter?",
        "Carikan tiket pesawat murah ke Tokyo bulan Mei.",
        "Apakah hari Minggu akan hujan?",
        "Jelaskan cara kerja vaksin.",
        "Putar musik yang tenang.",
        "Tambahkan dua botol susu ke daftar saya.",
        "Mesin mana yang paling sering berhenti bulan ini?",
    ),
}
"""Requests by language."""

DESCRIPTIONS = (
    "distance between: How far two towns are from each other. start: the first town end: the other",
    "book table: Reserve a table in a restaurant. restaurant: its name guests: how many day: when",
    "sales report: The sales of a shop over a period. shop: which begin: first day end: last day",
    "set reminder: Remind the user of something at a time. what: the text at: the time",
    "translate text: Translate a text into another language. text: what language: into which",
    "match result: The result of a match. team: whose day: when",
    "switch light: Turn a light on or off. room: where on: whether it is to be on",
    "reset password: Send a link for a new password. account: whose",
    "rectangle area: Compute the area of a rectangle. width: one side height: the other side",
    "search flights: Find flights between two airports. origin: from where target: to where",
    "weather forecast: The weather of the coming days in a place. place: where days: how many",
    "play music: Play songs of an artist or of a mood. artist: whose mood: which",
    "add item: Put an item on the shopping list. item: what amount: how many",
    "machine stops: How often and how long a machine stopped. machine: which month: when",
    "create ticket: Open a ticket for the help desk. title: in a few words priority: how urgent",
    "list files: The files of a folder. folder: where pattern: which names",
)
"""Descriptions of tools, in the form that `describing.describe` gives them."""


@dataclass(frozen=True, slots=True)
class Background:
    """The means of an encoder's vectors; it is made by `of`.

    Attributes:
        requests: The mean vector of the requests of each language, one a row.
        descriptions: That of the descriptions.
    """

    requests: Array
    descriptions: Array

    @classmethod
    def of(cls, embedder: Embedder) -> "Background":
        """Return the background of an encoder; it encodes some sixty short texts."""
        requests = [
            np.mean([embedder.embed_query(text) for text in texts], axis=0)
            for texts in REQUESTS.values()
        ]
        descriptions = np.mean(embedder.embed_passages(list(DESCRIPTIONS)), axis=0)
        return cls(np.asarray(requests), np.asarray(descriptions))

    def request(self, vector: Array) -> Array:
        """Return the unit vector of a request without its kind's mean: that of the nearest one."""
        lengths = np.maximum(np.linalg.norm(self.requests, axis=1), _SMALL)
        nearest = int(np.argmax(self.requests @ vector / lengths))
        return _unit(vector - self.requests[nearest])

    def description(self, vectors: Array) -> Array:
        """Return the unit vectors of descriptions, one a row, without their kind's mean."""
        return _unit(vectors - self.descriptions)


_SMALL = 1e-9


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Array = vectors / np.maximum(lengths, _SMALL)
    return unit
