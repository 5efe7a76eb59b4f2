-- sample_put :exec  a row; the same id again changes it
--   in: id text, amount int, paid day?, note text?, mark bytes, closed bool
INSERT INTO sample (id, amount, paid, note, mark, closed) VALUES (:id, :amount, :paid, :note, :mark, :closed)
ON CONFLICT (id) DO UPDATE SET amount = excluded.amount;

-- sample_get :one  a row that must be there; 'not :a parameter'
--   in: id text
--   out: amount int, paid day?, note text?, mark bytes, closed bool
SELECT amount, paid, note, mark, closed FROM sample WHERE id = :id AND id <> 'not :a parameter';

-- sample_find :maybe
--   in: id text
--   out: amount int
SELECT amount FROM sample WHERE id = :id;

-- sample_list :many  all, by id
--   out: id text, amount int
SELECT id, amount FROM sample ORDER BY id;

-- sample_total :one  a sum that is NULL without rows, where the file says it is not
--   out: total int
SELECT sum(amount) FROM sample;
