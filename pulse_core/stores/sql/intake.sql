-- name: stage
-- Every record of the file as text under our column names; what the file lacks is NULL. rowid is its place.
CREATE OR REPLACE TEMP TABLE stage AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS ordered_at, NULL::VARCHAR AS amount, NULL::VARCHAR AS quantity,
       NULL::VARCHAR AS unit_price, NULL::VARCHAR AS order_id, NULL::VARCHAR AS product, NULL::VARCHAR AS category,
       NULL::VARCHAR AS country, NULL::VARCHAR AS name, NULL::VARCHAR AS email, NULL::VARCHAR AS happened_at,
       NULL::VARCHAR AS event_type, NULL::VARCHAR AS value, NULL::VARCHAR AS churn_score
WHERE FALSE
UNION ALL BY NAME
SELECT * FROM read_csv($path, columns = $columns, auto_detect = FALSE, header = FALSE, skip = $skip, delim = $delimiter,
                       quote = '"', escape = '"', compression = $compression, store_rejects = TRUE);

-- name: broken_records
-- One row a record that could not be split into the file's columns: its row in the file and what is wrong with it.
CREATE OR REPLACE TEMP TABLE broken AS
SELECT line AS row, left(ltrim(arg_min(csv_line, coalesce(column_idx, 0)), chr(10) || chr(13)), 500) AS value,
       arg_min(error_message, coalesce(column_idx, 0)) AS reason, bool_or(error_type = 'UNQUOTED VALUE') AS is_quote
FROM reject_errors
GROUP BY line;

-- name: open_quote
-- One row: the first record that a quotation mark runs through several lines of and out of, or NULL.
SELECT min(row) FROM broken WHERE is_quote AND contains(value, chr(10));

-- name: gaps
-- One row a line of the file that is no record (broken or blank): from which row on how many such lines stand above.
CREATE OR REPLACE TEMP TABLE gaps AS
WITH lines AS (
    SELECT row, row_number() OVER (ORDER BY row) AS shift
    FROM (SELECT row FROM broken UNION SELECT unnest($blank::BIGINT[]))
)
SELECT shift, row - shift + 1 AS from_row, coalesce(lead(row - shift + 1) OVER (ORDER BY shift), 9223372036854775807) AS until_row
FROM lines;

-- name: dates_all_iso
-- One row: whether there are dates and each of them reads as ISO 8601.
SELECT count(value) > 0 AND count(value) = count(try_cast(value AS TIMESTAMP))
FROM (SELECT nullif(trim(coalesce(ordered_at, happened_at)), '') AS value FROM stage);

-- name: date_readings
-- One row: how many dates each way of writing reads, how many both day-first and month-first read, how many of those
-- they read differently, and the first such: its row and value.
WITH dates AS (
    SELECT min(rowid) + $first_row AS place, count(*) AS times, trim(coalesce(ordered_at, happened_at)) AS value
    FROM stage GROUP BY 3
), readings AS (
    SELECT place, times, value, try_cast(value AS TIMESTAMP) AS iso, try_strptime(value, $compact) AS compact,
           try_strptime(value, $day_first) AS day_first, try_strptime(value, $month_first) AS month_first
    FROM dates WHERE value <> ''
), counted AS (
    SELECT coalesce(sum(times) FILTER (WHERE iso IS NOT NULL), 0) AS iso,
           coalesce(sum(times) FILTER (WHERE compact IS NOT NULL), 0) AS compact,
           coalesce(sum(times) FILTER (WHERE day_first IS NOT NULL), 0) AS day_first,
           coalesce(sum(times) FILTER (WHERE month_first IS NOT NULL), 0) AS month_first,
           coalesce(sum(times) FILTER (WHERE day_first IS NOT NULL AND month_first IS NOT NULL), 0) AS both_ways,
           coalesce(sum(times) FILTER (WHERE day_first <> month_first), 0) AS disagreeing,
           min(place) FILTER (WHERE day_first <> month_first) AS place,
           arg_min(value, place) FILTER (WHERE day_first <> month_first) AS example
    FROM readings
)
SELECT iso, compact, day_first, month_first, both_ways, disagreeing,
       place + coalesce((SELECT max(shift) FROM gaps WHERE from_row <= place), 0), example
FROM counted;

