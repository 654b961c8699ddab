-- What is indexed. The passages of a collection lie in a table of its own,
-- workbench.data_c<collection id>, since the length of the vectors differs.

CREATE TABLE workbench.collections (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    embedder   text NOT NULL,
    dimension  integer NOT NULL CHECK (dimension > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    indexed_at timestamptz
);

CREATE TABLE workbench.documents (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id integer NOT NULL REFERENCES workbench.collections ON DELETE CASCADE,
    path          text NOT NULL,
    content_hash  text NOT NULL,
    title         text NOT NULL DEFAULT '',
    lang          text NOT NULL DEFAULT '',
    pages         integer,
    chunks        integer NOT NULL DEFAULT 0,
    indexed_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, path)
);
