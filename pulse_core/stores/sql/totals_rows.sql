-- name: macros
-- A cell that says of its record that it sums up others.
CREATE OR REPLACE TEMP MACRO says_total(x) AS x IN (
    'total', 'Total', 'TOTAL', 'total:', 'Total:', 'TOTAL:', 'totals', 'Totals', 'TOTALS', 'totals:', 'Totals:', 'TOTALS:',
    'sum', 'Sum', 'SUM', 'sum:', 'Sum:', 'SUM:', 'grand total', 'Grand total', 'Grand Total', 'GRAND TOTAL', 'grand total:', 'Grand total:',
    'Grand Total:', 'GRAND TOTAL:', 'subtotal', 'Subtotal', 'SUBTOTAL', 'subtotal:', 'Subtotal:', 'SUBTOTAL:');

-- name: are_there
-- One row: whether one of the records from the one with this number on is an accepted order line that says it is a total.
SELECT EXISTS (SELECT 1 FROM read_parquet($path, file_row_number = TRUE)
               WHERE file_row_number >= $first AND (says_total(customer_id) OR says_total(order_id) OR says_total(product)) AND fault IS NULL);

-- name: set_aside
-- Writes a batch anew, with those lines set aside that say so and whose amount is the sum of the lines above them: of all,
-- or of those since the last that says so; with or without the lines that were left out.
COPY (
    WITH lines AS (
        SELECT file_row_number AS place, amount, fault, says_total(customer_id) OR says_total(order_id) AS is_named,
               fault IS NULL AND (is_named OR coalesce(says_total(product), FALSE)) AS is_said
        FROM read_parquet($path, file_row_number = TRUE)
    ), summed AS (
        SELECT *, coalesce(sum(amount) FILTER (WHERE NOT is_said) OVER above, 0) AS whole,
               coalesce(sum(amount) FILTER (WHERE NOT is_said AND fault IS NULL) OVER above, 0) AS accepted,
               count(amount) FILTER (WHERE NOT is_said) OVER above AS summands, max(place) FILTER (WHERE is_said) OVER above AS last
        FROM lines WINDOW above AS (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), said AS (
        SELECT * FROM summed WHERE is_said
    ), found AS (
        SELECT said.place
        FROM said LEFT JOIN said AS before ON before.place = said.last
        WHERE said.amount <> 0 AND said.summands > CASE WHEN said.is_named THEN 0 ELSE 1 END
          AND 0.01 > least(abs(said.amount - said.whole), abs(said.amount - said.accepted),
                           abs(said.amount - said.whole + before.whole), abs(said.amount - said.accepted + before.accepted))
    ), cells AS (
        SELECT place, CAST(to_json(cells) AS VARCHAR) AS record
        FROM (SELECT row_number() OVER () - 1 AS place, raw AS cells FROM source) SEMI JOIN found USING (place)
    )
    SELECT batch.* EXCLUDE (file_row_number) REPLACE (CASE WHEN record IS NULL THEN fault ELSE 'totals' END AS fault, coalesce(record, raw) AS raw)
    FROM read_parquet($path, file_row_number = TRUE) AS batch LEFT JOIN cells ON place = file_row_number
    ORDER BY file_row_number
) TO $target (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);
