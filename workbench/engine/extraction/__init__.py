"""Reading values from messages by rule: days, times, numbers, rooms, money, items, services."""

from workbench.engine.extraction.extract import extract
from workbench.engine.extraction.found import KEYS, Extraction, Found, Item, Money
from workbench.engine.extraction.languages import message_language
from workbench.engine.extraction.vocabulary import EXTRACTION, Vocabulary, load_vocabulary

__all__ = [
    "EXTRACTION",
    "KEYS",
    "Extraction",
    "Found",
    "Item",
    "Money",
    "Vocabulary",
    "extract",
    "load_vocabulary",
    "message_language",
]
