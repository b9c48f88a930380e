-- name: look
-- One row: what the first `most` records say of amounts that stand once an order. Lines of an order have the number, the
-- customer and the day in common. Evidence are orders of several lines whose amounts are all the same, or of which one
-- line alone has an amount; where all lines name one product, equal amounts say nothing.
WITH lines AS (
    SELECT place, id_of(customer_id) AS customer, id_of(order_id) AS number, CAST(moment_of(ordered_at, $dates, $zone) AS DATE) AS day,
           product, number_of(amount, $numbers) AS money, blank(amount) AS is_blank,
           CASE WHEN $has_price THEN CAST(number_of(quantity, $numbers) AS DOUBLE) * CAST(price_of(unit_price, $numbers) AS DOUBLE) END AS worth
    FROM (SELECT row_number() OVER () - 1 AS place, * FROM source LIMIT $most)
    WHERE customer_id IS NOT NULL
), orders AS (
    SELECT number, count(*) AS lines, count(money) AS told, min(money) AS lowest, max(money) AS highest,
           count(DISTINCT product) AS products, sum(worth) AS worth, sum(DISTINCT money) AS once,
           sum(coalesce(money, CAST(worth AS DECIMAL(16, 4)), 0)) AS each,
           count(*) FILTER (WHERE abs(money - worth) <= 0.01 + 0.02 * abs(worth)) AS proven,
           count(*) FILTER (WHERE abs(money - worth) <= 0.3 * abs(worth)) AS near,
           min(place) AS place, min(place, 2) AS places
    FROM lines WHERE number IS NOT NULL AND day IS NOT NULL AND (is_blank OR money IS NOT NULL)
    GROUP BY customer, number, day
), sums AS (
    SELECT count(*) AS lines, min(money) IS DISTINCT FROM max(money) AS differ, sum(coalesce(money, CAST(worth AS DECIMAL(16, 4)), 0)) AS each FROM lines
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
COPY (
    WITH cells AS (
        SELECT row_number() OVER () - 1 AS place, blank(amount) AS is_blank, quantity AS cell, NOT blank(quantity) AND number_of(quantity, $numbers) IS NULL AS is_odd,
               CASE WHEN $has_price THEN CAST(number_of(quantity, $numbers) AS DOUBLE) * CAST(price_of(unit_price, $numbers) AS DOUBLE) END AS worth
        FROM source
    ), known AS (
        SELECT DISTINCT customer_id AS customer, order_id AS number, CAST(ordered_at AS DATE) AS on_day FROM order_lines WHERE $again
    ), lines AS (
        SELECT batch.* EXCLUDE (file_row_number), place, CAST(ordered_at AS DATE) AS day, CASE WHEN NOT is_blank THEN amount END AS told, worth, cell,
               is_odd, number IS NOT NULL AS is_known, coalesce(fault = 'amount' AND is_blank, FALSE) AS is_without, order_id IS NOT NULL AND (fault IS NULL OR is_without AND NOT is_odd) AS counts
        FROM read_parquet($path, file_row_number = TRUE) AS batch JOIN cells ON place = file_row_number
        LEFT JOIN known ON customer = customer_id AND number = order_id AND on_day = CAST(ordered_at AS DATE)
    ), shares AS (
        SELECT *, coalesce(told, arg_min(told, place) FILTER (WHERE counts) OVER orders) AS share
        FROM lines WINDOW orders AS (PARTITION BY customer_id, order_id, day)
    ), weighed AS (
        SELECT *, row_number() OVER (holders ORDER BY place) AS turn,
               CASE WHEN count(worth) OVER holders = count(*) OVER holders AND min(worth) OVER holders >= 0 AND sum(worth) OVER holders > 0
                    THEN CAST(round(share * worth / sum(worth) OVER holders, 2) AS DECIMAL(18, 4)) ELSE 0 END AS part
        FROM shares WINDOW holders AS (PARTITION BY counts, customer_id, order_id, day, share)
    ), parted AS (
        SELECT *, CASE WHEN turn = 1 THEN share - sum(part) OVER (PARTITION BY counts, customer_id, order_id, day, share) + part ELSE part END AS owed
        FROM weighed
    )
    SELECT parted.* EXCLUDE (place, day, told, worth, cell, is_odd, is_without, counts, share, turn, part, owed, is_known)
           REPLACE (CASE WHEN NOT counts OR share IS NULL THEN amount WHEN is_known THEN 0 ELSE owed END AS amount,
                    is_return OR counts AND coalesce(share < 0, FALSE) AS is_return,
                    CASE WHEN share IS NULL OR NOT is_without THEN fault WHEN is_odd THEN 'quantity' END AS fault,
                    CASE WHEN share IS NULL OR NOT is_without THEN value WHEN is_odd THEN cell END AS value,
                    CASE WHEN share IS NULL OR NOT is_without THEN reason WHEN is_odd THEN 'is not a number that fits' END AS reason,
                    CASE WHEN share IS NULL OR NOT is_without OR is_odd THEN raw END AS raw)
    FROM parted
    ORDER BY place
) TO $target (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 8192);
