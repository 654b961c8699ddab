-- Who may do what: an operator's role, which an assistant maps to permissions; and which tables of
-- their own assistants have.

CREATE TABLE workbench.operators (
    name       text PRIMARY KEY CHECK (name <> ''),
    role       text NOT NULL CHECK (role <> ''),
    added_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE workbench.assistant_tables (
    assistant   text PRIMARY KEY,
    schema_name text NOT NULL,
    made_of     text NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT now()
);
