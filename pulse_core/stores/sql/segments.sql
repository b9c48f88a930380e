-- name: churn
-- One row a customer whose probability to leave within the horizon is known: that of the newest file of scores that names
-- them (such files say nothing of a day of the past), else the model's, with its reasons.
CREATE TABLE churn AS
WITH given AS (
    SELECT customer_id, arg_max(churn_score, ROW(batch_id, row)) AS churn_probability
    FROM scores WHERE (SELECT as_of FROM choices) IS NULL GROUP BY customer_id
)
SELECT coalesce(g.customer_id, p.customer_id) AS customer_id, coalesce(g.churn_probability, p.churn_probability) AS churn_probability,
       CASE WHEN g.customer_id IS NULL THEN p.reasons END AS reasons,
       CASE WHEN g.customer_id IS NULL THEN 'model' ELSE 'file' END AS source
FROM given AS g FULL JOIN predicted AS p ON p.customer_id = g.customer_id;

-- name: risk_levels
-- One row a risk level: the churn probability from which on it counts. Relative levels multiply the odds that the bound
-- stands for by the odds of the mean probability. Twelve decimals add up the same in whatever order.
CREATE TABLE risk_levels AS
WITH mean AS (
    SELECT CAST(sum(CAST(churn_probability AS DECIMAL(18, 12))) AS DOUBLE) / count(churn_probability) AS rate FROM churn
)
SELECT risk_level,
       CASE WHEN relative AND rate > 0 AND rate < 1 THEN low * rate / (low * rate + (1 - low) * (1 - rate)) ELSE low END AS low
FROM risk_bounds CROSS JOIN mean;

-- name: segment_ages
-- One row a stretch of recency in which the customers of one value score stay in one segment, by the rules for an
-- unknown churn probability and today's thresholds: from which to which day after the last order. `points` is twice the
-- value score. A threshold between two days belongs to the earlier one.
CREATE TABLE segment_ages AS
WITH points AS (
    SELECT floor(p20) AS p20, floor(p40) AS p40, floor(p60) AS p60, floor(p80) AS p80
    FROM thresholds WHERE measure = 'recency'
), recencies AS (  -- where nobody bought anything yet, all score 1
    SELECT 5 AS recency_score, CAST(0 AS INTEGER) AS from_age, p20 AS to_age FROM points
    UNION ALL SELECT 4, p20 + 1, p40 FROM points
    UNION ALL SELECT 3, p40 + 1, p60 FROM points
    UNION ALL SELECT 2, p60 + 1, p80 FROM points
    UNION ALL SELECT 1, coalesce(p80 + 1, 0), 1000000 FROM points
), amounts AS (
    SELECT CAST(step AS INTEGER) AS points FROM generate_series(2, 10) AS steps(step)
), cells AS (
    SELECT points, segment_number, from_age, to_age,
           lag(segment_number) OVER (PARTITION BY points ORDER BY from_age) AS number_before
    FROM recencies CROSS JOIN amounts
    JOIN segment_rules ON recency_score BETWEEN recency_low AND recency_high
        AND points / 2.0 BETWEEN value_low AND value_high AND churn_low = 0
    WHERE from_age <= to_age
), stretches AS (
    SELECT *, sum(CASE WHEN segment_number = number_before THEN 0 ELSE 1 END) OVER (PARTITION BY points ORDER BY from_age) AS stretch
    FROM cells
)
SELECT points, segment_number, CAST(min(from_age) AS INTEGER) AS from_age, CAST(max(to_age) AS INTEGER) AS to_age
FROM stretches GROUP BY points, segment_number, stretch;

