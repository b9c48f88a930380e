-- name: create_meta
-- What the warehouse knows of itself: a row is one key and its value.
CREATE TABLE IF NOT EXISTS meta (
    key          VARCHAR PRIMARY KEY,
    value        VARCHAR NOT NULL
);

-- name: drop_facts
-- Makes room for tables of another layout; the import log brings the rows back.
DROP VIEW IF EXISTS purchases;
DROP TABLE IF EXISTS order_lines;
DROP TABLE IF EXISTS events;
DROP TABLE IF EXISTS scores;
DROP TABLE IF EXISTS applied_batches;

-- name: create_facts
-- The tables that imports fill; a row of order_lines is one accepted line of a file.
CREATE TABLE IF NOT EXISTS order_lines (
    batch_id     BIGINT NOT NULL,
    row          BIGINT NOT NULL,
    customer_id  VARCHAR NOT NULL,
    ordered_at   TIMESTAMP NOT NULL,
    order_id     VARCHAR NOT NULL,
    amount       DECIMAL(18, 4) NOT NULL,
    quantity     DECIMAL(18, 4),
    product      VARCHAR,
    category     VARCHAR,
    country      VARCHAR,
    name         VARCHAR,
    email        VARCHAR,
    is_return    BOOLEAN NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    batch_id     BIGINT NOT NULL,
    row          BIGINT NOT NULL,
    customer_id  VARCHAR NOT NULL,
    happened_at  TIMESTAMP NOT NULL,
    event_type   VARCHAR NOT NULL,
    value        DECIMAL(18, 4)
);
CREATE TABLE IF NOT EXISTS scores (
    batch_id     BIGINT NOT NULL,
    row          BIGINT NOT NULL,
    customer_id  VARCHAR NOT NULL,
    churn_score  DOUBLE NOT NULL
);
CREATE TABLE IF NOT EXISTS applied_batches (
    batch_id     BIGINT PRIMARY KEY,
    kind         VARCHAR NOT NULL,
    rows         BIGINT NOT NULL,
    sha256       VARCHAR NOT NULL
);

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

-- name: create_purchases
-- What counts as buying: a row is an order line, or an event where the organisation has no orders (telecom, banking).
CREATE OR REPLACE VIEW purchases AS
SELECT customer_id, ordered_at, order_id, amount, quantity, product, category, country, name, email, is_return
FROM order_lines
UNION ALL
SELECT customer_id, happened_at, batch_id || '-' || row, coalesce(value, 0), NULL, NULL, event_type, NULL, NULL, NULL,
       coalesce(value < 0, FALSE)
FROM events
WHERE NOT EXISTS (SELECT 1 FROM order_lines);

-- name: checksum_of
-- One row: how many rows the table has and a sum over them that does not depend on their order.
SELECT count(*), coalesce(sum(hash(t)), 0) FROM query_table($table) AS t;
