-- account_get :maybe  by name
--   in: name text
--   out: role text, area text, password text?, totp bytes?, totp_step int, failures int, disabled bool, made_ms int
SELECT role, area, password, totp, totp_step, failures, disabled, made_ms FROM account WHERE name = :name;

-- account_all :many  by name; scan: there are no more of them than people in the office
--   out: name text, role text, area text, has_password bool, has_totp bool, disabled bool, made_ms int
SELECT name, role, area, CASE WHEN password IS NULL THEN 0 ELSE 1 END, CASE WHEN totp IS NULL THEN 0 ELSE 1 END, disabled, made_ms
FROM account ORDER BY name;

-- account_any :maybe  whether there is any; scan: it ends at the first
--   out: name text
SELECT name FROM account ORDER BY name LIMIT 1;

-- account_put :exec  a new one
--   in: name text, role text, area text, password text?, now int
INSERT INTO account (name, role, area, password, totp, totp_step, failures, disabled, made_ms, changed_ms)
VALUES (:name, :role, :area, :password, NULL, 0, 0, 0, :now, :now);

-- account_password_put :exec  sets it, or takes it away; wrong guesses are forgotten
--   in: name text, password text?, now int
UPDATE account SET password = :password, failures = 0, changed_ms = :now WHERE name = :name;

-- account_disable :exec  nobody logs in by it any more
--   in: name text, now int
UPDATE account SET disabled = 1, changed_ms = :now WHERE name = :name;

-- account_totp_put :exec  the sealed key of a second factor, or none
--   in: name text, totp bytes?, now int
UPDATE account SET totp = :totp, totp_step = 0, changed_ms = :now WHERE name = :name;

-- account_totp_used :exec  a step counts once
--   in: name text, step int
UPDATE account SET totp_step = :step WHERE name = :name AND totp_step < :step;

-- account_failed :exec  one more wrong guess in a row, whoever guesses
--   in: name text
UPDATE account SET failures = failures + 1 WHERE name = :name;

-- account_succeeded :exec  ends the row of wrong guesses
--   in: name text
UPDATE account SET failures = 0 WHERE name = :name;

-- token_put :exec  a program's key
--   in: hash bytes, account text, now int, expires int
INSERT INTO account_token (hash, account, made_ms, expires_ms) VALUES (:hash, :account, :now, :expires);

-- token_get :maybe  by what the token hashes to
--   in: hash bytes
--   out: account text, expires_ms int
SELECT account, expires_ms FROM account_token WHERE hash = :hash;

-- token_end :exec  all of an account
--   in: account text
DELETE FROM account_token WHERE account = :account;

-- session_put :exec  after a login
--   in: hash bytes, account text, source bytes, now int
INSERT INTO account_session (hash, account, source, begun_ms, used_ms) VALUES (:hash, :account, :source, :now, :now);

-- session_get :maybe  by what the cookie hashes to
--   in: hash bytes
--   out: account text, source bytes, begun_ms int, used_ms int
SELECT account, source, begun_ms, used_ms FROM account_session WHERE hash = :hash;

-- session_used :exec  it goes on being used
--   in: hash bytes, now int
UPDATE account_session SET used_ms = :now WHERE hash = :hash;

-- session_end :exec  logged out
--   in: hash bytes
DELETE FROM account_session WHERE hash = :hash;

-- session_end_all :exec  of one account
--   in: account text
DELETE FROM account_session WHERE account = :account;

-- session_sweep :exec  those that began too long ago
--   in: before int
DELETE FROM account_session WHERE begun_ms < :before;

-- guess_get :maybe  of an account and a source
--   in: hash bytes
--   out: failures int, until_ms int
SELECT failures, until_ms FROM account_guess WHERE hash = :hash;

-- guess_put :exec  counts
--   in: hash bytes, failures int, until_ms int, now int
INSERT INTO account_guess (hash, failures, until_ms, last_ms) VALUES (:hash, :failures, :until_ms, :now)
ON CONFLICT (hash) DO UPDATE SET failures = excluded.failures, until_ms = excluded.until_ms, last_ms = excluded.last_ms;

-- guess_end :exec  the right password from that source
--   in: hash bytes
DELETE FROM account_guess WHERE hash = :hash;

-- guess_sweep :exec  what is long past
--   in: before int
DELETE FROM account_guess WHERE last_ms < :before;

-- notice_put :exec  for the administrators
--   in: id text, now int, who text, what text, account text
INSERT INTO account_notice (id, at_ms, who, what, account) VALUES (:id, :now, :who, :what, :account);

-- notice_list :many  of the last days, the newest first
--   in: since int
--   out: at_ms int, who text, what text, account text
SELECT at_ms, who, what, account FROM account_notice WHERE at_ms >= :since ORDER BY at_ms DESC, id DESC;
