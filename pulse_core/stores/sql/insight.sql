-- name: known_purchases
-- What a refresh as of a past day knows of the purchases: the steps find this one before that of all days.
CREATE VIEW purchases AS SELECT * FROM main.purchases WHERE ordered_at < (SELECT as_of FROM choices) + INTERVAL 1 DAY;

-- name: known_order_lines
-- The same of the order lines.
CREATE VIEW order_lines AS SELECT * FROM main.order_lines WHERE ordered_at < (SELECT as_of FROM choices) + INTERVAL 1 DAY;

-- name: known_visits
-- The same of the visits.
CREATE VIEW visits AS SELECT * FROM main.visits WHERE happened_at < (SELECT as_of FROM choices) + INTERVAL 1 DAY;

-- name: known_events
-- The same of the service events.
CREATE VIEW events AS SELECT * FROM main.events WHERE happened_at < (SELECT as_of FROM choices) + INTERVAL 1 DAY;

-- name: customer_totals
-- One row a customer: what all their orders add up to. Returns lower the money, not the number of orders; who only
-- ever returned things has no order, and so no first and last day.
-- What most lines lack (names, returns) is added up apart, so that it costs nothing where it is not there; orders are
-- counted apart because that takes half as long and a third of the memory of counting them beside the sums.
-- Temporary: only the scores need it, and storing it compressed takes longer than they do.
CREATE TEMP TABLE customer_totals AS
WITH sold AS (
    SELECT customer_id, min(ordered_at) AS first_at, max(ordered_at) AS last_at, sum(amount) AS amount, sum(quantity) AS quantity
    FROM purchases WHERE NOT is_return GROUP BY customer_id
), orders AS (
    SELECT customer_id, count(*) AS frequency
    FROM (SELECT DISTINCT customer_id, order_id FROM purchases WHERE NOT is_return)
    GROUP BY customer_id
), returned AS (
    SELECT customer_id, count(DISTINCT order_id) AS orders, sum(amount) AS amount, sum(quantity) AS quantity
    FROM purchases WHERE is_return GROUP BY customer_id
), people AS (
    SELECT customer_id, arg_max(name, ROW(ordered_at, name)) AS name, arg_max(email, ROW(ordered_at, email)) AS email,
           arg_max(country, ROW(ordered_at, country)) AS country
    FROM purchases WHERE name IS NOT NULL OR email IS NOT NULL OR country IS NOT NULL
    GROUP BY customer_id
), totals AS (
    SELECT coalesce(sold.customer_id, returned.customer_id) AS customer_id, first_at, last_at,
           coalesce(sold.amount, 0) AS gross, coalesce(returned.amount, 0) AS given_back,
           coalesce(sold.quantity + returned.quantity, sold.quantity, returned.quantity) AS quantity,
           coalesce(returned.orders, 0) AS returns_count
    FROM sold FULL JOIN returned ON returned.customer_id = sold.customer_id
)
SELECT totals.customer_id, name, email, country, CAST(first_at AS DATE) AS first_order_on, CAST(last_at AS DATE) AS last_order_on,
       CAST(coalesce(frequency, 0) AS INTEGER) AS frequency, CAST(gross + given_back AS DECIMAL(38, 2)) AS monetary,
       CAST(gross AS DECIMAL(38, 2)) AS gross, CAST(quantity AS DECIMAL(38, 2)) AS quantity,
       CAST(returns_count AS INTEGER) AS returns_count, CAST(-given_back AS DECIMAL(38, 2)) AS returns_value
FROM totals
LEFT JOIN orders ON orders.customer_id = totals.customer_id
LEFT JOIN people ON people.customer_id = totals.customer_id;

