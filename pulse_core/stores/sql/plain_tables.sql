-- name: read_labelled
-- One row a record of the tables with a label, in the order in which they came; attributes are all its other cells.
SELECT row, customer_id, churned, attributes FROM churn_tables ORDER BY batch_id, row;
