-- Conversations, their messages and the passages that each answer cites.
-- An answer's row exists from the moment its question is asked, as 'running'.

CREATE TABLE workbench.conversations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assistant   text NOT NULL,
    title       text NOT NULL DEFAULT '',
    owner       text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz
);

CREATE INDEX conversations_by_owner ON workbench.conversations (owner, updated_at DESC);

CREATE TABLE workbench.messages (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id   uuid NOT NULL REFERENCES workbench.conversations ON DELETE CASCADE,
    position          bigint GENERATED ALWAYS AS IDENTITY,
    role              text NOT NULL CHECK (role IN ('user', 'assistant')),
    status            text NOT NULL CHECK (status IN ('running', 'finished')),
    content           text NOT NULL DEFAULT '',
    lang              text NOT NULL DEFAULT '',
    created_at        timestamptz NOT NULL DEFAULT now(),
    finished_at       timestamptz,
    outcome           text,
    model             text,
    prompt            text,
    prompt_tokens     integer,
    completion_tokens integer,
    cached_tokens     integer,
    queue_s           double precision,
    retrieval_s       double precision,
    first_token_s     double precision,
    total_s           double precision,
    cost_amount       double precision,
    cost_currency     text,
    turn              jsonb
);

CREATE INDEX messages_in_order ON workbench.messages (conversation_id, position);

CREATE TABLE workbench.message_sources (
    message_id uuid NOT NULL REFERENCES workbench.messages ON DELETE CASCADE,
    number     integer NOT NULL,
    document   text NOT NULL,
    title      text NOT NULL DEFAULT '',
    page       integer,
    heading    text,
    chunk_id   text NOT NULL,
    score      double precision NOT NULL,
    score_kind text NOT NULL,
    quote      text NOT NULL,
    text       text NOT NULL,
    PRIMARY KEY (message_id, number)
);