-- name: records
-- One row a customer who stands in a file of customers: of each field the newest value that is known, so that a later
-- file corrects and never empties; a list is replaced as a whole, custom attributes one by one.
CREATE TABLE records AS
WITH placed AS NOT MATERIALIZED (  -- one number for batch and row: comparing pairs takes twice as long
    SELECT *, batch_id * 1099511627776 + row AS place FROM customer_records
), newest AS (
    SELECT customer_id, arg_max(name, place) AS name, arg_max(email, place) AS email,
           arg_max(age, place) AS age, arg_max(location, place) AS location,
           arg_max(signup_on, place) AS signup_on,
           arg_max(interests, place) FILTER (WHERE len(interests) > 0) AS interests,
           arg_max(engagement_score, place) AS engagement_score,
           arg_max(preferred_contact_time, place) AS preferred_contact_time,
           arg_max(pain_points, place) FILTER (WHERE len(pain_points) > 0) AS pain_points,
           arg_max(buying_behavior, place) AS buying_behavior, arg_max(response_rate, place) AS response_rate,
           arg_max(lifetime_value, place) AS lifetime_value, arg_max(language, place) AS language,
           arg_max(zone, place) AS zone, arg_max(consent_email, place) AS consent_email,
           arg_max(consent_popup, place) AS consent_popup, arg_max(consent_teaser, place) AS consent_teaser,
           arg_max(tags, place) FILTER (WHERE len(tags) > 0) AS tags
    FROM placed GROUP BY customer_id
), entries AS (
    SELECT customer_id, place, unnest(map_keys(attributes)) AS key, trim(unnest(map_values(attributes))) AS value
    FROM placed
), merged AS (
    SELECT customer_id, key, arg_max(value, place) AS value
    FROM entries WHERE value <> '' GROUP BY customer_id, key
), mapped AS (
    SELECT customer_id, map_from_entries(list_sort(list(ROW(key, value)))) AS attributes
    FROM merged GROUP BY customer_id
)
SELECT newest.*, mapped.attributes
FROM newest LEFT JOIN mapped ON mapped.customer_id = newest.customer_id;

