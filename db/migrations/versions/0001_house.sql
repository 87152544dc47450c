-- The house: places, people, cases and what surrounds them. Row security follows in 0001_house.py.

CREATE SEQUENCE ids INCREMENT BY 1000;
CREATE SEQUENCE case_numbers;
CREATE SEQUENCE message_ids CACHE 100;
CREATE SEQUENCE delta_ids CACHE 100;

CREATE TABLE address (
    id BIGINT NOT NULL,
    person_id BIGINT,
    unit TEXT COLLATE "C",
    way TEXT COLLATE "C" NOT NULL,
    url TEXT NOT NULL,
    secret TEXT DEFAULT '' NOT NULL,
    faults INTEGER DEFAULT 0 NOT NULL,
    rest_until TIMESTAMP WITH TIME ZONE,
    fault TEXT DEFAULT '' NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_address PRIMARY KEY (id),
    CONSTRAINT ck_address_owner CHECK (num_nonnulls(person_id, unit) = 1),
    CONSTRAINT ck_address_way CHECK (way in ('webhook','robot'))
);
CREATE UNIQUE INDEX uq_address_person_way ON address (person_id, way);
CREATE UNIQUE INDEX uq_address_unit_way ON address (unit, way);

CREATE TABLE area (
    code TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    parent TEXT COLLATE "C",
    level TEXT NOT NULL,
    CONSTRAINT pk_area PRIMARY KEY (code)
);
CREATE INDEX ix_area_parent ON area (parent);

CREATE TABLE assessment_result (
    assessment TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    body JSONB NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_by BIGINT,
    published_name TEXT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_assessment_result PRIMARY KEY (assessment, period, area, county)
);