-- name: segment_spells
-- One row a customer and stretch of days that they spent in one segment, over the 365 days up to the as-of date and the
-- day before them: by recency, frequency and money alone, as they stood at the end of each day, held against today's
-- thresholds. A customer begins with the first order, return or sign-up (who has no day at all, with the first of these
-- days), and the stretches of one follow each other without a gap.
-- Days are counted from the first of these (0 to 365): what came up to it is one state.
CREATE TABLE segment_spells AS
WITH span AS (
    SELECT day - 365 AS first_day, day AS last_day FROM as_of
), split AS (  -- whoever has an order that goes on for days: each of these days counts it
    SELECT t.customer_id FROM customer_totals AS t
    JOIN (SELECT customer_id, sum(orders) AS orders FROM buying_days GROUP BY customer_id) AS b ON b.customer_id = t.customer_id
    WHERE b.orders <> t.frequency
), again AS (  -- by customer and day, how many orders were begun on an earlier one
    SELECT customer_id, day, count(*) AS orders
    FROM (SELECT p.customer_id, CAST(p.ordered_at AS DATE) AS day,
                 min(CAST(min(p.ordered_at) AS DATE)) OVER (PARTITION BY p.customer_id, p.order_id) AS begun_on
          FROM purchases AS p JOIN split ON split.customer_id = p.customer_id
          WHERE NOT p.is_return GROUP BY p.customer_id, p.order_id, CAST(p.ordered_at AS DATE))
    WHERE day > begun_on GROUP BY customer_id, day
), days AS NOT MATERIALIZED (
    SELECT b.customer_id, b.day, b.orders - coalesce(again.orders, 0) AS orders, net,
           CASE WHEN b.orders > 0 THEN b.day END AS bought_on
    FROM buying_days AS b LEFT JOIN again ON again.customer_id = b.customer_id AND again.day = b.day
), changes AS (  -- one row a customer and day on which something changed: by how much, and the day to count recency from
    SELECT customer_id, first_day AS day, sum(orders) AS orders, sum(net) AS net, max(bought_on) AS bought_on,
           CAST(NULL AS DATE) AS signed_on
    FROM days CROSS JOIN span WHERE day <= first_day GROUP BY customer_id, first_day
    UNION ALL
    SELECT customer_id, day, orders, net, bought_on, NULL FROM days CROSS JOIN span WHERE day > first_day
    UNION ALL  -- a sign-up counts until the first order, and one that lies ahead as one of the last day
    SELECT r.customer_id,
           CASE WHEN r.signup_on > last_day THEN last_day WHEN r.signup_on > first_day THEN r.signup_on ELSE first_day END,
           0, 0, NULL, CASE WHEN r.signup_on > last_day THEN last_day ELSE r.signup_on END
    FROM records AS r CROSS JOIN span
    LEFT JOIN customer_totals AS t ON t.customer_id = r.customer_id
    WHERE last_day IS NOT NULL AND (t.customer_id IS NULL OR (t.first_order_on IS NULL AND r.signup_on IS NOT NULL)
        OR (r.signup_on < t.first_order_on AND t.first_order_on > first_day))
), states AS (  -- rows of one day share their sums, and all but one of them end before they begin
    SELECT customer_id, day, sum(orders) OVER known AS frequency, CAST(sum(net) OVER known AS DECIMAL(38, 2)) AS monetary,
           coalesce(max(bought_on) OVER known, max(signed_on) OVER known) AS seen_on, lead(day) OVER known AS next_day
    FROM changes WINDOW known AS (PARTITION BY customer_id ORDER BY day)
), scored AS (
    SELECT customer_id, CAST(s.day - first_day AS INTEGER) AS since, CAST(coalesce(next_day - 1, last_day) - first_day AS INTEGER) AS until,
           coalesce(CAST(seen_on - first_day AS INTEGER), -500000) AS seen,
           2 + coalesce(CAST(frequency > f.p20 AS INTEGER) + CAST(frequency > f.p40 AS INTEGER)
                  + CAST(frequency > f.p60 AS INTEGER) + CAST(frequency > f.p80 AS INTEGER), 0)
             + coalesce(CAST(monetary > m.p20 AS INTEGER) + CAST(monetary > m.p40 AS INTEGER)
                  + CAST(monetary > m.p60 AS INTEGER) + CAST(monetary > m.p80 AS INTEGER), 0) AS points
    FROM states AS s CROSS JOIN span
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'frequency') AS f
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'monetary') AS m
), turns AS (  -- the days on which a customer came into a segment or only into the next state, each as day * 100 + segment
    SELECT customer_id, list_sort(list(greatest(since, seen + from_age) * 100 + segment_number)) AS turns
    FROM scored JOIN segment_ages AS a ON a.points = scored.points
    WHERE greatest(since, seen + from_age) <= least(until, seen + to_age)
    GROUP BY customer_id
), kept AS (  -- in lists, because windows over all turns take twice as long
    SELECT customer_id, list_filter(turns, lambda turn, place: place = 1 OR turn % 100 <> turns[place - 1] % 100) AS turns
    FROM turns
), spells AS (
    SELECT customer_id, unnest(turns) AS turn, unnest(turns[2:] || [36600]) AS next_turn FROM kept
)
SELECT customer_id, names.segment, first_day + turn // 100 AS from_day, first_day + next_turn // 100 - 1 AS to_day
FROM spells CROSS JOIN span
JOIN (SELECT DISTINCT segment_number, segment FROM segment_rules) AS names ON names.segment_number = turn % 100;

