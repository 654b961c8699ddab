-- Runs of suites, what came of each item, and each metric's score of it. Rows are only ever added:
-- where an item was tried again, or scored again, the row with the highest position counts.

CREATE TABLE workbench.eval_runs (
    id          text PRIMARY KEY,
    owner       text NOT NULL,
    suite       text NOT NULL,
    variant     text NOT NULL,
    fingerprint jsonb NOT NULL,
    asked       jsonb NOT NULL,
    repeats     integer NOT NULL CHECK (repeats > 0),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX eval_runs_newest ON workbench.eval_runs (owner, suite, created_at DESC);

CREATE TABLE workbench.eval_items (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     text NOT NULL REFERENCES workbench.eval_runs ON DELETE CASCADE,
    item_id    text NOT NULL,
    repeat     integer NOT NULL DEFAULT 0,
    outcome    text NOT NULL,
    record     jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX eval_items_of_run ON workbench.eval_items (run_id, item_id, repeat, position);

CREATE TABLE workbench.eval_scores (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     text NOT NULL REFERENCES workbench.eval_runs ON DELETE CASCADE,
    item_id    text NOT NULL,
    repeat     integer NOT NULL DEFAULT 0,
    metric     text NOT NULL,
    status     text NOT NULL CHECK (status IN ('scored', 'judge_parse', 'judge_truncated',
                   'judge_timeout', 'system_error', 'not_applicable')),
    value      double precision,
    reason     text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'scored') = (value IS NOT NULL)),
    CHECK (value <> 'NaN')
);

CREATE INDEX eval_scores_of_run ON workbench.eval_scores (run_id, item_id, repeat, metric, position);

CREATE FUNCTION workbench.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'results are never changed; add a row';
END $$;

CREATE TRIGGER eval_items_stay BEFORE UPDATE ON workbench.eval_items
    FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();
CREATE TRIGGER eval_scores_stay BEFORE UPDATE ON workbench.eval_scores
    FOR EACH ROW EXECUTE FUNCTION workbench.refuse_change();

-- Searches, replies and judgements that were made once, by the hash of everything that decides them.
CREATE TABLE workbench.eval_calls (
    kind       text NOT NULL CHECK (kind IN ('retrieval', 'generation', 'judging')),
    key        text NOT NULL,
    value      jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, key)
);