CREATE TABLE audit (
    id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id BIGINT,
    name TEXT NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    subject TEXT NOT NULL,
    data JSONB NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE INDEX ix_audit_at ON audit (at);

CREATE TABLE blueprint (
    version BIGINT NOT NULL,
    body JSON NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_by BIGINT,
    CONSTRAINT pk_blueprint PRIMARY KEY (version)
);

CREATE TABLE cases (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    code_hash TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    inlet TEXT COLLATE "C" NOT NULL,
    urgency TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    address TEXT NOT NULL,
    lat FLOAT,
    lon FLOAT,
    plate TEXT COLLATE "C",
    resident_id BIGINT,
    anonymous BOOLEAN NOT NULL,
    confidential BOOLEAN NOT NULL,
    on_behalf TEXT NOT NULL,
    registered_by BIGINT,
    form JSONB NOT NULL,
    because JSONB NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    stage_kind TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    units TEXT[] COLLATE "C" NOT NULL,
    accused TEXT[] COLLATE "C" NOT NULL,
    config_version BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    reply TEXT NOT NULL,
    replied_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    late BOOLEAN NOT NULL,
    reopened INTEGER NOT NULL,
    difficulty TEXT COLLATE "C" DEFAULT '' NOT NULL,
    chased INTEGER DEFAULT 0 NOT NULL,
    parent_id BIGINT,
    score INTEGER,
    scores JSONB DEFAULT '{}' NOT NULL,
    source TEXT COLLATE "C",
    source_ref TEXT COLLATE "C",
    idempotency_key TEXT COLLATE "C",
    version INTEGER NOT NULL,
    last_hash TEXT COLLATE "C" NOT NULL,
    words TSVECTOR DEFAULT ''::tsvector NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (id, county),
    CONSTRAINT uq_cases_number_county UNIQUE (number, county),
    CONSTRAINT ck_cases_stage_kind CHECK (stage_kind in ('open','waiting','closed')),
    CONSTRAINT ck_cases_closed_at CHECK ((stage_kind = 'closed') = (closed_at is not null)),
    CONSTRAINT ck_cases_holder CHECK (holder <> ''),
    CONSTRAINT ck_cases_score CHECK (score between 1 and 5),
    CONSTRAINT ck_cases_county_of_area CHECK (county = left(area, 6)),
    CONSTRAINT ck_cases_reply_after_receipt CHECK (replied_at >= received_at)
)
 WITH (fillfactor = 80);
CREATE INDEX ix_cases_area_due ON cases (area, due_at) WHERE stage_kind <> 'closed';
CREATE INDEX ix_cases_area_received ON cases (area, received_at);
CREATE INDEX ix_cases_closed ON cases (closed_at) WHERE closed_at is not null;
CREATE INDEX ix_cases_due ON cases (due_at) WHERE stage_kind <> 'closed';
CREATE INDEX ix_cases_holder_received ON cases (holder, received_at);
CREATE INDEX ix_cases_parent ON cases (parent_id) WHERE parent_id is not null;
CREATE INDEX ix_cases_received ON cases (received_at);
CREATE INDEX ix_cases_replied ON cases (replied_at) WHERE replied_at is not null;
CREATE INDEX ix_cases_resident ON cases (resident_id);
CREATE INDEX ix_cases_units ON cases USING gin (units);
CREATE INDEX ix_cases_words ON cases USING gin (words);
CREATE UNIQUE INDEX uq_cases_idempotency_key ON cases (idempotency_key, county) WHERE idempotency_key is not null;
CREATE UNIQUE INDEX uq_cases_source_ref ON cases (source, source_ref, county) WHERE source_ref is not null;

CREATE TABLE delta (
    id BIGINT DEFAULT nextval('delta_ids') NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    inlet TEXT COLLATE "C" NOT NULL,
    measure TEXT COLLATE "C" NOT NULL,
    n INTEGER NOT NULL,
    CONSTRAINT pk_delta PRIMARY KEY (id, county)
);

CREATE TABLE fact (
    name TEXT COLLATE "C" NOT NULL,
    value JSONB NOT NULL,
    CONSTRAINT pk_fact PRIMARY KEY (name)
);

CREATE TABLE fired (
    clock_id BIGINT NOT NULL,
    rung INTEGER NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fired PRIMARY KEY (clock_id, rung, county)
);

CREATE TABLE hit (
    bucket TEXT COLLATE "C" NOT NULL,
    slot TIMESTAMP WITH TIME ZONE NOT NULL,
    n INTEGER NOT NULL,
    CONSTRAINT pk_hit PRIMARY KEY (bucket, slot)
);

CREATE TABLE message (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    person_id BIGINT NOT NULL,
    unit TEXT COLLATE "C" DEFAULT '' NOT NULL,
    way TEXT COLLATE "C" NOT NULL,
    case_id BIGINT,
    number TEXT COLLATE "C" NOT NULL,
    template TEXT COLLATE "C" NOT NULL,
    data JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    read_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER NOT NULL,
    try_at TIMESTAMP WITH TIME ZONE,
    dropped_at TIMESTAMP WITH TIME ZONE,
    fault TEXT NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id, county),
    CONSTRAINT uq_message_key_person_id_way_unit_county UNIQUE (key, person_id, way, unit, county),
    CONSTRAINT ck_message_way CHECK (way in ('app','email','webhook','robot'))
);
CREATE INDEX ix_message_dead ON message (created_at) WHERE sent_at is null and try_at is null and dropped_at is null;
CREATE INDEX ix_message_lane ON message (person_id, unit, way, try_at) WHERE sent_at is null and try_at is not null and way in ('webhook','robot');
CREATE INDEX ix_message_mine ON message (person_id, created_at) WHERE way = 'app';
CREATE INDEX ix_message_unread ON message (person_id, created_at) WHERE way = 'app' and read_at is null;
CREATE INDEX ix_message_unsent ON message (try_at, county) WHERE sent_at is null and try_at is not null;

CREATE TABLE paper_template (
    paper TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    content BYTEA,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    saved_by BIGINT,
    CONSTRAINT pk_paper_template PRIMARY KEY (paper, version)
);

CREATE TABLE person (
    id BIGINT NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    unit TEXT COLLATE "C",
    area TEXT COLLATE "C",
    phone TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    locale TEXT DEFAULT 'zh_CN' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_username UNIQUE (username)
);
CREATE INDEX ix_person_area ON person (area);
CREATE INDEX ix_person_unit ON person (unit);