-- name: as_of
-- One row: the day from which "now" is counted. It is the chosen one, or the last day of the organisation's own
-- behaviour; while nobody bought anything yet, the day of the last sign-up.
CREATE TABLE as_of AS
SELECT coalesce((SELECT as_of FROM choices), (SELECT CAST(max(ordered_at) AS DATE) FROM purchases),
                (SELECT max(signup_on) FROM records)) AS day;

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
-- One row a measure: its 20, 40, 60 and 80 % points among those who bought. Equal values share a side, so they get
-- equal scores; who has a record only moves nobody's score.
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
-- One row a customer, who bought or has a record: totals, scores 1 to 5 (5 is best), business segment, lifecycle group,
-- the segment that the scores alone give (an unknown churn probability counts as 0), composite score, churn probability,
-- risk level, expected value, behaviour, and what the record says (its engagement score goes before ours). Recency is counted from the sign-up where there is no order; what no score can be
-- made of scores 1.
-- Composite score, 0 to 100: the mean of (score - 1) / 4 of recency, frequency and money and of 1 - churn probability, by
-- the weights of `composite_weights`, times 100; without a probability the mean of the other three.
CREATE TABLE customers AS
WITH known AS (
    SELECT coalesce(t.customer_id, r.customer_id) AS customer_id, coalesce(r.name, t.name) AS name,
           coalesce(r.email, t.email) AS email, t.country, t.first_order_on, t.last_order_on,
           coalesce(t.frequency, 0) AS frequency, coalesce(t.monetary, 0) AS monetary, t.gross, t.quantity,
           coalesce(t.returns_count, 0) AS returns_count, coalesce(t.returns_value, 0) AS returns_value,
           coalesce(t.last_order_on, r.signup_on) AS last_seen_on, r.age, coalesce(r.location, t.country) AS location,
           r.signup_on, r.interests, r.engagement_score, r.preferred_contact_time, r.pain_points, r.buying_behavior,
           r.response_rate, coalesce(r.lifetime_value, t.monetary, 0) AS lifetime_value, r.language, r.zone,
           coalesce(r.consent_email, 'unknown') AS consent_email, coalesce(r.consent_popup, 'unknown') AS consent_popup,
           coalesce(r.consent_teaser, 'unknown') AS consent_teaser, r.tags, r.attributes
    FROM customer_totals AS t FULL JOIN records AS r ON r.customer_id = t.customer_id
), scored AS (
    SELECT k.*, CAST(CASE WHEN k.last_seen_on > a.day THEN 0 ELSE date_diff('day', k.last_seen_on, a.day) END AS INTEGER)
               AS recency_days,
           CAST(date_diff('day', k.first_order_on, a.day) AS INTEGER) AS tenure_days
    FROM known AS k CROSS JOIN as_of AS a
), ranked AS (
    SELECT s.*,
           CAST(coalesce(5 - CAST(recency_days > r.p20 AS INTEGER) - CAST(recency_days > r.p40 AS INTEGER)
                  - CAST(recency_days > r.p60 AS INTEGER) - CAST(recency_days > r.p80 AS INTEGER), 1)
                AS TINYINT) AS recency_score,
           CAST(coalesce(1 + CAST(frequency > f.p20 AS INTEGER) + CAST(frequency > f.p40 AS INTEGER)
                  + CAST(frequency > f.p60 AS INTEGER) + CAST(frequency > f.p80 AS INTEGER), 1)
                AS TINYINT) AS frequency_score,
           CAST(coalesce(1 + CAST(monetary > m.p20 AS INTEGER) + CAST(monetary > m.p40 AS INTEGER)
                  + CAST(monetary > m.p60 AS INTEGER) + CAST(monetary > m.p80 AS INTEGER), 1)
                AS TINYINT) AS monetary_score
    FROM scored AS s
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'recency') AS r
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'frequency') AS f
    CROSS JOIN (SELECT * FROM thresholds WHERE measure = 'monetary') AS m
), valued AS (
    SELECT *, CAST((frequency_score + monetary_score) / 2.0 AS DECIMAL(2, 1)) AS value_score FROM ranked
), cells AS (  -- the rules for each pair of scores: a join of equals, which no customer needs to be sorted for
    SELECT recency_score, value_score, segment, lifecycle_group, churn_low, churn_high
    FROM (SELECT CAST(step AS TINYINT) AS recency_score FROM generate_series(1, 5) AS steps(step)) AS recencies
    CROSS JOIN (SELECT CAST(step / 2.0 AS DECIMAL(2, 1)) AS value_score FROM generate_series(2, 10) AS steps(step)) AS amounts
    JOIN segment_rules ON recency_score BETWEEN recency_low AND recency_high AND value_score BETWEEN value_low AND value_high
), weights AS (
    SELECT max(weight) FILTER (WHERE part = 'recency') AS recency, max(weight) FILTER (WHERE part = 'frequency') AS frequency,
           max(weight) FILTER (WHERE part = 'monetary') AS monetary, max(weight) FILTER (WHERE part = 'staying') AS staying
    FROM composite_weights
), levels AS (
    SELECT max(low) FILTER (WHERE risk_level = 'Critical') AS critical, max(low) FILTER (WHERE risk_level = 'High') AS high,
           max(low) FILTER (WHERE risk_level = 'Medium') AS medium
    FROM risk_levels
), placed AS (
    SELECT v.*, churn_probability, reasons AS churn_reasons, by_scores.segment AS rfm_segment, cells.segment, cells.lifecycle_group,
           -- round() to one decimal; without a probability the other weights make up the whole
           round(100 * ((v.recency_score - 1) / 4.0 * w.recency + (v.frequency_score - 1) / 4.0 * w.frequency
                        + (v.monetary_score - 1) / 4.0 * w.monetary + coalesce((1 - churn_probability) * w.staying, 0))
                 / (w.recency + w.frequency + w.monetary + CASE WHEN churn_probability IS NULL THEN 0 ELSE w.staying END), 1)
               AS composite_score,
           CASE WHEN churn_probability >= critical THEN 'Critical' WHEN churn_probability >= high THEN 'High'
                WHEN churn_probability >= medium THEN 'Medium' WHEN churn_probability IS NOT NULL THEN 'Low' END AS risk_level
    FROM valued AS v
    LEFT JOIN churn ON churn.customer_id = v.customer_id
    JOIN cells AS by_scores ON by_scores.recency_score = v.recency_score AND by_scores.value_score = v.value_score
        AND by_scores.churn_low = 0
    JOIN cells ON cells.recency_score = v.recency_score AND cells.value_score = v.value_score
        AND coalesce(churn_probability, 0) >= cells.churn_low
        AND (coalesce(churn_probability, 0) < cells.churn_high OR cells.churn_high = 1)
    CROSS JOIN weights AS w CROSS JOIN levels
)
SELECT v.customer_id, v.name, v.email, v.country, v.first_order_on, v.last_order_on, v.recency_days, v.frequency, v.monetary,
       CAST(v.gross / nullif(v.frequency, 0) AS DECIMAL(38, 2)) AS average_order, v.quantity, v.returns_count, v.returns_value,
       v.tenure_days, v.recency_score, v.frequency_score, v.monetary_score, v.value_score, v.segment, v.lifecycle_group,
       v.rfm_segment, v.composite_score, v.churn_probability, v.risk_level, v.churn_reasons,
       clv.expected_orders, clv.expected_spend, clv.clv, clv.clv_low, clv.clv_high,
       behaviour.score AS behaviour_score, behaviour.trend AS behaviour_trend, behaviour.signals AS behaviour_signals,
       favourites.top_product, favourites.top_category, CAST(date_trunc('month', v.first_order_on) AS DATE) AS cohort_month,
       v.age, v.location, v.signup_on, v.interests,
       coalesce(v.engagement_score, round(CAST(features.engagement AS DOUBLE), 1)) AS engagement_score,
       v.preferred_contact_time, v.pain_points, v.buying_behavior, v.response_rate, v.lifetime_value, v.language, v.zone, v.consent_email, v.consent_popup,
       v.consent_teaser, v.tags, v.attributes
