-- request_key_get :maybe  what was done under a key
--   in: account text, key text
--   out: digest text, status int?, type text?, etag text?, body text?
SELECT digest, status, type, etag, body FROM request_key WHERE account = :account AND key = :key;

-- request_key_put :exec  in the transaction of the change
--   in: account text, key text, digest text, made_ms int
INSERT INTO request_key (account, key, digest, made_ms) VALUES (:account, :key, :digest, :made_ms);

-- request_key_answer :exec  how it was answered
--   in: account text, key text, status int, type text, etag text?, body text
UPDATE request_key SET status = :status, type = :type, etag = :etag, body = :body WHERE account = :account AND key = :key;

-- request_key_purge :exec  those that nobody will send again; scan: once, when the server starts
--   in: before_ms int
DELETE FROM request_key WHERE made_ms < :before_ms;

-- job_put :exec  a new one
--   in: id text, account text, operation text, begun_ms int
INSERT INTO job (id, account, operation, state, begun_ms) VALUES (:id, :account, :operation, 'queued', :begun_ms);

-- job_state :exec  what became of it
--   in: id text, state text, ended_ms int?, result text?, problem text?
UPDATE job SET state = :state, ended_ms = :ended_ms, result = :result, problem = :problem WHERE id = :id;

-- job_get :maybe  one of an account
--   in: id text, account text
--   out: operation text, state text, begun_ms int, ended_ms int?, result text?, problem text?
SELECT operation, state, begun_ms, ended_ms, result, problem FROM job WHERE id = :id AND account = :account;

-- job_list :many  an account's, newest first
--   in: account text, most int
--   out: id text, operation text, state text, begun_ms int, ended_ms int?
SELECT id, operation, state, begun_ms, ended_ms FROM job WHERE account = :account ORDER BY begun_ms DESC, id DESC LIMIT :most;

-- job_left :exec  those that a server left behind when it ended; scan: once, when the server starts
--   in: problem text, ended_ms int
UPDATE job SET state = 'failed', problem = :problem, ended_ms = :ended_ms WHERE state IN ('queued', 'running');

-- job_purge :exec  old ones; scan: once, when the server starts
--   in: before_ms int
DELETE FROM job WHERE begun_ms < :before_ms;