-- name: type_orders
-- One row a record with its values typed; `fault` names the column that cannot be accepted, `reason` says why.
CREATE OR REPLACE TEMP TABLE typed AS
WITH read AS (
    SELECT rowid AS place, stage.*,
           CASE WHEN $iso THEN try_cast(trim(ordered_at) AS TIMESTAMP)
                ELSE try_strptime(trim(ordered_at), $patterns) END AS moment,
           -- Below a trillion: every real amount fits, their sums too; an id or a time in their place is told.
           try_cast(quantity AS DECIMAL(16, 4)) AS pieces,
           CASE WHEN $has_amount THEN try_cast(amount AS DECIMAL(16, 4))
                ELSE try_cast(CAST(try_cast(quantity AS DECIMAL(16, 4)) AS DECIMAL(38, 4))
                              * try_cast(unit_price AS DECIMAL(16, 4)) AS DECIMAL(16, 4)) END AS money
    FROM stage
), judged AS (
    SELECT *,
           CASE WHEN coalesce(trim(customer_id), '') = '' THEN 'customer_id'
                WHEN moment IS NULL OR moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01' THEN 'ordered_at'
                WHEN money IS NULL AND $has_amount THEN 'amount'
                WHEN pieces IS NULL AND (money IS NULL OR trim(quantity) <> '') THEN 'quantity'
                WHEN money IS NULL THEN 'unit_price' END AS fault
    FROM read
)
SELECT place + $first_row AS row, trim(customer_id) AS customer_id, moment AS ordered_at,
       coalesce(nullif(trim(order_id), ''), trim(customer_id) || ' ' || CAST(moment AS VARCHAR)) AS order_id,
       money AS amount, pieces AS quantity, nullif(trim(product), '') AS product, nullif(trim(category), '') AS category,
       nullif(trim(country), '') AS country, nullif(trim(name), '') AS name, nullif(trim(email), '') AS email,
       money < 0 OR coalesce(pieces, 0) < 0 OR coalesce(starts_with(trim(order_id), $return_prefix), FALSE) AS is_return,
       fault,
       CASE fault WHEN 'ordered_at' THEN judged.ordered_at WHEN 'amount' THEN judged.amount
                  WHEN 'quantity' THEN judged.quantity WHEN 'unit_price' THEN judged.unit_price END AS faulty,
       CASE WHEN fault = 'customer_id' THEN 'is empty, so the row was set aside'
            WHEN fault = 'ordered_at' AND coalesce(trim(judged.ordered_at), '') = '' THEN 'is empty'
            WHEN fault = 'ordered_at' AND moment >= $tomorrow THEN 'lies after the day of import'
            WHEN fault = 'ordered_at' AND moment IS NOT NULL THEN 'lies before 1900'
            WHEN fault = 'ordered_at' THEN 'is not a date of the form ' || $date_label
            WHEN coalesce(trim(CASE fault WHEN 'amount' THEN judged.amount WHEN 'quantity' THEN judged.quantity
                                      ELSE judged.unit_price END), '') = '' THEN 'is empty'
            WHEN fault IS NOT NULL THEN 'is not a number that fits' END AS reason
FROM judged;

-- name: type_events
-- As type_orders, for events.
CREATE OR REPLACE TEMP TABLE typed AS
WITH read AS (
    SELECT rowid AS place, stage.*,
           CASE WHEN $iso THEN try_cast(trim(happened_at) AS TIMESTAMP)
                ELSE try_strptime(trim(happened_at), $patterns) END AS moment,
           try_cast(value AS DECIMAL(16, 4)) AS money
    FROM stage
), judged AS (
    SELECT *,
           CASE WHEN coalesce(trim(customer_id), '') = '' THEN 'customer_id'
                WHEN moment IS NULL OR moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01' THEN 'happened_at'
                WHEN coalesce(trim(event_type), '') = '' THEN 'event_type'
                WHEN money IS NULL AND trim(value) <> '' THEN 'value' END AS fault
    FROM read
)
SELECT place + $first_row AS row, trim(customer_id) AS customer_id, moment AS happened_at, trim(event_type) AS event_type, money AS value,
       coalesce(money < 0, FALSE) AS is_return, fault,
       CASE fault WHEN 'happened_at' THEN judged.happened_at WHEN 'value' THEN judged.value END AS faulty,
       CASE WHEN fault = 'customer_id' THEN 'is empty, so the row was set aside'
            WHEN fault = 'event_type' OR (fault = 'happened_at' AND coalesce(trim(judged.happened_at), '') = '') THEN 'is empty'
            WHEN fault = 'happened_at' AND moment >= $tomorrow THEN 'lies after the day of import'
            WHEN fault = 'happened_at' AND moment IS NOT NULL THEN 'lies before 1900'
            WHEN fault = 'happened_at' THEN 'is not a date of the form ' || $date_label
            WHEN fault IS NOT NULL THEN 'is not a number that fits' END AS reason
FROM judged;

-- name: type_scores
-- As type_orders, for scores.
CREATE OR REPLACE TEMP TABLE typed AS
WITH judged AS (
    SELECT rowid AS place, stage.*, try_cast(churn_score AS DOUBLE) AS score,
           CASE WHEN coalesce(trim(customer_id), '') = '' THEN 'customer_id'
                WHEN try_cast(churn_score AS DOUBLE) BETWEEN 0 AND 1 THEN NULL ELSE 'churn_score' END AS fault
    FROM stage
)
SELECT place + $first_row AS row, trim(customer_id) AS customer_id, score AS churn_score, FALSE AS is_return, fault, judged.churn_score AS faulty,
       CASE WHEN fault = 'customer_id' THEN 'is empty, so the row was set aside'
            WHEN fault IS NOT NULL AND coalesce(trim(judged.churn_score), '') = '' THEN 'is empty'
            WHEN fault IS NOT NULL THEN 'is not a number from 0 to 1' END AS reason