CREATE TABLE plate (
    code TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    address TEXT NOT NULL,
    lat FLOAT,
    lon FLOAT,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_plate PRIMARY KEY (code)
);

CREATE TABLE resident (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    phone TEXT NOT NULL,
    address TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_resident PRIMARY KEY (id, county),
    CONSTRAINT uq_resident_phone_county UNIQUE (phone, county)
);

CREATE TABLE score_appeal (
    points NUMERIC(12, 4),
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    assessment TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    unit_area TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    words TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    asked_by BIGINT,
    asked_name TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by BIGINT,
    decided_name TEXT DEFAULT '' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    reply TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_score_appeal PRIMARY KEY (id, county),
    CONSTRAINT ck_score_appeal_state CHECK (state in ('asked','upheld','rejected')),
    CONSTRAINT ck_score_appeal_decided_in_words CHECK ((state = 'asked') = (decided_at is null) and (state = 'asked' or reply <> '')),
    CONSTRAINT ck_score_appeal_somebody_else CHECK (decided_by <> asked_by),
    CONSTRAINT ck_score_appeal_points CHECK ((state = 'upheld') = (points is not null))
);
CREATE UNIQUE INDEX uq_score_appeal_once ON score_appeal (assessment, period, area, unit, line, county);

CREATE TABLE sign_in (
    token_hash TEXT COLLATE "C" NOT NULL,
    person_id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ticket_hash TEXT COLLATE "C",
    CONSTRAINT pk_sign_in PRIMARY KEY (token_hash)
);
CREATE INDEX ix_sign_in_person_id ON sign_in (person_id);
CREATE UNIQUE INDEX ix_sign_in_ticket_hash ON sign_in (ticket_hash);

CREATE TABLE total (
    county TEXT COLLATE "C" NOT NULL,
    grain TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    inlet TEXT COLLATE "C" NOT NULL,
    received INTEGER DEFAULT 0 NOT NULL,
    replied INTEGER DEFAULT 0 NOT NULL,
    closed INTEGER DEFAULT 0 NOT NULL,
    answered INTEGER DEFAULT 0 NOT NULL,
    on_time INTEGER DEFAULT 0 NOT NULL,
    rated INTEGER DEFAULT 0 NOT NULL,
    satisfied INTEGER DEFAULT 0 NOT NULL,
    basically INTEGER DEFAULT 0 NOT NULL,
    reopened INTEGER DEFAULT 0 NOT NULL,
    day_replied INTEGER DEFAULT 0 NOT NULL,
    day_closed INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_total PRIMARY KEY (county, grain, day, area, unit, category, inlet)
);
CREATE INDEX ix_total_area ON total (grain, area, day);
CREATE INDEX ix_total_category ON total (category, day) WHERE grain = 'fine';
CREATE INDEX ix_total_day ON total (grain, day) WHERE grain <> 'fine';
CREATE INDEX ix_total_unit ON total (grain, unit, day) WHERE grain in ('unit', 'fine');

CREATE TABLE unit (
    code TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    parent TEXT COLLATE "C",
    duties TEXT[] DEFAULT '{}' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    successor TEXT COLLATE "C",
    CONSTRAINT pk_unit PRIMARY KEY (code),
    CONSTRAINT ck_unit_merged_away CHECK (successor is null or not active)
);

CREATE TABLE assessment_input (
    assessment TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    n INTEGER NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    case_id BIGINT NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    mask BIGINT NOT NULL,
    CONSTRAINT pk_assessment_input PRIMARY KEY (assessment, period, area, n, county),
    CONSTRAINT fk_assessment_input_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id)
);
CREATE INDEX ix_assessment_input_case_id ON assessment_input (case_id);

CREATE TABLE clock (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    ladder TEXT COLLATE "C" NOT NULL,
    term TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    task_id BIGINT,
    demand_id BIGINT,
    due_at TIMESTAMP WITH TIME ZONE,
    paused_at TIMESTAMP WITH TIME ZONE,
    stopped_at TIMESTAMP WITH TIME ZONE,
    next_rung INTEGER NOT NULL,
    next_fire_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_clock PRIMARY KEY (id, county),
    CONSTRAINT fk_clock_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id)
);
CREATE INDEX ix_clock_case_id ON clock (case_id);
CREATE INDEX ix_clock_due ON clock (county, next_fire_at, id) WHERE next_fire_at is not null and stopped_at is null and paused_at is null;
CREATE INDEX ix_clock_undated ON clock (county) WHERE due_at is null and stopped_at is null;

