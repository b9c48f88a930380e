-- name: macros
-- How a cell is read, for all kinds: text without its margins, ids, numbers, moments. `source` holds every cell as
-- text: our columns by name, all of the file's in the struct `raw`.
-- `source` holds every cell as text: ours by name, those of text cleaned, all of the file's as they are in `raw`.
-- Nearly no cell has margins: only those that begin or end with something else than a visible ASCII character may.
-- `nulls` is a pattern, not a list: a list in a branch costs as much as reading the file, even when no row takes it.
CREATE OR REPLACE TEMP MACRO trimmed(x) AS regexp_replace(x, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g');
CREATE OR REPLACE TEMP MACRO cleaned(x, nulls) AS
    CASE WHEN least(x, x[-1]) < '!' OR greatest(x, x[-1]) > '~'
         THEN CASE WHEN NOT regexp_full_match(trimmed(x), nulls) THEN trimmed(x) END ELSE x END;
CREATE OR REPLACE TEMP MACRO blank(x) AS nullif(trim(x), '') IS NULL;
-- An id that a spreadsheet changed begins with a digit; a comparison takes far less time than a look into the text.
CREATE OR REPLACE TEMP MACRO id_of(x) AS
    CASE WHEN x < ':' AND ends_with(x, '.0') AND regexp_full_match(x, '\d+\.0') THEN left(x, -2) ELSE x END;
CREATE OR REPLACE TEMP MACRO is_shortened(x) AS x < ':' AND contains(x, '+') AND regexp_full_match(x, '(?i)\d([.,]\d+)?E\+\d+');
-- A number as most files write it is cast at once; what that refuses is looked at closely. Behind WHEN that look costs
-- nothing where there is no need for it; without, DuckDB takes its common parts out and computes them for every row.
CREATE OR REPLACE TEMP MACRO spelled_number(x, form) AS
    CASE WHEN regexp_full_match(x, form['whole'])
         THEN CASE WHEN regexp_matches(x, '^[-(\x{2212}]|\d-$') THEN -1 ELSE 1 END
              * try_cast(replace(regexp_replace(regexp_replace(x, '[-+()\x{2212}]', '', 'g'), form['groups'], '', 'g'), form['mark'], '.') AS DECIMAL(16, 4))
    END;
CREATE OR REPLACE TEMP MACRO number_of(x, form) AS
    coalesce(CASE WHEN form['mark'] = '.' AND NOT contains(x, '_') THEN try_cast(x AS DECIMAL(16, 4)) END,
             CASE WHEN x IS NOT NULL THEN spelled_number(trim(regexp_replace(trim(x), form['money'], '\1\2')), form) END);
-- A price of a piece may be far below a cent: rounded as amounts are, many pieces would cost nothing.
CREATE OR REPLACE TEMP MACRO price_of(x, form) AS
    coalesce(CASE WHEN form['mark'] = '.' THEN CASE WHEN NOT contains(x, '_') THEN try_cast(x AS DECIMAL(18, 8)) END
                  WHEN NOT contains(x, '.') AND NOT contains(x, '_') THEN try_cast(replace(x, ',', '.') AS DECIMAL(18, 8)) END, number_of(x, form));
-- Of other lengths than the two usual ones may be times of day with AM or PM, which a cast would overlook, and zones.
CREATE OR REPLACE TEMP MACRO odd_iso_moment(x, zone) AS
    CASE WHEN regexp_full_match(x, '\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?')
         THEN try_cast(replace(x, ',', '.') AS TIMESTAMP)
         WHEN regexp_full_match(x, '\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?(Z|[-+]\d\d(:?\d\d)?)')
         THEN timezone(zone, try_cast(regexp_replace(replace(regexp_replace(x, '\s?(Z|[-+]\d\d:?\d*)$', '\1'), ',', '.'), '([-+]\d\d)(\d\d)$', '\1:\2') AS TIMESTAMPTZ))
    END;
CREATE OR REPLACE TEMP MACRO iso_moment(x, zone) AS
    CASE WHEN (strlen(x) = 10 OR (strlen(x) = 19 AND substr(x, 17, 1) = ':')) AND x >= '0' AND x < ':'
         THEN coalesce(try_cast(x AS TIMESTAMP), odd_iso_moment(trim(x), zone))
         ELSE odd_iso_moment(trim(x), zone) END;
CREATE OR REPLACE TEMP MACRO is_count(x) AS regexp_full_match(trim(x), '\d+(\.\d+)?');
CREATE OR REPLACE TEMP MACRO moment_of(x, form, zone) AS
    CASE form['key']
        WHEN 'iso' THEN iso_moment(x, zone)
        WHEN 'excel' THEN CASE WHEN is_count(x) AND try_cast(x AS DOUBLE) BETWEEN 20000 AND 60000
                               THEN TIMESTAMP '1899-12-30' + to_seconds(round(try_cast(x AS DOUBLE) * 86400)) END
        WHEN 'unix' THEN CASE WHEN is_count(x) AND try_cast(x AS DOUBLE) BETWEEN 1e8 AND 1e10 THEN timezone(zone, to_timestamp(try_cast(x AS DOUBLE))) END
        WHEN 'unix_ms' THEN CASE WHEN is_count(x) AND try_cast(x AS BIGINT) BETWEEN 100000000000 AND 9999999999999
                                 THEN timezone(zone, make_timestamptz(try_cast(x AS BIGINT) * 1000)) END
        -- strptime knows words for no day at all.
        ELSE CASE WHEN NOT regexp_matches(x, '(?i)epoch|inf')
                  THEN try_strptime(regexp_replace(regexp_replace(trim(x), '(\d)T(\d)', '\1 \2'), '(?i)\bsept\b', 'Sep'), form['patterns']) END
    END;
-- A row that only sums up others: no date, and a cell that says so.
CREATE OR REPLACE TEMP MACRO is_total(raw) AS
    regexp_matches(CAST(to_json(raw) AS VARCHAR), '(?i):"\s*(grand |sub)?(totals?|sum)\s*:?\s*"');
CREATE OR REPLACE TEMP MACRO list_of(x) AS
    nullif(list_filter(list_transform(string_split_regex(regexp_replace(x, '^\[|\]$', '', 'g'), '[,;|]'),
                                      lambda item: trim(item, ' "''')), lambda item: item <> ''), []);
CREATE OR REPLACE TEMP MACRO consent_of(x) AS
    CASE WHEN lower(x) IN ('yes', 'true', '1', 'given', 'opt-in', 'opted in', 'optin', 'subscribed', 'y', 'ja', 'oui', 'si') THEN 'given'
         WHEN lower(x) IN ('no', 'false', '0', 'refused', 'opt-out', 'opted out', 'optout', 'unsubscribed', 'n', 'nein', 'non') THEN 'refused' END;
CREATE OR REPLACE TEMP MACRO attributes_of(pairs) AS
    map_from_entries(list_filter(map_entries(pairs), lambda pair: pair.value IS NOT NULL));

-- name: iso_moments
-- In place of moment_of for a file whose dates are all ISO: to choose among all forms takes time for each row.
CREATE OR REPLACE TEMP MACRO moment_of(x, form, zone) AS iso_moment(x, zone);

-- name: read_orders
-- Writes every record in the file's order, typed. `fault` is NULL for those accepted; else the column that cannot be
-- accepted, or why the record is set aside, with the value, the reason and the whole record as text. Columns of `absent`
-- are left out, which the view order_lines reads as NULL: to write what nobody has takes time too.
COPY (
    WITH read AS (
        SELECT *, moment_of(ordered_at, $dates, $zone) AS moment, number_of(quantity, $numbers) AS pieces,
               -- Below a trillion: every real amount fits, their sums too; an id or a time in their place is told.
               coalesce(CASE WHEN $has_amount THEN number_of(amount, $numbers) END,
                        CASE WHEN $has_price AND (NOT $has_amount OR blank(amount))
                             THEN try_cast(CAST(number_of(quantity, $numbers) AS DECIMAL(18, 4)) * price_of(unit_price, $numbers) AS DECIMAL(16, 4)) END) AS money
        FROM source
    ), judged AS (
        SELECT *,
               CASE WHEN moment IS NULL AND blank(ordered_at) AND is_total(raw) THEN 'totals'
                    WHEN customer_id IS NULL THEN 'no_customer'
                    WHEN moment IS NULL AND trim(ordered_at) = $date_header THEN 'header'
                    WHEN is_shortened(customer_id) THEN 'customer_id'
                    WHEN is_shortened(order_id) THEN 'order_id'
                    WHEN moment IS NULL OR moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01' THEN 'ordered_at'
                    WHEN currency IS NOT NULL AND $currency IS NOT NULL AND NOT list_contains($currencies, upper(currency)) THEN 'currency'
                    WHEN money IS NULL AND $has_amount THEN 'amount'
                    WHEN pieces IS NULL AND (money IS NULL OR NOT blank(quantity)) THEN 'quantity'
                    WHEN money IS NULL THEN 'unit_price' END AS fault,
               CASE fault WHEN 'ordered_at' THEN ordered_at WHEN 'amount' THEN amount WHEN 'quantity' THEN quantity
                          WHEN 'unit_price' THEN unit_price WHEN 'currency' THEN currency WHEN 'customer_id' THEN customer_id
                          WHEN 'order_id' THEN order_id END AS faulty
        FROM read
    ), typed AS (
        SELECT id_of(customer_id) AS customer_id, moment AS ordered_at, id_of(order_id) AS order_id, money AS amount, pieces AS quantity,
               product AS product, category AS category, country AS country,
               nullif(concat_ws(' ', name, last_name), '') AS name, email AS email,
               number_of(rtrim(discount, ' %'), $numbers) AS discount,
               coalesce(money < 0, FALSE) OR coalesce(pieces < 0, FALSE) OR coalesce(starts_with(order_id, $return_prefix), FALSE) AS is_return,
               fault, CASE WHEN fault IS NOT NULL THEN faulty END AS value,
               CASE WHEN fault IS NULL OR fault IN ('totals', 'no_customer', 'header') THEN NULL
                    WHEN blank(faulty) THEN 'is empty'
                    WHEN fault IN ('customer_id', 'order_id') THEN 'was shortened by a spreadsheet'
                    WHEN fault = 'currency' THEN 'is another currency than ' || $currency
                    WHEN fault = 'ordered_at' AND moment >= $tomorrow THEN 'lies after the day of import'
                    WHEN fault = 'ordered_at' AND moment IS NOT NULL THEN 'lies before 1900'
                    WHEN fault = 'ordered_at' THEN 'is not a date of the form ' || $dates['label']
                    WHEN regexp_matches(faulty, $any_money) THEN 'is not a number that fits, or in another currency'
                    ELSE 'is not a number that fits' END AS reason,
               CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
        FROM judged
    )
    SELECT COLUMNS(lambda key: NOT list_contains($absent, key)) FROM typed
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: read_events
-- As read_orders, for service events.
COPY (
    WITH read AS (
        SELECT *, moment_of(happened_at, $dates, $zone) AS moment, number_of(value, $numbers) AS money FROM source
    ), judged AS (
        SELECT *,
               CASE WHEN moment IS NULL AND blank(happened_at) AND is_total(raw) THEN 'totals'
                    WHEN customer_id IS NULL THEN 'no_customer'
                    WHEN moment IS NULL AND trim(happened_at) = $date_header THEN 'header'
                    WHEN is_shortened(customer_id) THEN 'customer_id'
                    WHEN moment IS NULL OR moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01' THEN 'happened_at'
                    WHEN event_type IS NULL THEN 'event_type'
                    WHEN money IS NULL AND NOT blank(value) THEN 'value' END AS fault,
               CASE fault WHEN 'happened_at' THEN happened_at WHEN 'event_type' THEN event_type WHEN 'value' THEN value
                          WHEN 'customer_id' THEN customer_id END AS faulty
        FROM read
    )
    SELECT id_of(customer_id) AS customer_id, moment AS happened_at, event_type AS event_type, money AS amount,
           coalesce(money < 0, FALSE) AS is_return, fault, CASE WHEN fault IS NOT NULL THEN faulty END AS value,
           CASE WHEN fault IS NULL OR fault IN ('totals', 'no_customer', 'header') THEN NULL
                WHEN blank(faulty) THEN 'is empty'
                WHEN fault = 'customer_id' THEN 'was shortened by a spreadsheet'
                WHEN fault = 'happened_at' AND moment >= $tomorrow THEN 'lies after the day of import'
                WHEN fault = 'happened_at' AND moment IS NOT NULL THEN 'lies before 1900'
                WHEN fault = 'happened_at' THEN 'is not a date of the form ' || $dates['label']
                ELSE 'is not a number that fits' END AS reason,
           CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
    FROM judged
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: read_visits
-- As read_orders, for website events.
COPY (
    WITH read AS (
        SELECT *, moment_of(happened_at, $dates, $zone) AS moment FROM source
    ), judged AS (
        SELECT *,
               CASE WHEN moment IS NULL AND blank(happened_at) AND is_total(raw) THEN 'totals'
                    WHEN customer_id IS NULL THEN 'no_customer'
                    WHEN moment IS NULL AND trim(happened_at) = $date_header THEN 'header'
                    WHEN is_shortened(customer_id) THEN 'customer_id'
                    WHEN moment IS NULL OR moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01' THEN 'happened_at'
                    WHEN event_type IS NULL THEN 'event_type'
                    WHEN session_id IS NULL THEN 'session_id' END AS fault,
               CASE fault WHEN 'happened_at' THEN happened_at WHEN 'event_type' THEN event_type WHEN 'session_id' THEN session_id
                          WHEN 'customer_id' THEN customer_id END AS faulty
        FROM read
    )
    SELECT id_of(customer_id) AS customer_id, moment AS happened_at, event_type AS event_type, id_of(session_id) AS session_id,
           page AS page, attributes_of(attributes) AS attributes, FALSE AS is_return,
           fault, CASE WHEN fault IS NOT NULL THEN faulty END AS value,
           CASE WHEN fault IS NULL OR fault IN ('totals', 'no_customer', 'header') THEN NULL
                WHEN blank(faulty) THEN 'is empty'
                WHEN fault = 'customer_id' THEN 'was shortened by a spreadsheet'
                WHEN moment >= $tomorrow THEN 'lies after the day of import'
                WHEN moment IS NOT NULL THEN 'lies before 1900'
                ELSE 'is not a date of the form ' || $dates['label'] END AS reason,
           CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
    FROM judged
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: read_scores
-- As read_orders, for scores.
COPY (
    WITH judged AS (
        SELECT *, number_of(churn_score, $numbers) AS score,
               CASE WHEN customer_id IS NULL THEN 'no_customer'
                    WHEN customer_id = $customer_header THEN 'header'
                    WHEN is_shortened(customer_id) THEN 'customer_id'
                    WHEN coalesce(score NOT BETWEEN 0 AND 1, TRUE) THEN 'churn_score' END AS fault
        FROM source
    )
    SELECT id_of(customer_id) AS customer_id, CAST(score AS DOUBLE) AS churn_score, FALSE AS is_return,
           fault, CASE fault WHEN 'churn_score' THEN judged.churn_score WHEN 'customer_id' THEN judged.customer_id END AS value,
           CASE WHEN fault = 'churn_score' AND blank(judged.churn_score) THEN 'is empty'
                WHEN fault = 'churn_score' THEN 'is not a number from 0 to 1'
                WHEN fault = 'customer_id' THEN 'was shortened by a spreadsheet' END AS reason,
           CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
    FROM judged
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: read_customers
-- As read_orders, for records of customers. A pain point or a behaviour that is none of ours costs no record: it becomes
-- an attribute under the names `other_pains` and `other_behavior`.
COPY (
    WITH read AS (
        SELECT *, moment_of(signup_on, $dates, $zone) AS moment, number_of(age, $numbers) AS years,
               number_of(engagement_score, $numbers) AS engagement,
               CASE WHEN ends_with(trim(response_rate), '%') THEN number_of(rtrim(response_rate, ' %'), $numbers) / 100
                    ELSE number_of(response_rate, $numbers) END AS rate,
               number_of(lifetime_value, $numbers) AS worth, list_of(lower(pain_points)) AS pains,
               replace(replace(lower(buying_behavior), ' ', '_'), '-', '_') AS behavior
        FROM source
    ), judged AS (
        SELECT *,
               CASE WHEN customer_id IS NULL AND is_total(raw) THEN 'totals'
                    WHEN customer_id IS NULL THEN 'no_customer'
                    WHEN customer_id = $customer_header THEN 'header'
                    WHEN is_shortened(customer_id) THEN 'customer_id'
                    WHEN NOT blank(signup_on) AND coalesce(moment >= $tomorrow OR moment < TIMESTAMP '1900-01-01', TRUE) THEN 'signup_on'
                    WHEN NOT blank(age) AND coalesce(years NOT BETWEEN 0 AND 130 OR years <> floor(years), TRUE) THEN 'age'
                    WHEN NOT blank(engagement_score) AND coalesce(engagement NOT BETWEEN 0 AND 100, TRUE) THEN 'engagement_score'
                    WHEN NOT blank(response_rate) AND coalesce(rate NOT BETWEEN 0 AND 1, TRUE) THEN 'response_rate'
                    WHEN NOT blank(lifetime_value) AND worth IS NULL THEN 'lifetime_value'
                    WHEN email IS NOT NULL AND NOT regexp_full_match(email, '[^@\s]+@[^@\s]+\.[^@\s]+') THEN 'email' END AS fault,
               CASE fault WHEN 'signup_on' THEN signup_on WHEN 'age' THEN age WHEN 'engagement_score' THEN engagement_score
                          WHEN 'response_rate' THEN response_rate WHEN 'lifetime_value' THEN lifetime_value WHEN 'email' THEN email
                          WHEN 'customer_id' THEN customer_id END AS faulty
        FROM read
    )
    SELECT id_of(customer_id) AS customer_id, nullif(concat_ws(' ', name, last_name), '') AS name, email AS email,
           try_cast(years AS SMALLINT) AS age, location AS location, CAST(moment AS DATE) AS signup_on,
           list_of(interests) AS interests, CAST(engagement AS DOUBLE) AS engagement_score,
           preferred_contact_time AS preferred_contact_time,
           nullif(list_filter(pains, lambda pain: list_contains($pains, pain)), []) AS pain_points,
           CASE WHEN list_contains($behaviors, behavior) THEN behavior END AS buying_behavior,
           CAST(rate AS DOUBLE) AS response_rate, CAST(worth AS DECIMAL(18, 4)) AS lifetime_value, language AS language,
           zone AS zone,
           CASE WHEN $asks_email THEN consent_of(consent_email) ELSE $consent END AS consent_email,
           consent_of(consent_popup) AS consent_popup, consent_of(consent_teaser) AS consent_teaser,
           list_of(tags) AS tags,
           CASE WHEN list_has_all($pains, coalesce(pains, [])) AND (behavior IS NULL OR list_contains($behaviors, behavior)) THEN attributes_of(attributes)
                ELSE attributes_of(map_concat(attributes, MAP {
                    $other_pains: nullif(array_to_string(list_filter(pains, lambda pain: NOT list_contains($pains, pain)), '; '), ''),
                    $other_behavior: CASE WHEN NOT list_contains($behaviors, behavior) THEN buying_behavior END})) END AS attributes, FALSE AS is_return,
           fault, CASE WHEN fault IS NOT NULL THEN faulty END AS value,
           CASE fault WHEN 'signup_on' THEN CASE WHEN moment >= $tomorrow THEN 'lies after the day of import'
                                                 WHEN moment IS NOT NULL THEN 'lies before 1900'
                                                 ELSE 'is not a date of the form ' || $dates['label'] END
                      WHEN 'customer_id' THEN 'was shortened by a spreadsheet'
                      WHEN 'age' THEN 'is not a whole number from 0 to 130'
                      WHEN 'engagement_score' THEN 'is not a number from 0 to 100'
                      WHEN 'response_rate' THEN 'is not a number from 0 to 1'
                      WHEN 'lifetime_value' THEN 'is not a number that fits'
                      WHEN 'email' THEN 'is no e-mail address' END AS reason,
           CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
    FROM judged
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: other_words
-- One row a word that accepted records have under an attribute, with the number of records, the most frequent first.
SELECT word, count(*) AS times
FROM (SELECT unnest(string_split(attributes[$name], '; ')) AS word FROM read_parquet($path) WHERE fault IS NULL)
GROUP BY word ORDER BY times DESC, word LIMIT 10;

-- name: read_table
-- As read_orders, for a plain table with a churn label; everything else in it is an attribute.
COPY (
    WITH judged AS (
        SELECT *,
               CASE WHEN lower(label) IN ('yes', 'true', '1', '1.0', 'churned', 'churn', 'left', 'exited', 'attrited customer', 'y') THEN TRUE
                    WHEN lower(label) IN ('no', 'false', '0', '0.0', 'stayed', 'retained', 'existing customer', 'existing', 'n') THEN FALSE END AS churned,
               CASE WHEN label = $label_header AND CAST(to_json(raw) AS VARCHAR) = $header_row THEN 'header' WHEN churned IS NULL THEN 'label' END AS fault
        FROM source
    )
    SELECT id_of(customer_id) AS customer_id, churned, attributes_of(attributes) AS attributes, FALSE AS is_return,
           fault, CASE WHEN fault IS NOT NULL THEN label END AS value,
           CASE WHEN fault = 'label' AND label IS NULL THEN 'is empty' WHEN fault = 'label' THEN 'is neither yes nor no' END AS reason,
           CASE WHEN fault IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS raw
    FROM judged
) TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: date_readings
-- One row: how many dates each way of writing reads, how many both day-first and month-first read, how many of those
-- they read differently, and the first such: its place among the records and its value.
WITH dates AS (
    SELECT min(place) AS place, count(*) AS times, value
    FROM (SELECT row_number() OVER () - 1 AS place, dated AS value FROM source)
    WHERE NOT blank(value) GROUP BY value
), readings AS (
    SELECT place, times, value, moment_of(value, $iso, 'UTC') IS NOT NULL AS iso, moment_of(value, $compact, 'UTC') IS NOT NULL AS compact,
           moment_of(value, $day_first, 'UTC') AS day_first, moment_of(value, $month_first, 'UTC') AS month_first,
           moment_of(value, $month_name, 'UTC') IS NOT NULL AS month_name, moment_of(value, $excel, 'UTC') IS NOT NULL AS excel,
           moment_of(value, $unix, 'UTC') IS NOT NULL AS unix, moment_of(value, $unix_ms, 'UTC') IS NOT NULL AS unix_ms
    FROM dates
)
SELECT coalesce(sum(times) FILTER (WHERE iso), 0), coalesce(sum(times) FILTER (WHERE compact), 0),
       coalesce(sum(times) FILTER (WHERE day_first IS NOT NULL), 0), coalesce(sum(times) FILTER (WHERE month_first IS NOT NULL), 0),
       coalesce(sum(times) FILTER (WHERE month_name), 0), coalesce(sum(times) FILTER (WHERE excel), 0),
       coalesce(sum(times) FILTER (WHERE unix), 0), coalesce(sum(times) FILTER (WHERE unix_ms), 0),
       coalesce(sum(times) FILTER (WHERE day_first IS NOT NULL AND month_first IS NOT NULL), 0),
       coalesce(sum(times) FILTER (WHERE day_first <> month_first), 0),
       min(place) FILTER (WHERE day_first <> month_first), arg_min(value, place) FILTER (WHERE day_first <> month_first)
FROM readings;

-- name: number_readings
-- One row: how many numbers can only have a decimal point, how many only a decimal comma, how many could have either,
-- and the first such: its place among the records and its value. Before decimals of `typed` cells we put a point.
WITH cells AS (
    SELECT place, trim(regexp_replace(trim(cell), $money, '\1\2')) AS value
    FROM (SELECT row_number() OVER () - 1 AS place, unnest(amounts) AS cell FROM source)
    WHERE regexp_matches(cell, '[.,]')
), judged AS (
    SELECT place, value, regexp_full_match(value, $point) AS point, regexp_full_match(value, $comma) AND NOT ($typed AND contains(value, '.')) AS comma FROM cells WHERE regexp_matches(value, '[.,]')
)
SELECT count(*) FILTER (WHERE point AND NOT comma), count(*) FILTER (WHERE comma AND NOT point),
       count(*) FILTER (WHERE point AND comma), min(place) FILTER (WHERE point AND comma),
       arg_min(value, place) FILTER (WHERE point AND comma)
FROM judged;

-- name: broken_rows
-- One row a line that the last scan could not split.
SELECT DISTINCT line FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) ORDER BY line LIMIT 100000;

-- name: broken_records
-- One row a line that could not be split into the file's columns: its row in the file and what is wrong with it, which
-- is nothing when it holds blanks alone.
CREATE OR REPLACE TEMP TABLE broken AS
SELECT CAST(line AS BIGINT) + $above AS row, left(ltrim(arg_min(csv_line, coalesce(column_idx, 0)), chr(10) || chr(13)), 100000) AS value,
       CASE WHEN NOT regexp_full_match(min(csv_line), '\s*') THEN arg_min(error_message, coalesce(column_idx, 0)) END AS reason, bool_or(error_type = 'UNQUOTED VALUE') AS is_quote
FROM reject_errors
WHERE scan_id = (SELECT max(scan_id) FROM reject_scans)
GROUP BY line;

-- name: open_quote
-- One row: the first record that a quotation mark runs through several lines of and out of, or NULL.
SELECT min(row) FROM broken WHERE is_quote AND contains(value, chr(10));

-- name: write_aside
-- Writes one row for each stretch of lines that holds no record: those that could not be split, with the reason, what
-- stands above the first record, and runs of blank lines.
COPY (SELECT row, 1::BIGINT AS lines, value, reason FROM broken
      UNION ALL SELECT CAST(run[1] AS BIGINT), CAST(run[2] AS BIGINT), NULL, NULL FROM (SELECT unnest($runs::BIGINT[][]) AS run)
      ORDER BY row)
TO $path (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: count_records
-- One row: how many records the file has, with those that could not be split.
SELECT count(*) + (SELECT count(*) FROM broken) FROM read_parquet($path);

-- name: tally
-- One row: accepted, rejected, returns among the accepted.
SELECT count(*) FILTER (WHERE fault IS NULL),
       count(*) FILTER (WHERE fault NOT IN ('no_customer', 'header', 'totals', 'overlap')) + (SELECT count(*) FROM read_parquet($aside) WHERE reason IS NOT NULL),
       count(*) FILTER (WHERE fault IS NULL AND is_return)
FROM read_parquet($path);

-- name: set_aside
-- One row a reason for which records were set aside, with their number.
SELECT fault, count(*) FROM read_parquet($path) WHERE fault IN ('no_customer', 'header', 'totals', 'overlap') GROUP BY fault ORDER BY fault;

-- name: read_rejects
-- One row a record that was not accepted, in the file's order: its row in the file, the fault, the value, the reason and
-- all its cells as JSON. Lines without a record above it count towards its row.
WITH aside AS (
    SELECT row, lines, value, reason, sum(lines) OVER (ORDER BY row) AS shift FROM read_parquet($aside)
), gaps AS (
    SELECT row - (shift - lines) AS from_row, max(shift) AS shift FROM aside GROUP BY from_row
), faults AS (
    SELECT file_row_number + 1 AS place, fault, value, reason, raw FROM read_parquet($path, file_row_number = TRUE)
    WHERE fault IS NOT NULL AND NOT list_contains($skipped::VARCHAR[], fault)
)
SELECT CAST(place + coalesce(shift, 0) AS BIGINT) AS row, fault, value, reason, raw
FROM faults ASOF LEFT JOIN gaps ON place >= from_row
UNION ALL
SELECT row, NULL, value, reason, NULL FROM aside WHERE reason IS NOT NULL
ORDER BY row LIMIT $limit;

-- name: days_orders
-- One row: the first and the last day among a batch's accepted order lines.
SELECT CAST(min(ordered_at) AS DATE), CAST(max(ordered_at) AS DATE) FROM read_parquet($path) WHERE fault IS NULL;

-- name: days_events
-- One row: the first and the last day among a batch's accepted events, of the service or of the website.
SELECT CAST(min(happened_at) AS DATE), CAST(max(happened_at) AS DATE) FROM read_parquet($path) WHERE fault IS NULL;

-- name: lines_between
-- One row: whether earlier batches have order lines in this time.
SELECT EXISTS (SELECT 1 FROM order_lines WHERE ordered_at BETWEEN $first AND $last);

-- name: count_overlap
-- One row: how many accepted order lines of a new batch stand in earlier batches too. A line that stands there twice is
-- met twice at most.
WITH ours AS (
    SELECT customer_id, ordered_at, order_id, product, amount, quantity, count(*) AS times
    FROM read_parquet($path) WHERE fault IS NULL GROUP BY ALL
), theirs AS (
    SELECT customer_id, ordered_at, order_id, product, amount, quantity, count(*) AS times
    FROM order_lines WHERE ordered_at BETWEEN $first AND $last GROUP BY ALL
)
SELECT coalesce(sum(least(ours.times, theirs.times)), 0)
FROM ours JOIN theirs
  ON ours.customer_id = theirs.customer_id AND ours.ordered_at = theirs.ordered_at AND ours.amount = theirs.amount
 AND ours.order_id IS NOT DISTINCT FROM theirs.order_id AND ours.product IS NOT DISTINCT FROM theirs.product
 AND ours.quantity IS NOT DISTINCT FROM theirs.quantity;

-- name: skip_overlap
-- Writes a batch anew, with the lines that stand in earlier batches set aside.
COPY (
    WITH ours AS (
        SELECT *, file_row_number AS place,
               row_number() OVER (PARTITION BY fault, customer_id, ordered_at, order_id, product, amount, quantity ORDER BY file_row_number) AS turn
        FROM read_parquet($path, file_row_number = TRUE)
    ), theirs AS (
        SELECT customer_id, ordered_at, order_id, product, amount, quantity, count(*) AS times
        FROM order_lines WHERE ordered_at BETWEEN $first AND $last GROUP BY ALL
    )
    SELECT ours.* EXCLUDE (place, turn, file_row_number) REPLACE (CASE WHEN ours.fault IS NULL AND turn <= theirs.times THEN 'overlap' ELSE ours.fault END AS fault)
    FROM ours LEFT JOIN theirs
      ON ours.customer_id = theirs.customer_id AND ours.ordered_at = theirs.ordered_at AND ours.amount = theirs.amount
     AND ours.order_id IS NOT DISTINCT FROM theirs.order_id AND ours.product IS NOT DISTINCT FROM theirs.product
     AND ours.quantity IS NOT DISTINCT FROM theirs.quantity
    ORDER BY place
) TO $target (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);

-- name: note_batch
-- Remembers that a batch is in the facts.
INSERT INTO applied_batches VALUES ($batch_id, $kind, $rows, $sha256, $file, $bytes);

-- name: applied
-- One row a batch that is in the facts: its number, checksum, kind, file and size in bytes.
SELECT batch_id, sha256, kind, file, bytes FROM applied_batches ORDER BY batch_id;

-- name: forget_batch
-- Forgets that a batch was in the facts.
DELETE FROM applied_batches WHERE batch_id = $batch_id;
