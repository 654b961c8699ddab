-- Tasks and their steps. A task that was broken off stays 'running'; the same one asked again goes on
-- where it was, and so there is one running task for each owner, assistant and content.

CREATE TABLE workbench.tasks (
    number      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner       text NOT NULL,
    assistant   text NOT NULL,
    content_key text NOT NULL,
    instruction text NOT NULL,
    given       jsonb NOT NULL,
    lang        text NOT NULL,
    planned_by  text NOT NULL,
    plan        jsonb NOT NULL,
    status      text NOT NULL DEFAULT 'running'
                CHECK (status IN ('running', 'completed', 'stopped', 'failed')),
    results     jsonb NOT NULL DEFAULT '{}',
    summary     text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

CREATE INDEX tasks_newest ON workbench.tasks (owner, assistant, created_at DESC);
CREATE UNIQUE INDEX tasks_running ON workbench.tasks (owner, assistant, content_key)
    WHERE status = 'running';

CREATE TABLE workbench.task_steps (
    task       integer NOT NULL REFERENCES workbench.tasks ON DELETE CASCADE,
    number     integer NOT NULL CHECK (number > 0),
    tool       text NOT NULL,
    status     text NOT NULL,
    record     jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (task, number)
);

CREATE INDEX task_steps_effect ON workbench.task_steps ((record->>'effect'))
    WHERE status = 'completed';
