-- name: look
-- One row: what the first `most` records say of amounts that stand once an order. Lines of an order have the number, the
-- customer and the day in common. Evidence are orders of several lines whose amounts are all the same, or of which one
-- line alone has an amount; where all lines name one product, equal amounts say nothing.
WITH lines AS (
    SELECT place, id_of(customer_id) AS customer, id_of(order_id) AS number, CAST(moment_of(ordered_at, $dates, $zone) AS DATE) AS day,
           product, number_of(amount, $numbers) AS money, blank(amount) AS is_blank,
           CASE WHEN $has_price THEN CAST(number_of(quantity, $numbers) AS DOUBLE) * CAST(price_of(unit_price, $numbers) AS DOUBLE) END AS worth
    FROM (SELECT row_number() OVER () - 1 AS place, * FROM source LIMIT $most)
), orders AS (
    SELECT number, count(*) AS lines, count(money) AS told, min(money) AS lowest, max(money) AS highest,
           count(DISTINCT product) AS products, sum(worth) AS worth, sum(DISTINCT money) AS once,
           sum(coalesce(money, CAST(worth AS DECIMAL(16, 4)), 0)) AS each,
           count(*) FILTER (WHERE abs(money - worth) <= 0.01 + 0.02 * abs(worth)) AS proven,
           count(*) FILTER (WHERE abs(money - worth) <= 0.3 * abs(worth)) AS near,
           min(place) AS place, min(place, 2) AS places
    FROM lines WHERE customer IS NOT NULL AND number IS NOT NULL AND day IS NOT NULL AND (is_blank OR money IS NOT NULL)
    GROUP BY customer, number, day
), sums AS (
    SELECT count(*) AS lines, min(money) IS DISTINCT FROM max(money) AS differ,
           sum(coalesce(money, CAST(worth AS DECIMAL(16, 4)), 0)) FILTER (WHERE customer IS NOT NULL) AS each
    FROM lines
), surplus AS (
    SELECT coalesce(sum(each - coalesce(once, each)), 0) AS much FROM orders
), several AS (
    SELECT *, told = lines AND lowest = highest AS is_repeated, told = 1 AS is_single
    FROM orders WHERE lines > 1 AND told > 0 AND (lowest, highest) <> (0, 0) AND (told < lines OR products <> 1)
)
SELECT any_value(sums.lines), count(several.lines), count(*) FILTER (WHERE is_repeated), count(*) FILTER (WHERE is_single),
       any_value(differ), coalesce(sum(told), 0), coalesce(sum(proven), 0), coalesce(sum(near), 0),
       count(*) FILTER (WHERE abs(once - worth) <= 0.3 * abs(worth)),
       any_value(sums.each), any_value(sums.each - much),
       arg_min(number, place) FILTER (WHERE is_repeated OR is_single), arg_min(highest, place) FILTER (WHERE is_repeated OR is_single),
       arg_min(places, place) FILTER (WHERE is_repeated OR is_single)
FROM sums CROSS JOIN surplus LEFT JOIN several ON TRUE;

-- name: count_once
-- Writes a batch anew in which each amount counts once an order: shared out among the lines that have it in proportion to
-- quantity × unit price (what rounding leaves goes to the first), or all of it on the first. Lines without an amount
-- belong to the first amount of their order. An order that counts already (`again`) brings nothing more.
-- Windows take a few figures of a line, with a hash for who and which order; whole lines are neither sorted nor joined.
COPY (
    WITH cells AS (
        SELECT row_number() OVER () - 1 AS cell_row, blank(amount) AS is_blank,
               CASE WHEN NOT blank(quantity) AND number_of(quantity, $numbers) IS NULL THEN quantity END AS odd,
               CASE WHEN $has_price THEN CAST(number_of(quantity, $numbers) AS DOUBLE) * CAST(price_of(unit_price, $numbers) AS DOUBLE) END AS worth
        FROM source
    ), known AS (
        SELECT DISTINCT hash(customer_id, order_id) AS known_key, CAST(ordered_at AS DATE) AS known_day FROM order_lines WHERE $again
    ), lines AS (
        SELECT file_row_number AS place, hash(customer_id, order_id) AS key, CAST(ordered_at AS DATE) AS day, odd, worth,
               CASE WHEN NOT is_blank THEN amount END AS told, coalesce(fault = 'amount' AND is_blank, FALSE) AS is_without,
               order_id IS NOT NULL AND (fault IS NULL OR is_without AND odd IS NULL) AS counts
        FROM read_parquet($path, file_row_number = TRUE) JOIN cells ON cell_row = file_row_number
    ), shares AS (
        SELECT *, coalesce(told, arg_min(told, place) FILTER (WHERE counts) OVER orders) AS share
        FROM lines WINDOW orders AS (PARTITION BY key, day)
    ), weighed AS (
        SELECT *, min(place) OVER holders = place AS is_first,
               CASE WHEN count(worth) OVER holders = count(*) OVER holders AND min(worth) OVER holders >= 0 AND sum(worth) OVER holders > 0
                    THEN CAST(round(share * worth / sum(worth) OVER holders, 2) AS DECIMAL(18, 4)) ELSE 0 END AS part
        FROM shares WINDOW holders AS (PARTITION BY counts, key, day, share)
    ), parted AS (
        SELECT *, CASE WHEN is_first THEN share - sum(part) OVER holders + part ELSE part END AS owed
        FROM weighed WINDOW holders AS (PARTITION BY counts, key, day, share)
    ), owing AS (
        SELECT place, CASE WHEN counts AND share IS NOT NULL THEN CASE WHEN known_key IS NULL THEN owed ELSE 0 END END AS owed, share < 0 AS is_owed_back,
               is_without AND share IS NOT NULL AS is_told, odd
        FROM parted LEFT JOIN known ON known_key = key AND known_day = day
        ORDER BY place
    )
    SELECT batch.* EXCLUDE (file_row_number)
           REPLACE (CASE WHEN place <> file_row_number THEN error('lines were mixed up') WHEN owed IS NULL THEN amount ELSE owed END AS amount,
                    is_return OR owed IS NOT NULL AND is_owed_back AS is_return,
                    CASE WHEN NOT is_told THEN fault WHEN odd IS NOT NULL THEN 'quantity' END AS fault,
                    CASE WHEN NOT is_told THEN value ELSE odd END AS value,
                    CASE WHEN NOT is_told THEN reason WHEN odd IS NOT NULL THEN 'is not a number that fits' END AS reason,
                    CASE WHEN NOT is_told OR odd IS NOT NULL THEN raw END AS raw)
    FROM read_parquet($path, file_row_number = TRUE) AS batch POSITIONAL JOIN owing
) TO $target (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);