CREATE TABLE demand (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    text TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    asked_by BIGINT,
    asker_name TEXT NOT NULL,
    asker_unit TEXT COLLATE "C" NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    data JSONB NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    pressed INTEGER NOT NULL,
    late BOOLEAN NOT NULL,
    CONSTRAINT pk_demand PRIMARY KEY (id, county),
    CONSTRAINT fk_demand_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id),
    CONSTRAINT ck_demand_state CHECK (state in ('open','acknowledged','answered','granted','refused','settled','failed','withdrawn'))
);
CREATE INDEX ix_demand_asked_by ON demand (asked_by, opened_at);
CREATE INDEX ix_demand_case_id ON demand (case_id);
CREATE INDEX ix_demand_kind ON demand (kind, opened_at);
CREATE INDEX ix_demand_pending ON demand (unit, due_at) WHERE state in ('open','acknowledged','answered');

CREATE TABLE exclusion (
    case_id BIGINT NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    assessment TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    area TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    unit_area TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    words TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    asked_by BIGINT,
    asked_name TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by BIGINT,
    decided_name TEXT DEFAULT '' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    reply TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_exclusion PRIMARY KEY (id, county),
    CONSTRAINT fk_exclusion_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id),
    CONSTRAINT ck_exclusion_state CHECK (state in ('asked','approved','refused')),
    CONSTRAINT ck_exclusion_decided_in_words CHECK ((state = 'asked') = (decided_at is null) and (state = 'asked' or reply <> '')),
    CONSTRAINT ck_exclusion_somebody_else CHECK (decided_by <> asked_by)
);
CREATE INDEX ix_exclusion_period ON exclusion (assessment, period, area);
CREATE UNIQUE INDEX uq_exclusion_live ON exclusion (assessment, period, area, unit, case_id, line, county) WHERE state <> 'refused';

CREATE TABLE file (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    case_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    by_resident BOOLEAN NOT NULL,
    uploaded_by BIGINT,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (id, county),
    CONSTRAINT fk_file_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id)
);
CREATE INDEX ix_file_case_id ON file (case_id);

CREATE TABLE rating (
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    party TEXT NOT NULL,
    score INTEGER NOT NULL,
    reasons TEXT[] NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_rating PRIMARY KEY (case_id, seq, county),
    CONSTRAINT fk_rating_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id),
    CONSTRAINT ck_rating_score CHECK (score between 1 and 5)
);
CREATE INDEX ix_rating_checked ON rating (at) WHERE party in ('callback','deputy');

CREATE TABLE task (
    id BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    case_id BIGINT NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    lead BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    designated BOOLEAN DEFAULT false NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    note TEXT NOT NULL,
    result TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    late BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (id, county),
    CONSTRAINT fk_task_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id),
    CONSTRAINT ck_task_state CHECK (state in ('open','signed','done','returned','withdrawn'))
);
CREATE INDEX ix_task_case_id ON task (case_id);
CREATE INDEX ix_task_inbox ON task (unit, due_at) WHERE state in ('open','signed');
CREATE UNIQUE INDEX uq_task_one_lead ON task (case_id, county) WHERE lead and state in ('open','signed');

CREATE TABLE timeline (
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    actor_id BIGINT,
    actor_name TEXT NOT NULL,
    actor_unit TEXT NOT NULL,
    from_stage TEXT COLLATE "C" NOT NULL,
    to_stage TEXT COLLATE "C" NOT NULL,
    data JSONB NOT NULL,
    public BOOLEAN NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_timeline PRIMARY KEY (case_id, seq, county),
    CONSTRAINT fk_timeline_county_case_id FOREIGN KEY(county, case_id) REFERENCES cases (county, id)
);
CREATE INDEX ix_timeline_at ON timeline (at);
