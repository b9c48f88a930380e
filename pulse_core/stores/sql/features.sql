-- name: buying_days
-- One row a customer and day on which they bought or returned something: orders, what they spent before returns, returns
-- and what these were worth, both together to the last of four decimals (`net`), and days since the buying day before (NULL
-- on the first, and on a day of returns alone).
-- Every snapshot is made from this table, so the orders are read once. An order of many lines counts once; only days of
-- more than one line need their order numbers looked at, which is quicker than looking at all.
CREATE TABLE buying_days AS
WITH summed AS (
    SELECT customer_id, CAST(ordered_at AS DATE) AS day, count(*) AS lines, count(*) FILTER (WHERE is_return) AS return_lines,
           sum(CASE WHEN is_return THEN 0 ELSE amount END) AS spend, sum(CASE WHEN is_return THEN -amount ELSE 0 END) AS returned
    FROM purchases GROUP BY customer_id, CAST(ordered_at AS DATE)
), numbers AS (
    SELECT DISTINCT p.customer_id, CAST(p.ordered_at AS DATE) AS day, p.order_id, p.is_return
    FROM purchases AS p SEMI JOIN (SELECT customer_id, day FROM summed WHERE lines > 1) AS s
        ON s.customer_id = p.customer_id AND s.day = CAST(p.ordered_at AS DATE)
), counted AS (
    SELECT customer_id, day, count(*) FILTER (WHERE NOT is_return) AS orders, count(*) FILTER (WHERE is_return) AS returns
    FROM numbers GROUP BY customer_id, day
), days AS (
    SELECT s.customer_id, s.day, CAST(coalesce(c.orders, s.lines - s.return_lines) AS INTEGER) AS orders,
           CAST(CAST(s.spend AS DECIMAL(38, 2)) AS DOUBLE) AS spend,
           CAST(coalesce(c.returns, s.return_lines) AS INTEGER) AS returns,
           CAST(CAST(s.returned AS DECIMAL(38, 2)) AS DOUBLE) AS returned, s.spend - s.returned AS net
    FROM summed AS s LEFT JOIN counted AS c ON c.customer_id = s.customer_id AND c.day = s.day
)
SELECT customer_id, day, orders, spend, returns, returned, net,
       CASE WHEN orders > 0
            THEN CAST(day - lag(day) OVER (PARTITION BY customer_id, orders > 0 ORDER BY day) AS INTEGER) END AS gap
FROM days;

-- name: visit_days
-- One row a customer and day on which they came to the website, with the number of events.
CREATE TABLE visit_days AS
SELECT customer_id, CAST(happened_at AS DATE) AS day, CAST(count(*) AS INTEGER) AS events
FROM visits WHERE customer_id IS NOT NULL GROUP BY customer_id, CAST(happened_at AS DATE);

-- name: span
-- One row: the first and the last day on which anybody bought, and how many customers had bought by the cut-off.
SELECT min(day), max(day), count(*) FILTER (WHERE gap IS NULL AND day <= $cutoff) FROM buying_days WHERE orders > 0;

-- name: cut
-- One row: the last day that a snapshot may know, which share of the customers it takes, and the first day of visits as far
-- as they are known by then.
CREATE OR REPLACE TEMP TABLE cut AS
SELECT CAST($cutoff AS DATE) AS day, CAST($share AS DOUBLE) AS share,
       (SELECT min(day) FROM visit_days WHERE day <= $cutoff) AS visits_from;

-- name: history
-- All that a snapshot may look at: the days up to the cut, counted back from it (`ago`; 0 is the day of the cut). Money in
-- hundredths, so that sums are exact whatever their order. The sample goes by a hash of the id: the same customers in every
-- snapshot, whatever came after.
CREATE OR REPLACE TEMP VIEW history AS
SELECT b.customer_id, CAST(cut.day - b.day AS INTEGER) AS ago, b.orders, round(b.spend * 100) AS spend, b.returns,
       round(b.returned * 100) AS returned, b.gap
FROM buying_days AS b CROSS JOIN cut
WHERE b.day <= cut.day AND hash(b.customer_id) / 18446744073709551616.0 < cut.share;

-- name: visit_history
-- The same of the website: the days of visits up to the cut, and for how many days back visits are known.
CREATE OR REPLACE TEMP VIEW visit_history AS
SELECT v.customer_id, CAST(cut.day - v.day AS INTEGER) AS ago, v.events
FROM visit_days AS v CROSS JOIN cut
WHERE v.day <= cut.day AND hash(v.customer_id) / 18446744073709551616.0 < cut.share;

-- name: visits_known
-- One row: since how many days before the cut visits are known; NULL where there are none.
CREATE OR REPLACE TEMP VIEW visits_known AS SELECT CAST(day - visits_from AS INTEGER) AS days FROM cut;

