"""The full-text leg: BM25 in one SQL statement over the passages' own rows.

BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
equation 3.15 with k1 = 1.2 and b = 0.75, and the idf ln(1 + (N - n + 0.5) / (n + 0.5)), which is
never negative.
"""

from dataclasses import asdict, dataclass, replace

import psycopg
from psycopg import sql

from workbench.engine.retrieval.filters import FILTERS, Filters
from workbench.engine.retrieval.lexical import Asked, config_for
from workbench.engine.retrieval.passage import Passage, passage_from_row
from workbench.engine.retrieval.table import passage_table

K1 = 1.2
B = 0.75
FOLDED_WEIGHT = 0.5
"""What a match without its diacritics is worth when the question is written with them."""
ENOUGH_WORDS = 8
"""A passage that holds so many of a long question's rarest words covers it; chosen, as was the
weight above, on the development halves of the public sets in `workbench.evaluation`."""

# One row of `terms` for each distinct word and configuration. A stop word has no lexeme, and those
# of an English question match no Vietnamese text either ("the" is also a folded "thẻ", a card).
# For a question without any diacritics the folded form stands in for the plain one, in full.
_STATEMENT = """
WITH terms AS MATERIALIZED (
    SELECT DISTINCT ON (config, lexemes[1], loose[1])
           config, position, lexemes[1] AS lexeme, loose[1] AS folded
    FROM unnest(ARRAY['english', 'indonesian', 'simple']) AS config,
         unnest(%(words)s::text[], %(folded)s::text[], %(places)s::int[])
             AS w(word, bare, position),
         tsvector_to_array(to_tsvector(config::regconfig, word)) AS lexemes,
         tsvector_to_array(to_tsvector(config::regconfig, bare)) AS loose
    WHERE config <> 'simple' OR NOT %(english)s OR to_tsvector('english', bare) <> ''
    ORDER BY config, lexemes[1], loose[1], position
),
queries AS MATERIALIZED (
    SELECT config,
           string_agg(quote_literal(lexeme), ' | ')::tsquery AS plain,
           string_agg(quote_literal(folded), ' | ')::tsquery AS folded
    FROM terms GROUP BY config
),
candidates AS MATERIALIZED (
    SELECT p.id, p.config, p.length, p.words, p.folded
    FROM queries AS q
    JOIN {table} AS p ON p.config = q.config AND (p.words @@ q.plain OR p.folded @@ q.folded)
),
matches AS MATERIALIZED (
    SELECT c.id, c.length, t.position, FALSE AS loose,
           coalesce(cardinality(u.positions), 1) AS tf
    FROM candidates AS c, unnest(c.words) AS u(lexeme, positions, weights), terms AS t
    WHERE t.config = c.config AND t.lexeme = u.lexeme AND (%(accented)s OR c.folded IS NULL)
    UNION ALL
    SELECT c.id, c.length, t.position, %(accented)s,
           coalesce(cardinality(u.positions), 1)
    FROM candidates AS c, unnest(c.folded) AS u(lexeme, positions, weights), terms AS t
    WHERE t.config = c.config AND t.folded = u.lexeme
),
frequencies AS MATERIALIZED (
    SELECT position, loose, ln(1 + (%(total)s - df + 0.5) / (df + 0.5))
           * (CASE WHEN loose THEN %(folded_weight)s::float8 ELSE 1 END) AS idf
    FROM (SELECT position, loose, count(DISTINCT id) AS df FROM matches GROUP BY position, loose)
         AS counted
),
whole AS (
    SELECT sum(idf) AS idf FROM (
        SELECT coalesce(max(f.idf), ln(1 + (%(total)s + 0.5) / 0.5)) AS idf
        FROM terms AS t LEFT JOIN frequencies AS f USING (position)
        WHERE t.config = %(language)s AND coalesce(t.lexeme, t.folded) IS NOT NULL
        GROUP BY position ORDER BY idf DESC LIMIT %(enough)s
    ) AS heaviest
),
parts AS (
    SELECT m.id, m.position, max(f.idf) AS idf, max(
        f.idf * m.tf * (%(k1)s + 1)
        / (m.tf + %(k1)s * (1 - %(b)s + %(b)s * m.length / %(mean)s))
    ) AS score
    FROM matches AS m JOIN frequencies AS f USING (position, loose)
    GROUP BY m.id, m.position
),
scores AS (
    SELECT id, sum(score) AS score, sum(idf) AS idf FROM parts GROUP BY id
)
SELECT node_id, text, metadata_, score, coverage, rank
FROM (
    SELECT p.node_id, p.text, p.metadata_, s.score,
           least(s.idf / (SELECT idf FROM whole), 1) AS coverage,
           row_number() OVER (PARTITION BY p.lang ORDER BY s.score DESC, p.node_id) AS rank
    FROM scores AS s JOIN {table} AS p USING (id)
    WHERE {filters}
) AS ranked
WHERE rank <= %(limit)s
ORDER BY score DESC, node_id
"""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What BM25 needs to know of a whole collection.

    Attributes:
        passages: Their number.
        mean_length: Their mean number of words.
    """

    passages: int
    mean_length: float


async def corpus_size(connection: psycopg.AsyncConnection, collection_id: int) -> Corpus:
    """Count the passages of a collection and their words."""
    statement = sql.SQL("SELECT count(*), coalesce(avg(length), 0)::float8 FROM {}")
    cursor = await connection.execute(statement.format(passage_table(collection_id)))
    row = await cursor.fetchone()
    assert row is not None, "an aggregate has one row"
    return Corpus(int(row[0]), max(float(row[1]), 1.0))


async def search_text(
    connection: psycopg.AsyncConnection,
    collection_id: int,
    asked: Asked,
    limit: int,
    filters: Filters,
    size: Corpus,
) -> list[Passage]:
    """Return the passages that share words with a question, by BM25, best first.

    `limit` of each language are returned, with their rank in that language: the scores of two
    languages cannot be compared, since a question's own has more of its words.
    """
    if not asked.words or not size.passages:
        return []
    statement = sql.SQL(_STATEMENT).format(
        table=passage_table(collection_id), filters=sql.SQL(FILTERS)
    )
    values = {
        "words": list(asked.words),
        "folded": list(asked.folded),
        "places": list(asked.places),
        "accented": asked.accented,
        "english": asked.lang == "en",
        "language": config_for(asked.lang),
        "folded_weight": FOLDED_WEIGHT,
        "total": size.passages,
        "mean": size.mean_length,
        "k1": K1,
        "b": B,
        "enough": ENOUGH_WORDS,
        "limit": limit,
        **asdict(filters),
    }
    cursor = await connection.execute(statement, values)
    rows = await cursor.fetchall()
    return [
        replace(
            passage_from_row(node_id, text, metadata, "bm25", float(score), int(rank)),
            coverage=float(coverage),
        )
        for node_id, text, metadata, score, coverage, rank in rows
    ]
