-- name: read_leaving
-- One row a risk level that has customers: how many, what they spent in the last 12 months, and of how many a file gives the
-- churn probability.
SELECT c.risk_level, count(*) AS customers, CAST(coalesce(sum(y.spent), 0) AS DECIMAL(18, 2)) AS spend,
       count(*) FILTER (WHERE churn.source = 'file') AS from_file
FROM customers AS c
LEFT JOIN year_spend AS y ON y.customer_id = c.customer_id
LEFT JOIN churn ON churn.customer_id = c.customer_id
WHERE c.churn_probability IS NOT NULL GROUP BY c.risk_level;

-- name: read_at_or_above
-- One row: the customers whose churn probability is at or above a threshold.
SELECT count(*) AS customers FROM customers WHERE churn_probability >= CAST($threshold AS DOUBLE);

-- name: read_most_at_risk
-- One row a customer with a churn probability, the highest first; or, of those at risk, the ones first of whose spend in
-- the last 12 months most is likely to be lost. With the codes of the reasons and the features that these are about.
WITH first AS (
    SELECT c.customer_id, c.name, c.churn_probability, c.risk_level, c.last_order_on,
           CAST(coalesce(y.spent, 0) AS DOUBLE) AS spent,
           CASE WHEN $by_money THEN c.churn_probability * CAST(coalesce(y.spent, 0) AS DOUBLE) ELSE c.churn_probability END AS weight
    FROM customers AS c LEFT JOIN year_spend AS y ON y.customer_id = c.customer_id
    WHERE c.churn_probability IS NOT NULL AND (NOT $by_money OR c.risk_level IN ('Critical', 'High'))
    ORDER BY weight DESC, spent DESC, c.customer_id LIMIT $limit
)
SELECT first.*, churn.reasons, churn.source, f.* EXCLUDE (customer_id)
FROM first
LEFT JOIN churn ON churn.customer_id = first.customer_id
LEFT JOIN features AS f ON f.customer_id = first.customer_id
ORDER BY first.weight DESC, first.spent DESC, first.customer_id;

-- name: read_worth
-- One row: customers with an expected value, what they are expected to spend within the horizon and in 12 months, and of
-- that what the tenth of them with the highest values is expected to spend.
SELECT count(*) AS customers, CAST(coalesce(sum(expected_spend), 0) AS DECIMAL(38, 2)) AS expected_spend,
       CAST(coalesce(sum(clv), 0) AS DECIMAL(38, 2)) AS clv,
       CAST(coalesce(sum(clv) FILTER (WHERE clv >= cut.at), 0) AS DECIMAL(38, 2)) AS of_top_tenth
FROM clv CROSS JOIN (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY clv) AS at FROM clv) AS cut
WHERE clv IS NOT NULL;

-- name: read_worth_by_lifecycle_group
-- One row a lifecycle group: its customers, the 10, 25, 50, 75 and 90 % points of their expected 12 months, and the sum.
SELECT k.lifecycle_group AS "group", count(*) AS customers,
       percentile_cont(0.1) WITHIN GROUP (ORDER BY v.clv) AS p10, percentile_cont(0.25) WITHIN GROUP (ORDER BY v.clv) AS p25,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY v.clv) AS p50, percentile_cont(0.75) WITHIN GROUP (ORDER BY v.clv) AS p75,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY v.clv) AS p90, CAST(sum(v.clv) AS DECIMAL(18, 2)) AS total
FROM clv AS v JOIN customers AS k ON k.customer_id = v.customer_id
WHERE v.clv IS NOT NULL GROUP BY k.lifecycle_group ORDER BY total DESC, "group";

-- name: read_worth_by_segment
-- The same, one row a business segment.
SELECT k.segment AS "group", count(*) AS customers,
       percentile_cont(0.1) WITHIN GROUP (ORDER BY v.clv) AS p10, percentile_cont(0.25) WITHIN GROUP (ORDER BY v.clv) AS p25,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY v.clv) AS p50, percentile_cont(0.75) WITHIN GROUP (ORDER BY v.clv) AS p75,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY v.clv) AS p90, CAST(sum(v.clv) AS DECIMAL(18, 2)) AS total
FROM clv AS v JOIN customers AS k ON k.customer_id = v.customer_id
WHERE v.clv IS NOT NULL GROUP BY k.segment ORDER BY total DESC, "group";

-- name: read_most_worth
-- One row a customer with an expected value, the highest first: the value of 12 months with its interval, and so far.
SELECT v.customer_id, k.name, k.segment, v.clv, v.clv_low, v.clv_high, v.expected_orders, v.expected_spend,
       CAST(k.monetary AS DOUBLE) AS monetary, k.last_order_on
FROM clv AS v JOIN customers AS k ON k.customer_id = v.customer_id
WHERE v.clv IS NOT NULL ORDER BY v.clv DESC, v.customer_id LIMIT $limit;