FROM placed AS v
LEFT JOIN favourites ON favourites.customer_id = v.customer_id
LEFT JOIN features ON features.customer_id = v.customer_id
LEFT JOIN clv ON clv.customer_id = v.customer_id
LEFT JOIN behaviour ON behaviour.customer_id = v.customer_id;

-- name: attributes
-- One row a custom attribute: what all its values read as (number, date, choice of at most 50, text; yes and no are a
-- choice whose values are written in any of the usual ways), how many customers have it, and the values of a choice.
CREATE TABLE attributes AS
WITH entries AS (
    SELECT unnest(map_keys(attributes)) AS key, unnest(map_values(attributes)) AS value FROM records
), found AS (
    SELECT key, value, count(*) AS customers FROM entries GROUP BY key, value
), read AS (
    SELECT key, CAST(sum(customers) AS BIGINT) AS customers, count(*) AS distinct_values, max(length(value)) AS longest,
           bool_and(lower(value) IN ('yes', 'no', 'y', 'n', 'true', 'false')) AS is_boolean,
           bool_and(regexp_full_match(value, '[+-]?(0|[1-9][0-9]{0,14})?([.][0-9]+)?')
                    AND try_cast(value AS DECIMAL(38, 6)) IS NOT NULL) AS is_number,
           bool_and(regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+Z?)?')
                    AND try_cast(value AS DATE) IS NOT NULL) AS is_date
    FROM found GROUP BY key
), typed AS (
    SELECT key, customers, is_boolean,
           CASE WHEN is_boolean THEN 'choice' WHEN is_number THEN 'number' WHEN is_date THEN 'date'
                WHEN distinct_values <= 50 AND longest <= 200 THEN 'choice' ELSE 'text' END AS kind
    FROM read
), choices AS (
    SELECT found.key, list(found.value ORDER BY found.value) AS choices
    FROM found JOIN typed ON typed.key = found.key
    WHERE typed.kind = 'choice' AND NOT typed.is_boolean GROUP BY found.key
)
SELECT typed.key, upper(left(typed.key, 1)) || replace(substr(typed.key, 2), '_', ' ') AS label, kind, is_boolean, customers,
       CASE WHEN is_boolean THEN ['yes', 'no'] ELSE choices.choices END AS choices
FROM typed LEFT JOIN choices ON choices.key = typed.key;

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
-- One row: the churn horizon in days. It is the chosen one, or the days within which nine of ten gaps between orders
-- end, at least 14 and at most 365.
CREATE TABLE horizon AS
SELECT coalesce((SELECT horizon_days FROM choices),
                CAST(least(365, greatest(14, coalesce(percentile_cont(0.9) WITHIN GROUP (ORDER BY gap), 90))) AS INTEGER)) AS days
FROM buying_days WHERE gap IS NOT NULL;

-- name: now
-- One row: the as-of day and the horizon in days.
SELECT day, days FROM as_of CROSS JOIN horizon;

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

-- name: year_spend
-- One row a customer who bought or returned something in the 365 days up to the as-of date: what they spent in these, returns
-- taken off.
CREATE TABLE year_spend AS
SELECT customer_id, sum(CAST(spend - returned AS DECIMAL(18, 2))) AS spent  -- exact in whatever order
FROM buying_days CROSS JOIN as_of WHERE buying_days.day > as_of.day - 365 GROUP BY customer_id;

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

-- name: read_attributes
-- One row a custom attribute, those first that most customers have.
SELECT key, label, kind, is_boolean, choices, customers FROM attributes ORDER BY customers DESC, key;

-- name: read_customer
-- One row: everything known of one customer.
SELECT * FROM customers WHERE customer_id = $customer_id;

-- name: read_customer_orders
-- One row an order of the customer, the latest first: when, number, money, lines, and whether it is a return.
SELECT max(ordered_at) AS ordered_at, order_id, sum(amount) AS amount, count(*) AS lines, bool_or(is_return) AS is_return
FROM purchases WHERE customer_id = $customer_id AND ordered_at < (SELECT day FROM as_of) + INTERVAL 1 DAY
GROUP BY order_id ORDER BY ordered_at DESC, order_id LIMIT $limit;