-- name: segment_sizes
-- One row a day of the 366 and segment: how many customers were in it at the end of the day.
CREATE TABLE segment_sizes AS
WITH turns AS (
    SELECT segment, from_day AS day, count(*) AS change FROM segment_spells GROUP BY segment, from_day
    UNION ALL
    SELECT segment, to_day + 1, -count(*) FROM segment_spells GROUP BY segment, to_day
), calendar AS (
    SELECT CAST(series.day AS DATE) AS day
    FROM as_of, generate_series(as_of.day - 365, as_of.day, INTERVAL 1 DAY) AS series(day)
), grid AS (
    SELECT calendar.day, names.segment, 0 AS change
    FROM calendar CROSS JOIN (SELECT DISTINCT segment FROM segment_rules) AS names
    UNION ALL SELECT day, segment, change FROM turns
), changes AS (
    SELECT day, segment, sum(change) AS change FROM grid GROUP BY day, segment
), sizes AS (
    SELECT day, segment, CAST(sum(change) OVER (PARTITION BY segment ORDER BY day) AS BIGINT) AS customers FROM changes
)
SELECT sizes.* FROM sizes JOIN as_of ON sizes.day <= as_of.day;  -- all leave on the day after it

-- name: read_segment_sizes
-- One row a day and segment, in order, from the first day with a customer on.
SELECT day, segment, customers FROM segment_sizes
WHERE day >= (SELECT min(from_day) FROM segment_spells) ORDER BY day, segment;

-- name: read_movements
-- One row a pair of segments: how many customers were in the first at the end of one day and in the second at the end of
-- another. NULL is who was no customer yet.
WITH stays AS (
    SELECT customer_id, max(segment) FILTER (WHERE $from_day BETWEEN from_day AND to_day) AS from_segment,
           max(segment) FILTER (WHERE $to_day BETWEEN from_day AND to_day) AS to_segment
    FROM segment_spells
    WHERE $from_day BETWEEN from_day AND to_day OR $to_day BETWEEN from_day AND to_day
    GROUP BY customer_id
)
SELECT from_segment, to_segment, count(*) AS customers FROM stays GROUP BY from_segment, to_segment;

-- name: read_movement_days
-- One row: the first and the last day on which the segments of customers are known; NULL while there are no customers.
SELECT min(from_day), max(to_day) FROM segment_spells;

-- name: read_cells
-- One row a recency score, value score and band of churn probability that has customers: the place (from 1) of the last
-- of the rising cuts that is not above their probability. An unknown probability counts as 0.
SELECT CAST(recency_score AS INTEGER), value_score,
       CAST(len(list_filter($cuts, lambda cut: cut <= coalesce(churn_probability, 0))) AS INTEGER) AS band, count(*)
FROM customers GROUP BY 1, 2, 3;

-- name: read_risk_levels
-- One row a risk level, the worst first: from which probability on it counts, and how many customers have it.
SELECT r.risk_level, r.low, count(c.customer_id) AS customers
FROM risk_levels AS r LEFT JOIN customers AS c ON c.risk_level = r.risk_level
GROUP BY r.risk_level, r.low ORDER BY r.low DESC;
