-- name: customer_totals
-- One row a customer: what all their orders add up to. Returns lower the money, not the number of orders; who only
-- ever returned things has no order, and so no first and last day.
CREATE TABLE customer_totals AS
SELECT customer_id,
       arg_max(name, ROW(ordered_at, name)) AS name,
       arg_max(email, ROW(ordered_at, email)) AS email,
       arg_max(country, ROW(ordered_at, country)) AS country,
       CAST(min(ordered_at) FILTER (WHERE NOT is_return) AS DATE) AS first_order_on,
       CAST(max(ordered_at) FILTER (WHERE NOT is_return) AS DATE) AS last_order_on,
       CAST(count(DISTINCT order_id) FILTER (WHERE NOT is_return) AS INTEGER) AS frequency,
       CAST(sum(amount) AS DECIMAL(38, 2)) AS monetary,
       CAST(coalesce(sum(amount) FILTER (WHERE NOT is_return), 0) AS DECIMAL(38, 2)) AS gross,
       CAST(sum(quantity) AS DECIMAL(38, 2)) AS quantity,
       CAST(count(DISTINCT order_id) FILTER (WHERE is_return) AS INTEGER) AS returns_count,
       CAST(coalesce(-sum(amount) FILTER (WHERE is_return), 0) AS DECIMAL(38, 2)) AS returns_value
FROM purchases
GROUP BY customer_id;

-- name: as_of
-- One row: the last day of the organisation's own behaviour, from which "now" is counted.
CREATE TABLE as_of AS
SELECT CAST(max(ordered_at) AS DATE) AS day FROM purchases;

-- name: favourites
-- One row a customer: the product and the category that they spent most on (ties by name).
CREATE TABLE favourites AS
WITH products AS (
    SELECT customer_id, arg_max(product, ROW(total, product)) AS top_product
    FROM (SELECT customer_id, product, sum(amount) AS total FROM purchases
          WHERE product IS NOT NULL AND NOT is_return GROUP BY customer_id, product)
    GROUP BY customer_id
), categories AS (
    SELECT customer_id, arg_max(category, ROW(total, category)) AS top_category
    FROM (SELECT customer_id, category, sum(amount) AS total FROM purchases
          WHERE category IS NOT NULL AND NOT is_return GROUP BY customer_id, category)
    GROUP BY customer_id
)
SELECT coalesce(products.customer_id, categories.customer_id) AS customer_id, top_product, top_category
FROM products FULL JOIN categories ON products.customer_id = categories.customer_id;

-- name: thresholds
-- One row a measure: its 20, 40, 60 and 80 % points. Equal values share a side, so they get equal scores.
-- Four decimals hold every point exactly: one between two amounts of cents ends at a fifth of a cent.
CREATE TABLE thresholds AS
WITH measured AS (
    SELECT CAST(date_diff('day', last_order_on, day) AS DECIMAL(18, 4)) AS recency,
           CAST(frequency AS DECIMAL(18, 4)) AS frequency, CAST(monetary AS DECIMAL(38, 4)) AS monetary
    FROM customer_totals CROSS JOIN as_of
)
SELECT 'recency' AS measure,
       percentile_cont(0.2) WITHIN GROUP (ORDER BY recency) AS p20, percentile_cont(0.4) WITHIN GROUP (ORDER BY recency) AS p40,
       percentile_cont(0.6) WITHIN GROUP (ORDER BY recency) AS p60, percentile_cont(0.8) WITHIN GROUP (ORDER BY recency) AS p80
FROM measured
UNION ALL
SELECT 'frequency',
       percentile_cont(0.2) WITHIN GROUP (ORDER BY frequency), percentile_cont(0.4) WITHIN GROUP (ORDER BY frequency),
       percentile_cont(0.6) WITHIN GROUP (ORDER BY frequency), percentile_cont(0.8) WITHIN GROUP (ORDER BY frequency)
FROM measured
UNION ALL
SELECT 'monetary',
       percentile_cont(0.2) WITHIN GROUP (ORDER BY monetary), percentile_cont(0.4) WITHIN GROUP (ORDER BY monetary),
       percentile_cont(0.6) WITHIN GROUP (ORDER BY monetary), percentile_cont(0.8) WITHIN GROUP (ORDER BY monetary)
FROM measured;