FROM judged;

-- name: renumber
-- Moves the rows of records that stand below gaps, so that `row` is the place in the file.
UPDATE typed SET row = typed.row + gaps.shift
FROM gaps
WHERE typed.row >= gaps.from_row AND typed.row < gaps.until_row;

-- name: copy_orders
-- Writes the accepted order lines in the file's order.
COPY (SELECT row, customer_id, ordered_at, order_id, amount, quantity, product, category, country, name, email, is_return
      FROM typed WHERE fault IS NULL)
TO $path (FORMAT parquet, COMPRESSION zstd);

-- name: copy_events
-- Writes the accepted events in the file's order.
COPY (SELECT row, customer_id, happened_at, event_type, value FROM typed WHERE fault IS NULL)
TO $path (FORMAT parquet, COMPRESSION zstd);

-- name: copy_scores
-- Writes the accepted scores in the file's order.
COPY (SELECT row, customer_id, churn_score FROM typed WHERE fault IS NULL)
TO $path (FORMAT parquet, COMPRESSION zstd);

-- name: copy_aside
-- Writes one row for each record that was not accepted: its row in the file, our column, the value and the reason.
COPY (SELECT row, fault AS "column", faulty AS value, reason FROM typed WHERE fault IS NOT NULL
      UNION ALL SELECT row, NULL, value, reason FROM broken
      ORDER BY row)
TO $path (FORMAT parquet, COMPRESSION zstd);

-- name: tally_orders
-- One row: accepted, rejected, without a customer, returns among the accepted, first and last day.
SELECT count(*) FILTER (WHERE fault IS NULL), count(*) FILTER (WHERE fault <> 'customer_id') + (SELECT count(*) FROM broken),
       count(*) FILTER (WHERE fault = 'customer_id'), count(*) FILTER (WHERE fault IS NULL AND is_return),
       CAST(min(ordered_at) FILTER (WHERE fault IS NULL) AS DATE), CAST(max(ordered_at) FILTER (WHERE fault IS NULL) AS DATE)
FROM typed;

-- name: tally_events
-- As tally_orders, for events.
SELECT count(*) FILTER (WHERE fault IS NULL), count(*) FILTER (WHERE fault <> 'customer_id') + (SELECT count(*) FROM broken),
       count(*) FILTER (WHERE fault = 'customer_id'), 0,
       CAST(min(happened_at) FILTER (WHERE fault IS NULL) AS DATE), CAST(max(happened_at) FILTER (WHERE fault IS NULL) AS DATE)
FROM typed;

-- name: tally_scores
-- As tally_orders, for scores, which have no days.
SELECT count(*) FILTER (WHERE fault IS NULL), count(*) FILTER (WHERE fault <> 'customer_id') + (SELECT count(*) FROM broken),
       count(*) FILTER (WHERE fault = 'customer_id'), 0, NULL, NULL
FROM typed;

-- name: first_rejects
-- One row a rejected record, the first ones of the file: row, our column, value, reason.
SELECT row, fault, faulty AS value, reason FROM typed WHERE fault <> 'customer_id'
UNION ALL SELECT row, NULL, value, reason FROM broken
ORDER BY row LIMIT $limit;

-- name: read_aside
-- One row a record of a batch that was not accepted.
SELECT row, "column", value, reason FROM read_parquet($path) ORDER BY row LIMIT $limit;

-- name: apply_orders
-- Adds a batch's lines to the facts.
INSERT INTO order_lines BY NAME SELECT $batch_id AS batch_id, * FROM read_parquet($path);

-- name: apply_events
-- Adds a batch's events to the facts.
INSERT INTO events BY NAME SELECT $batch_id AS batch_id, * FROM read_parquet($path);

-- name: apply_scores
-- Adds a batch's scores to the facts.
INSERT INTO scores BY NAME SELECT $batch_id AS batch_id, * FROM read_parquet($path);

-- name: note_batch
-- Remembers that a batch is in the facts.
INSERT INTO applied_batches VALUES ($batch_id, $kind, $rows, $sha256);

-- name: applied
-- One row a batch that is in the facts: its number, its checksum and its kind.
SELECT batch_id, sha256, kind FROM applied_batches ORDER BY batch_id;

-- name: remove_orders
-- Takes a batch's lines out of the facts.
DELETE FROM order_lines WHERE batch_id = $batch_id;

-- name: remove_events
-- Takes a batch's events out of the facts.
DELETE FROM events WHERE batch_id = $batch_id;

-- name: remove_scores
-- Takes a batch's scores out of the facts.
DELETE FROM scores WHERE batch_id = $batch_id;

-- name: forget_batch
-- Forgets that a batch was in the facts.
DELETE FROM applied_batches WHERE batch_id = $batch_id;
