-- name: present_kinds
-- One row a kind of rows that the organisation has.
SELECT DISTINCT kind FROM applied_batches WHERE rows > 0;

-- name: types_of_events
-- One row an event type of the service events: how often, the most frequent first.
SELECT event_type, count(*) AS times FROM events GROUP BY event_type ORDER BY times DESC, event_type LIMIT 10000;

-- name: types_of_visits
-- One row an event type of the website: how often, the most frequent first.
SELECT event_type, count(*) AS times FROM visits GROUP BY event_type ORDER BY times DESC, event_type LIMIT 10000;

-- name: behaviour_window
-- One row, none where no profile fits: the industry, the as-of day, the first day of the window now and of the one
-- before, and their lengths in days. Where nobody bought anything, visits stand for what was bought. Files that reach
-- back less far than both windows together share their days among the two as the profile does.
CREATE TABLE behaviour_window AS
WITH bought AS (
    SELECT day, least((SELECT min(first_order_on) FROM customer_totals), day) AS begun_on FROM as_of
    WHERE EXISTS (SELECT 1 FROM customer_totals)
), visited AS (
    SELECT CAST(max(happened_at) AS DATE) AS day, CAST(min(happened_at) AS DATE) AS begun_on FROM visits
), spans AS (
    SELECT industry, day, CAST(least(p.now_days + p.before_days, date_diff('day', begun_on, day) + 1) AS INTEGER) AS span,
           p.now_days + p.before_days AS wanted, p.now_days AS wanted_now
    FROM (SELECT * FROM bought UNION ALL SELECT * FROM visited WHERE NOT EXISTS (SELECT 1 FROM bought))
    CROSS JOIN behaviour_profile AS p
), lengths AS (
    SELECT industry, day, span, CAST(greatest(1, span * wanted_now // wanted) AS INTEGER) AS now_days FROM spans
)
SELECT industry, day, CAST(day - now_days + 1 AS DATE) AS now_from, CAST(day - span + 1 AS DATE) AS before_from,
       now_days, CAST(span - now_days AS INTEGER) AS before_days
FROM lengths WHERE day IS NOT NULL;

-- name: behaviour_orders
-- One row an order of the two windows: its day, whether it lies in the window now, whether something was bought, sent
-- back, or cheaper than usual. Lines without an order number are one order when they have the same time.
CREATE TEMP TABLE behaviour_orders AS
SELECT customer_id, CAST(min(ordered_at) AS DATE) AS day, min(ordered_at) >= any_value(now_from) AS is_now,
       bool_or(NOT is_return) AS is_sale, bool_or(is_return) AS is_return,
       bool_or(NOT is_return AND coalesce(discount <> 0, FALSE)) AS is_discounted
FROM order_lines CROSS JOIN behaviour_window
WHERE ordered_at >= before_from AND ordered_at < day + 1
GROUP BY customer_id, coalesce(order_id, CAST(ordered_at AS VARCHAR));

-- name: behaviour_visits
-- One row a customer who visited the website in the two windows: in each, how many visits, how many with something put
-- into the cart, how many of these that did not end in an order, and how many that did. A visit ends in an order by its
-- own events, or by an order of the same day.
CREATE TEMP TABLE behaviour_visits AS
WITH marked AS (  -- a number for the session's name: names of more than 12 letters take twice as long to group
    SELECT customer_id, hash(session_id) AS session, happened_at, is_cart, is_purchase
    FROM visits JOIN behaviour_visit_types USING (event_type) CROSS JOIN behaviour_window
    WHERE happened_at >= before_from AND happened_at < day + 1
), grouped AS (
    SELECT customer_id, CAST(min(happened_at) AS DATE) AS day, bool_or(is_cart) AS is_cart, bool_or(is_purchase) AS is_bought
    FROM marked GROUP BY customer_id, session
), ordered AS (
    SELECT DISTINCT customer_id, day FROM behaviour_orders WHERE is_sale
), sessions AS (
    SELECT g.customer_id, g.day, g.day >= now_from AS is_now, is_cart, is_bought OR ordered.day IS NOT NULL AS is_bought
    FROM grouped AS g CROSS JOIN behaviour_window
    LEFT JOIN ordered ON ordered.customer_id = g.customer_id AND ordered.day = g.day
)
SELECT customer_id, min(day) AS first_on,
       count(*) FILTER (is_now) AS session_now, count(*) FILTER (NOT is_now) AS session_before,
       count(*) FILTER (is_cart AND is_now) AS cart_now, count(*) FILTER (is_cart AND NOT is_now) AS cart_before,
       count(*) FILTER (is_cart AND NOT is_bought AND is_now) AS abandoned_now,
       count(*) FILTER (is_cart AND NOT is_bought AND NOT is_now) AS abandoned_before,
       count(*) FILTER (is_bought AND is_now) AS bought_now, count(*) FILTER (is_bought AND NOT is_now) AS bought_before
FROM sessions GROUP BY customer_id;

-- name: behaviour_counts
-- One row a customer and role: how many there are of it in each window, the sums of their values without sign, and the
-- first day of it. Where no file has orders, a visit that ended in one counts as one.
CREATE TEMP TABLE behaviour_counts AS
WITH ordered AS (
    SELECT customer_id, min(day) AS first_on,
           count(*) FILTER (is_sale AND is_now) AS order_now, count(*) FILTER (is_sale AND NOT is_now) AS order_before,
           count(*) FILTER (is_discounted AND is_now) AS discounted_now, count(*) FILTER (is_discounted AND NOT is_now) AS discounted_before,
           count(*) FILTER (is_return AND is_now) AS returned_now, count(*) FILTER (is_return AND NOT is_now) AS returned_before
    FROM behaviour_orders GROUP BY customer_id
), served AS (
    SELECT customer_id, event_type, CAST(min(happened_at) AS DATE) AS first_on,
           count(*) FILTER (happened_at >= now_from) AS now_count, count(*) FILTER (happened_at < now_from) AS before_count,
           coalesce(sum(abs(value)) FILTER (happened_at >= now_from), 0) AS now_sum,
           coalesce(sum(abs(value)) FILTER (happened_at < now_from), 0) AS before_sum
    FROM events CROSS JOIN behaviour_window
    WHERE happened_at >= before_from AND happened_at < day + 1
    GROUP BY customer_id, event_type
), counted AS (
    SELECT customer_id, first_on, unnest([
        {role: 'order', now_count: order_now, before_count: order_before},
        {role: 'discounted', now_count: discounted_now, before_count: discounted_before},
        {role: 'returned', now_count: returned_now, before_count: returned_before}
    ], recursive := TRUE)
    FROM ordered
    UNION ALL
    SELECT customer_id, first_on, unnest([
        {role: 'session', now_count: session_now, before_count: session_before},
        {role: 'cart_session', now_count: cart_now, before_count: cart_before},
        {role: 'abandoned_session', now_count: abandoned_now, before_count: abandoned_before},
        {role: 'buying_session', now_count: bought_now, before_count: bought_before}
    ], recursive := TRUE)
    FROM behaviour_visits
    UNION ALL
    SELECT customer_id, first_on, 'order', bought_now, bought_before
    FROM behaviour_visits WHERE NOT EXISTS (SELECT 1 FROM applied_batches WHERE kind = 'orders')
)
SELECT customer_id, role, first_on, now_count, before_count, CAST(0 AS DECIMAL(38, 4)) AS now_sum, CAST(0 AS DECIMAL(38, 4)) AS before_sum
FROM counted WHERE now_count + before_count > 0
UNION ALL
SELECT customer_id, role, min(first_on), CAST(sum(now_count) AS BIGINT), CAST(sum(before_count) AS BIGINT),
       CAST(sum(now_sum) AS DECIMAL(38, 4)), CAST(sum(before_sum) AS DECIMAL(38, 4))
FROM served JOIN behaviour_event_types USING (event_type) GROUP BY customer_id, role;

-- name: behaviour_days
-- One row a customer and kind of rows: how many days of each window lie after the customer came and the data begins.
CREATE TEMP TABLE behaviour_days AS
WITH begun AS (
    SELECT 'orders' AS source, CAST(min(ordered_at) AS DATE) AS begun_on FROM order_lines
    UNION ALL SELECT 'visits', CAST(min(happened_at) AS DATE) FROM visits
    UNION ALL SELECT 'events', CAST(min(happened_at) AS DATE) FROM events
), sources AS (  -- orders that are counted from visits are known from the first visit on
    SELECT source, coalesce(begun_on, CASE source WHEN 'orders' THEN (SELECT begun_on FROM begun WHERE source = 'visits') END) AS begun_on
    FROM begun
), came AS (
    SELECT c.customer_id, least(min(c.first_on), any_value(t.first_order_on)) AS came_on
    FROM behaviour_counts AS c LEFT JOIN customer_totals AS t ON t.customer_id = c.customer_id
    GROUP BY c.customer_id
)
SELECT customer_id, source, CAST(greatest(0, day - greatest(now_from, came_on, begun_on) + 1) AS INTEGER) AS days_now,
       CAST(greatest(0, now_from - greatest(before_from, came_on, begun_on)) AS INTEGER) AS days_before
FROM came CROSS JOIN behaviour_window JOIN sources ON begun_on IS NOT NULL
WHERE source IN (SELECT source FROM behaviour_terms);

-- name: behaviour_ratios
-- One row a customer and signal that divides two counts, or takes one from the other, where it is known: the figure of
-- its window, the one of the window before, and their difference.
CREATE TEMP TABLE behaviour_ratios AS
WITH summed AS (
    SELECT customer_id, signal, sum(part * now_count) AS part_now, sum(part * before_count) AS part_before,
           sum(whole * now_count) AS whole_now, sum(whole * before_count) AS whole_before
    FROM behaviour_counts JOIN behaviour_terms USING (role)
    WHERE measure = 'ratio' GROUP BY customer_id, signal
), spanned AS (
    SELECT customer_id, signal, least, judge, part_before, whole_before,
           CASE WHEN both_windows THEN part_now + part_before ELSE part_now END AS part,
           CASE WHEN both_windows THEN whole_now + whole_before ELSE whole_now END AS whole
    FROM summed JOIN behaviour_rules USING (signal)
)
SELECT customer_id, signal, CAST(part AS DOUBLE) / whole AS value,
       CASE WHEN whole_before >= least THEN CAST(part_before AS DOUBLE) / whole_before END AS value_before,
       CASE judge WHEN 'difference' THEN value - value_before ELSE value END AS judged
FROM spanned WHERE whole >= least;

-- name: behaviour_rates
-- One row a customer and signal that counts in so many days, where it is known: the rate, the one of the window before,
-- and what it is judged by. Sums over kinds of rows are exact, so that their order does not matter.
CREATE TEMP TABLE behaviour_rates AS
WITH amounts AS (
    SELECT d.customer_id, t.signal, r.judge, r.both_windows, r.is_sum, r.least, r.least_days, r.per_days, d.days_now, d.days_before,
           CASE WHEN r.is_sum THEN coalesce(c.now_sum, 0) ELSE coalesce(c.now_count, 0) END AS now_amount,
           CASE WHEN r.is_sum THEN coalesce(c.before_sum, 0) ELSE coalesce(c.before_count, 0) END AS before_amount,
           coalesce(c.now_count + c.before_count, 0) AS events
    FROM behaviour_days AS d JOIN behaviour_terms AS t ON t.source = d.source AND t.measure = 'rate'
    JOIN behaviour_rules AS r ON r.signal = t.signal
    LEFT JOIN behaviour_counts AS c ON c.customer_id = d.customer_id AND c.role = t.role
), summed AS (
    SELECT customer_id, signal, any_value(judge) AS judge, any_value(is_sum) AS is_sum, any_value(least) AS least,
           CAST(sum(CAST(now_amount * per_days / nullif(days_now, 0) AS DECIMAL(38, 8))) FILTER (NOT both_windows AND CASE judge WHEN 'change' THEN days_before ELSE days_now END >= least_days) AS DOUBLE) AS rate_now,
           CAST(sum(CAST((now_amount + before_amount) * per_days / nullif(days_now + days_before, 0) AS DECIMAL(38, 8)))
                FILTER (both_windows AND days_now + days_before >= least_days) AS DOUBLE) AS rate_both,
           CAST(sum(CAST(before_amount * per_days / nullif(days_before, 0) AS DECIMAL(38, 8))) FILTER (days_before >= least_days) AS DOUBLE) AS rate_before,
           CAST(sum(now_amount) FILTER (days_before >= least_days) AS DOUBLE) AS happened,
           CAST(sum(CAST(before_amount * days_now / nullif(days_before, 0) AS DECIMAL(38, 8))) FILTER (days_before >= least_days) AS DOUBLE) AS expected,
           sum(events) FILTER (days_before >= least_days) AS events,
           CAST(sum(now_amount + before_amount) FILTER (days_before >= least_days) AS DOUBLE) AS total
    FROM amounts GROUP BY customer_id, signal
), halved AS (
    SELECT *, coalesce(rate_now, rate_both) AS value, CASE WHEN is_sum THEN total / events ELSE 1 END / 2 AS half FROM summed
)
SELECT customer_id, signal, value, rate_before AS value_before,
       CASE WHEN judge <> 'change' THEN value WHEN events >= least AND half > 0 THEN (happened + half) / (expected + half) - 1 END AS judged
FROM halved WHERE value IS NOT NULL;

-- name: behaviour_balances
-- One row a customer and signal that takes one count from another, for customers known long enough.
CREATE TEMP TABLE behaviour_balances AS
WITH summed AS (
    SELECT d.customer_id, t.signal,
           CAST(coalesce(sum((t.part - t.whole) * CASE WHEN r.both_windows THEN c.now_count + c.before_count ELSE c.now_count END), 0) AS DOUBLE) AS value
    FROM behaviour_days AS d JOIN behaviour_terms AS t ON t.source = d.source AND t.measure = 'balance'
    JOIN behaviour_rules AS r ON r.signal = t.signal
    LEFT JOIN behaviour_counts AS c ON c.customer_id = d.customer_id AND c.role = t.role
    WHERE CASE WHEN r.both_windows THEN d.days_now + d.days_before ELSE d.days_now END >= r.least_days
    GROUP BY d.customer_id, t.signal
)
SELECT customer_id, signal, value, CAST(NULL AS DOUBLE) AS value_before, value AS judged FROM summed;

-- name: behaviour_signals
-- One row a customer and signal that is known: the figure now, the one of the window before (of the same length of
-- time, where it is known too), what is judged, and the points that it takes. A signal is known only where the files
-- tell of it at all: who has no complaint in a file without complaints may have made some.
CREATE TABLE behaviour_signals AS
WITH measured AS (
    SELECT * FROM behaviour_ratios UNION ALL SELECT * FROM behaviour_rates UNION ALL SELECT * FROM behaviour_balances
), middles AS (
    SELECT signal, median(value) AS middle FROM measured JOIN behaviour_rules USING (signal) WHERE judge = 'middle' GROUP BY signal
), told AS (
    SELECT signal FROM behaviour_terms WHERE role IN (SELECT role FROM behaviour_counts)
    GROUP BY signal HAVING max(part) > 0
    INTERSECT
    SELECT signal FROM behaviour_terms
    GROUP BY signal HAVING max(whole) = 0 OR bool_or(whole > part AND role IN (SELECT role FROM behaviour_counts))
), judged AS (
    SELECT m.customer_id, m.signal, m.value, m.value_before,
           round(CASE WHEN r.judge = 'middle' THEN m.judged / nullif(middles.middle, 0) ELSE m.judged END, 6) AS judged,
           r.low_is_worse, r.raised_at, r.raised_points, r.severe_at, r.severe_points
    FROM measured AS m JOIN told ON told.signal = m.signal JOIN behaviour_rules AS r ON r.signal = m.signal
    LEFT JOIN middles ON middles.signal = m.signal
)
SELECT customer_id, signal, value, value_before, judged,
       CAST(CASE WHEN low_is_worse AND judged <= severe_at OR NOT low_is_worse AND judged >= severe_at THEN severe_points
                 WHEN low_is_worse AND judged <= raised_at OR NOT low_is_worse AND judged >= raised_at THEN raised_points
                 ELSE 0 END AS SMALLINT) AS points
FROM judged WHERE judged IS NOT NULL AND signal <> 'trend';

-- name: behaviour
-- One row a customer of whom enough is known: score 0 to 100 (100 is healthy: of the points that the known signals
-- could take, of full_points at least, how many per cent they leave), trend of activity (NULL where too little is known), and the raised signals
-- with what to do, the worst first.
CREATE TABLE behaviour AS
WITH advice AS (
    SELECT map_from_entries(list(ROW(signal, recommendation))) AS of_signal FROM behaviour_rules WHERE recommendation IS NOT NULL
), totals AS (
    SELECT customer_id, sum(points) AS taken, sum(severe_points) AS most,
           coalesce(list(signal ORDER BY points DESC, place) FILTER (points > 0), []) AS signals
    FROM behaviour_signals JOIN behaviour_rules USING (signal) GROUP BY customer_id
), trends AS (
    SELECT customer_id, CASE WHEN judged >= trend_up THEN 'increasing' WHEN judged <= trend_down THEN 'declining' ELSE 'stable' END AS trend
    FROM behaviour_rates CROSS JOIN behaviour_profile WHERE signal = 'trend' AND judged IS NOT NULL
)
SELECT t.customer_id, p.industry, CAST(round(100 * (1 - taken / greatest(most, full_points))) AS SMALLINT) AS score, trend, signals,
       list_transform(signals, lambda signal: of_signal[signal]) AS recommendations
FROM totals AS t CROSS JOIN behaviour_profile AS p CROSS JOIN advice
LEFT JOIN trends ON trends.customer_id = t.customer_id
WHERE most >= least_points;

-- name: read_window
-- One row, none where no profile fits: the industry whose profile was used, the as-of day, and the first days of the
-- window now and of the one before, and their lengths.
SELECT industry, day, now_from, before_from, now_days, before_days FROM behaviour_window;

-- name: read_summary
-- One row: customers with a score, their mean score, how many have a signal raised, and how many of each trend.
SELECT count(*) AS customers, avg(score) AS score, count(*) FILTER (len(signals) > 0) AS raised,
       count(*) FILTER (trend = 'increasing') AS increasing, count(*) FILTER (trend = 'stable') AS stable,
       count(*) FILTER (trend = 'declining') AS declining
FROM behaviour;

-- name: read_behaviour_scores
-- One row ten points of score (0 to 9, …, 90 to 100) that customers have: from, to, and how many there are.
SELECT CAST(least(score // 10, 9) * 10 AS INTEGER) AS score_from,
       CAST(CASE WHEN score >= 90 THEN 100 ELSE score // 10 * 10 + 9 END AS INTEGER) AS score_to, count(*) AS customers
FROM behaviour GROUP BY 1, 2 ORDER BY 1;

-- name: read_behaviour_signals
-- One row a signal of the profile that is known of somebody, in the profile's order: of how many customers, of how many
-- it is raised, and of how many severely.
SELECT signal, any_value(label) AS label, any_value(risk) AS risk, count(*) AS known,
       count(*) FILTER (points > 0) AS raised, count(*) FILTER (points = severe_points) AS severe
FROM behaviour_signals JOIN behaviour_rules USING (signal) GROUP BY signal, place ORDER BY place;

-- name: read_behaviour_segments
-- One row a business segment with scored customers: how many, and their mean score.
SELECT segment, count(*) AS customers, avg(score) AS score
FROM behaviour JOIN customers USING (customer_id) GROUP BY segment;

-- name: read_lowest
-- One row a customer: those with the lowest scores, of equal scores those who spent most.
SELECT b.customer_id, name, segment, monetary, score, trend, signals, recommendations
FROM behaviour AS b LEFT JOIN customers AS c ON c.customer_id = b.customer_id
ORDER BY score, monetary DESC NULLS LAST, b.customer_id LIMIT $limit;

-- name: read_behaviour
-- One row: the behaviour of one customer.
SELECT score, trend, recommendations FROM behaviour WHERE customer_id = $customer_id;

-- name: read_signals
-- One row a signal that is known of the customer, those with most points first, then in the profile's order.
SELECT signal, value, value_before, judged, points
FROM behaviour_signals JOIN behaviour_rules USING (signal)
WHERE customer_id = $customer_id ORDER BY points DESC, place;

-- name: is_customer
-- One row where the customer is known at all.
SELECT 1 FROM customers WHERE customer_id = $customer_id
UNION ALL SELECT 1 FROM behaviour_signals WHERE customer_id = $customer_id LIMIT 1;