-- name: customers
-- One row a customer: totals, scores 1 to 5 (5 is best), business segment and lifecycle group.
CREATE TABLE customers AS
WITH scored AS (
    SELECT t.*, CAST(date_diff('day', t.last_order_on, a.day) AS INTEGER) AS recency_days,
           CAST(date_diff('day', t.first_order_on, a.day) AS INTEGER) AS tenure_days
    FROM customer_totals AS t CROSS JOIN as_of AS a
), ranked AS (
    SELECT s.*,
           CAST(coalesce(5 - CAST(recency_days > r.p20 AS INTEGER) - CAST(recency_days > r.p40 AS INTEGER)
                  - CAST(recency_days > r.p60 AS INTEGER) - CAST(recency_days > r.p80 AS INTEGER), 1)
                AS TINYINT) AS recency_score,
           CAST(1 + CAST(frequency > f.p20 AS INTEGER) + CAST(frequency > f.p40 AS INTEGER)
                  + CAST(frequency > f.p60 AS INTEGER) + CAST(frequency > f.p80 AS INTEGER) AS TINYINT) AS frequency_score,
           CAST(1 + CAST(monetary > m.p20 AS INTEGER) + CAST(monetary > m.p40 AS INTEGER)
                  + CAST(monetary > m.p60 AS INTEGER) + CAST(monetary > m.p80 AS INTEGER) AS TINYINT) AS monetary_score
    FROM scored AS s
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'recency') AS r
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'frequency') AS f
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'monetary') AS m
), valued AS (
    SELECT *, CAST((frequency_score + monetary_score) / 2.0 AS DECIMAL(2, 1)) AS value_score FROM ranked
)
SELECT v.customer_id, v.name, v.email, v.country, v.first_order_on, v.last_order_on, v.recency_days, v.frequency, v.monetary,
       CAST(v.gross / nullif(v.frequency, 0) AS DECIMAL(38, 2)) AS average_order, v.quantity, v.returns_count, v.returns_value,
       v.tenure_days, v.recency_score, v.frequency_score, v.monetary_score, v.value_score, rules.segment, rules.lifecycle_group,
       favourites.top_product, favourites.top_category, CAST(date_trunc('month', v.first_order_on) AS DATE) AS cohort_month
FROM valued AS v
JOIN segment_rules AS rules
  ON v.recency_score BETWEEN rules.recency_low AND rules.recency_high
 AND v.value_score BETWEEN rules.value_low AND rules.value_high
LEFT JOIN favourites ON favourites.customer_id = v.customer_id;

-- name: months
-- One row a month from the first to the last, empty ones too: net revenue, orders, customers, and whether it is over.
CREATE TABLE months AS
WITH sold AS (
    SELECT CAST(date_trunc('month', ordered_at) AS DATE) AS month, CAST(sum(amount) AS DECIMAL(38, 2)) AS revenue,
           count(DISTINCT ROW(customer_id, order_id)) FILTER (WHERE NOT is_return) AS orders,
           count(DISTINCT customer_id) AS customers
    FROM purchases GROUP BY date_trunc('month', ordered_at)
), calendar AS (
    SELECT CAST(month AS DATE) AS month
    FROM (SELECT min(month) AS first_month, max(month) AS last_month FROM sold) AS span,
         generate_series(span.first_month, span.last_month, INTERVAL 1 MONTH) AS series(month)
)
SELECT calendar.month, coalesce(revenue, 0) AS revenue, coalesce(orders, 0) AS orders, coalesce(customers, 0) AS customers,
       last_day(calendar.month) <= as_of.day AS complete
FROM calendar LEFT JOIN sold ON sold.month = calendar.month CROSS JOIN as_of;

-- name: cohorts
-- One row a cohort (month of the first order) and month since, up to the as-of date: how many of the cohort ordered in
-- it, and their share of the cohort; a month in which nobody came back is a row with 0.
CREATE TABLE cohorts AS
WITH activity AS (
    SELECT DISTINCT p.customer_id, c.cohort_month AS cohort,
           CAST(date_diff('month', c.cohort_month, CAST(p.ordered_at AS DATE)) AS INTEGER) AS month_number
    FROM purchases AS p JOIN customers AS c ON c.customer_id = p.customer_id
    WHERE NOT p.is_return
), counted AS (
    SELECT cohort, month_number, count(*) AS customers FROM activity GROUP BY cohort, month_number
), sizes AS (
    SELECT cohort, customers AS size FROM counted WHERE month_number = 0
), grid AS (
    SELECT sizes.cohort, sizes.size, CAST(series.month_number AS INTEGER) AS month_number
    FROM sizes CROSS JOIN as_of, generate_series(0, date_diff('month', sizes.cohort, as_of.day)) AS series(month_number)
)
SELECT grid.cohort, grid.month_number, coalesce(counted.customers, 0) AS customers,
       CAST(coalesce(counted.customers, 0) AS DOUBLE) / grid.size AS share
FROM grid LEFT JOIN counted ON counted.cohort = grid.cohort AND counted.month_number = grid.month_number;

