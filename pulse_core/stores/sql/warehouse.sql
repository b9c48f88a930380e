-- name: create_meta
-- What the warehouse knows of itself: a row is one key and its value.
CREATE TABLE IF NOT EXISTS meta (
    key          VARCHAR PRIMARY KEY,
    value        VARCHAR NOT NULL
);

-- name: relations
-- One row a table or view that readers see: its name and kind.
SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'main' AND table_catalog = current_database();

-- name: batch_files
-- One row a batch that counts: its kind and file, in the order they came.
SELECT kind, file FROM applied_batches ORDER BY batch_id;

-- name: create_facts
-- Which batches count; a row is one imported file, in Parquet. The facts are views over these files.
CREATE TABLE IF NOT EXISTS applied_batches (
    batch_id     BIGINT PRIMARY KEY,
    kind         VARCHAR NOT NULL,
    rows         BIGINT NOT NULL,
    sha256       VARCHAR NOT NULL,
    file         VARCHAR NOT NULL,
    bytes        BIGINT NOT NULL
);

-- name: create_views
-- The facts: each a view over the batches of its kind (`<kind>_batches`), without the records that were not accepted.
-- What a batch of an earlier version lacks is NULL. A row of order_lines is one accepted line of `file`.
CREATE OR REPLACE VIEW order_lines AS
SELECT file_row_number AS row, customer_id, ordered_at, order_id, amount, quantity, product, category, country, name, email, discount, is_return,
       parse_filename(filename) AS file
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMP AS ordered_at, NULL::VARCHAR AS order_id, NULL::DECIMAL(18, 4) AS amount,
           NULL::DECIMAL(18, 4) AS quantity, NULL::VARCHAR AS product, NULL::VARCHAR AS category, NULL::VARCHAR AS country,
           NULL::VARCHAR AS name, NULL::VARCHAR AS email, NULL::DECIMAL(18, 4) AS discount, NULL::BOOLEAN AS is_return,
           NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM orders_batches
)
WHERE fault IS NULL;
CREATE OR REPLACE VIEW events AS
SELECT batch_id, file_row_number AS row, customer_id, happened_at, event_type, amount AS value
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMP AS happened_at, NULL::VARCHAR AS event_type, NULL::DECIMAL(18, 4) AS amount,
           NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM events_batches
) JOIN applied_batches ON file = parse_filename(filename)
WHERE fault IS NULL;
CREATE OR REPLACE VIEW visits AS
SELECT batch_id, file_row_number AS row, customer_id, happened_at, event_type, session_id, page, attributes
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMP AS happened_at, NULL::VARCHAR AS event_type, NULL::VARCHAR AS session_id,
           NULL::VARCHAR AS page, NULL::MAP(VARCHAR, VARCHAR) AS attributes, NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM visits_batches
) JOIN applied_batches ON file = parse_filename(filename)
WHERE fault IS NULL;
CREATE OR REPLACE VIEW scores AS
SELECT batch_id, file_row_number AS row, customer_id, churn_score
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::DOUBLE AS churn_score, NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM scores_batches
) JOIN applied_batches ON file = parse_filename(filename)
WHERE fault IS NULL;
CREATE OR REPLACE VIEW customer_records AS
SELECT batch_id, file_row_number AS row, customer_id, name, email, age, location, signup_on, interests, engagement_score,
       preferred_contact_time, pain_points, buying_behavior, response_rate, lifetime_value, language, zone,
       consent_email, consent_popup, consent_teaser, tags, attributes
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS name, NULL::VARCHAR AS email, NULL::SMALLINT AS age, NULL::VARCHAR AS location,
           NULL::DATE AS signup_on, NULL::VARCHAR[] AS interests, NULL::DOUBLE AS engagement_score, NULL::VARCHAR AS preferred_contact_time,
           NULL::VARCHAR[] AS pain_points, NULL::VARCHAR AS buying_behavior, NULL::DOUBLE AS response_rate,
           NULL::DECIMAL(18, 4) AS lifetime_value, NULL::VARCHAR AS language, NULL::VARCHAR AS zone, NULL::VARCHAR AS consent_email,
           NULL::VARCHAR AS consent_popup, NULL::VARCHAR AS consent_teaser, NULL::VARCHAR[] AS tags,
           NULL::MAP(VARCHAR, VARCHAR) AS attributes, NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM customers_batches
) JOIN applied_batches ON file = parse_filename(filename)
WHERE fault IS NULL;
CREATE OR REPLACE VIEW churn_tables AS
SELECT batch_id, file_row_number AS row, customer_id, churned, attributes
FROM (
    SELECT NULL::VARCHAR AS customer_id, NULL::BOOLEAN AS churned, NULL::MAP(VARCHAR, VARCHAR) AS attributes, NULL::VARCHAR AS fault WHERE FALSE
    UNION ALL BY NAME SELECT * FROM table_batches
) JOIN applied_batches ON file = parse_filename(filename)
WHERE fault IS NULL;
-- What counts as buying: a row is an order line, or an event where the organisation has no orders (telecom, banking).
-- Lines without an order number are one order when they have the same time.
CREATE OR REPLACE VIEW purchases AS
SELECT customer_id, ordered_at, coalesce(order_id, CAST(ordered_at AS VARCHAR)) AS order_id, amount, quantity, product, category,
       country, name, email, is_return
FROM order_lines
UNION ALL
SELECT customer_id, happened_at, batch_id || '-' || row, coalesce(value, 0), NULL, NULL, event_type, NULL, NULL, NULL,
       coalesce(value < 0, FALSE)
FROM events
WHERE NOT EXISTS (SELECT 1 FROM applied_batches WHERE kind = 'orders');

-- name: read_meta
-- One row a key: what the warehouse knows of itself.
SELECT key, value FROM meta;

-- name: put_meta
-- Nothing comes back; the key holds the new value.
INSERT INTO meta VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: generation_schemas
-- One row a schema that belongs to some generation of the derived tables.
SELECT schema_name FROM information_schema.schemata
WHERE schema_name LIKE 'gen\_%' ESCAPE '\' AND catalog_name = current_database();

-- name: tables_of
-- One row a table of the schema.
SELECT table_name FROM information_schema.tables
WHERE table_schema = $schema AND table_catalog = current_database() AND table_type = 'BASE TABLE'
ORDER BY table_name;

-- name: checksum_of
-- One row: how many rows the table has and a sum over them that does not depend on their order.
SELECT count(*), coalesce(sum(hash(t)), 0) FROM query_table($table) AS t;