-- name: snapshot
-- One row a customer who had bought by the cut, as they stood at the end of its day: the features, under the keys and in the
-- order of `FEATURES`. What cannot be known yet (a gap after one order, visits of a time without any) is NULL.
WITH bought AS (
    SELECT customer_id, min(ago) FILTER (WHERE orders > 0) AS recency, max(ago) FILTER (WHERE orders > 0) AS tenure,
           count(*) FILTER (WHERE orders > 0) AS days, sum(orders) AS orders, sum(spend) AS spend, max(spend) AS spend_max,
           sum(spend * spend) AS spend_squares, arg_min(spend, ago) FILTER (WHERE orders > 0) AS spend_last,
           arg_max(spend, ago) FILTER (WHERE orders > 0) AS spend_first,
           count(gap) AS gaps, sum(gap) AS gap_sum, sum(gap * gap) AS gap_squares, max(gap) AS gap_max,
           arg_min(gap, ago) FILTER (WHERE gap IS NOT NULL) AS gap_last,
           coalesce(sum(orders) FILTER (WHERE ago < 30), 0) AS orders_30,
           coalesce(sum(orders) FILTER (WHERE ago < 90), 0) AS orders_90,
           coalesce(sum(orders) FILTER (WHERE ago < 180), 0) AS orders_180,
           coalesce(sum(orders) FILTER (WHERE ago < 365), 0) AS orders_365,
           coalesce(sum(spend) FILTER (WHERE ago < 90), 0) AS spend_90,
           coalesce(sum(spend) FILTER (WHERE ago < 365), 0) AS spend_365,
           sum(returns) AS returns, sum(returned) AS returned,
           sum(orders * round(1e6 * pow(0.5, ago / 90.0))) / 1e6 AS activity
    FROM history GROUP BY customer_id
), visited AS (
    SELECT customer_id, min(ago) AS recency, count(*) FILTER (WHERE ago < 30) AS days_30,
           count(*) FILTER (WHERE ago < 90) AS days_90, count(*) FILTER (WHERE ago < 180) AS days_180,
           sum(round(1e6 * pow(0.5, ago / 90.0))) / 1e6 AS activity
    FROM visit_history GROUP BY customer_id
)
SELECT b.customer_id, CAST(b.recency AS FLOAT) AS recency_days, CAST(b.tenure AS FLOAT) AS tenure_days,
       CAST(b.days AS FLOAT) AS buying_days, CAST(b.orders AS FLOAT) AS orders,
       CAST(b.spend / 100 AS FLOAT) AS spend_total, CAST(b.spend / b.days / 100 AS FLOAT) AS spend_mean,
       CAST(b.spend_max / 100 AS FLOAT) AS spend_max,
       CAST(CASE WHEN b.days > 1 THEN sqrt(greatest(0, b.spend_squares - b.spend * b.spend / b.days) / (b.days - 1)) / 100 END
            AS FLOAT) AS spend_std,
       CAST(b.spend_last / 100 AS FLOAT) AS spend_last, CAST(b.spend_first / 100 AS FLOAT) AS spend_first,
       CAST(b.gap_sum / nullif(b.gaps, 0) AS FLOAT) AS gap_mean,
       CAST(CASE WHEN b.gaps > 1 THEN sqrt(greatest(0, b.gap_squares - b.gap_sum * b.gap_sum / b.gaps) / (b.gaps - 1)) END
            AS FLOAT) AS gap_std,
       CAST(b.gap_max AS FLOAT) AS gap_max, CAST(b.gap_last AS FLOAT) AS gap_last,
       CAST(b.recency * b.gaps / nullif(b.gap_sum, 0) AS FLOAT) AS recency_over_gap,
       CAST(b.recency / nullif(b.gap_max, 0) AS FLOAT) AS recency_over_longest,
       CAST(b.orders_30 AS FLOAT) AS orders_30, CAST(b.orders_90 AS FLOAT) AS orders_90,
       CAST(b.orders_180 AS FLOAT) AS orders_180, CAST(b.orders_365 AS FLOAT) AS orders_365,
       CAST(b.spend_90 / 100 AS FLOAT) AS spend_90, CAST(b.spend_365 / 100 AS FLOAT) AS spend_365,
       CAST(b.orders_90 - (b.orders_180 - b.orders_90) AS FLOAT) AS orders_trend,
       CAST(b.returns AS FLOAT) AS returns_count, CAST(b.returned / 100 AS FLOAT) AS returns_value,
       CAST(100 * (b.activity + 0.1 * coalesce(v.activity, 0)) / (1 + b.activity + 0.1 * coalesce(v.activity, 0)) AS FLOAT)
           AS engagement,
       CAST(v.recency AS FLOAT) AS visit_recency,
       CAST(CASE WHEN known.days >= 29 THEN coalesce(v.days_30, 0) END AS FLOAT) AS visit_days_30,
       CAST(CASE WHEN known.days >= 89 THEN coalesce(v.days_90, 0) END AS FLOAT) AS visit_days_90,
       CAST(CASE WHEN known.days >= 179 THEN coalesce(v.days_90 - (v.days_180 - v.days_90), 0) END AS FLOAT) AS visit_trend
FROM bought AS b CROSS JOIN visits_known AS known LEFT JOIN visited AS v ON v.customer_id = b.customer_id
WHERE b.days > 0
ORDER BY b.customer_id;

-- name: outcomes
-- One row a customer of the snapshot, in its order: whether they bought nothing in the horizon's days after the cut, their
-- orders in these, and what they spent, returns taken off.
WITH after AS (
    SELECT b.customer_id, sum(b.orders) AS orders, sum(round(b.spend * 100)) - sum(round(b.returned * 100)) AS spend
    FROM buying_days AS b CROSS JOIN cut
    WHERE b.day > cut.day AND b.day <= cut.day + CAST($horizon AS INTEGER)
    GROUP BY b.customer_id
), known AS (
    SELECT customer_id FROM history WHERE orders > 0 AND gap IS NULL
)
SELECT known.customer_id, coalesce(after.orders, 0) = 0 AS churned, CAST(coalesce(after.orders, 0) AS DOUBLE) AS orders_after,
       coalesce(after.spend, 0) / 100 AS spend_after
FROM known LEFT JOIN after ON after.customer_id = known.customer_id
ORDER BY known.customer_id;

-- name: read_horizon
-- One row: the churn horizon in days.
SELECT days FROM horizon;