-- name: products
-- One row a product: net revenue, orders and customers.
CREATE TABLE products AS
SELECT coalesce(product, category) AS product, CAST(sum(amount) AS DECIMAL(38, 2)) AS revenue,
       count(DISTINCT ROW(customer_id, order_id)) FILTER (WHERE NOT is_return) AS orders, count(DISTINCT customer_id) AS customers
FROM purchases
WHERE coalesce(product, category) IS NOT NULL
GROUP BY coalesce(product, category);

-- name: horizon
-- One row: days within which nine of ten gaps between orders end, at least 14 and at most 365; the churn horizon.
CREATE TABLE horizon AS
WITH days AS (
    SELECT DISTINCT customer_id, CAST(ordered_at AS DATE) AS day FROM purchases WHERE NOT is_return
), gaps AS (
    SELECT date_diff('day', lag(day) OVER (PARTITION BY customer_id ORDER BY day), day) AS gap FROM days
)
SELECT CAST(least(365, greatest(14, coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY gap), 90))) AS INTEGER) AS days
FROM gaps WHERE gap IS NOT NULL;

-- name: periods
-- Two rows: the last 90 days up to the as-of date ('now') and the 90 days before ('before').
CREATE TABLE periods AS
SELECT CASE WHEN CAST(ordered_at AS DATE) > as_of.day - 90 THEN 'now' ELSE 'before' END AS period,
       CAST(sum(amount) AS DECIMAL(38, 2)) AS revenue, count(DISTINCT ROW(customer_id, order_id)) FILTER (WHERE NOT is_return) AS orders,
       count(DISTINCT customer_id) FILTER (WHERE NOT is_return) AS customers,
       CAST(coalesce(sum(amount) FILTER (WHERE NOT is_return), 0) AS DECIMAL(38, 2)) AS gross
FROM purchases CROSS JOIN as_of
WHERE CAST(ordered_at AS DATE) > as_of.day - 180
GROUP BY 1;

-- name: read_overview
-- One row: the organisation at a glance.
SELECT (SELECT day FROM as_of) AS as_of, (SELECT days FROM horizon) AS horizon_days,
       date_diff('day', min(first_order_on), (SELECT day FROM as_of)) + 1 AS history_days, count(*) AS customers,
       coalesce(sum(monetary), 0) AS revenue, coalesce(sum(frequency), 0) AS orders,
       count(*) FILTER (WHERE frequency > 1) AS repeat_customers,
       count(*) FILTER (WHERE segment IN ('At Risk', 'Cannot Lose Them', 'About to Sleep')) AS leaving,
       coalesce(sum(monetary) FILTER (WHERE segment IN ('At Risk', 'Cannot Lose Them', 'About to Sleep')), 0) AS leaving_revenue
FROM customers;

-- name: read_periods
-- One row a period ('now', 'before'): revenue, orders, customers who ordered, and revenue before returns.
SELECT period, revenue, orders, customers, gross FROM periods;

-- name: read_segments
-- One row a business segment that has customers: how many, what they spent, and their average recency in days.
SELECT segment, count(*) AS customers, sum(monetary) AS revenue, avg(recency_days) AS recency_days,
       avg(frequency) AS frequency
FROM customers GROUP BY segment;

-- name: read_months
-- One row a month, in order.
SELECT month, revenue, orders, customers, complete FROM months ORDER BY month;

-- name: read_cohorts
-- One row a cohort and month since, in order.
SELECT cohort, month_number, customers, share FROM cohorts ORDER BY cohort, month_number;

-- name: read_products
-- One row a product, the best sellers first.
SELECT product, revenue, orders, customers FROM products ORDER BY revenue DESC, product;

-- name: read_rfm_grid
-- One row a cell: recency score, value score rounded up to a whole, customers and revenue.
SELECT CAST(recency_score AS INTEGER) AS recency_score, CAST(ceil(value_score) AS INTEGER) AS value_score,
       count(*) AS customers, sum(monetary) AS revenue
FROM customers GROUP BY 1, 2;

-- name: read_thresholds
-- One row a measure with its 20, 40, 60 and 80 % points.
SELECT measure, p20, p40, p60, p80 FROM thresholds ORDER BY measure;

-- name: read_customer
-- One row: everything known of one customer.
SELECT * FROM customers WHERE customer_id = $customer_id;

-- name: read_customer_orders
-- One row an order of the customer, the latest first: when, number, money, lines, and whether it is a return.
SELECT max(ordered_at) AS ordered_at, order_id, sum(amount) AS amount, count(*) AS lines, bool_or(is_return) AS is_return
FROM purchases WHERE customer_id = $customer_id
GROUP BY order_id ORDER BY ordered_at DESC, order_id LIMIT $limit;
