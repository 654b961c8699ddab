-- What monitoring found: analyses of logs, the incidents that they opened or joined, and the alerts
-- that these give. Alerts are rows for whoever sends them. Times of logs are the logs' own.

CREATE TABLE workbench.log_analyses (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    assistant  text NOT NULL,
    started_at timestamptz,
    ended_at   timestamptz,
    lines      bigint NOT NULL,
    issues     integer NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX log_analyses_newest ON workbench.log_analyses (assistant, made_at DESC);

CREATE TABLE workbench.incidents (
    assistant    text NOT NULL,
    id           text NOT NULL,
    year         integer NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    kind         text NOT NULL,
    service      text NOT NULL,
    template     text NOT NULL DEFAULT '',
    severity     text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    status       text NOT NULL DEFAULT 'investigating'
                     CHECK (status IN ('investigating', 'resolved')),
    started_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL CHECK (last_seen_at >= started_at),
    issue        jsonb NOT NULL,
    opened_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (assistant, id),
    UNIQUE (assistant, year, number)
);

CREATE INDEX incidents_open ON workbench.incidents (assistant, service, kind)
    WHERE status <> 'resolved';

CREATE TABLE workbench.alerts (
    assistant   text NOT NULL,
    id          text NOT NULL,
    number      integer NOT NULL CHECK (number > 0),
    incident_id text NOT NULL,
    severity    text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    channels    text[] NOT NULL CHECK (cardinality(channels) > 0),
    made_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (assistant, id),
    UNIQUE (assistant, number),
    FOREIGN KEY (assistant, incident_id) REFERENCES workbench.incidents (assistant, id)
        ON DELETE CASCADE
);
