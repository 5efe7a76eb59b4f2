-- policy_in_force :maybe  digest of the pack that is in force
--   out: value text
SELECT value FROM setting WHERE name = 'policy';

-- finding_explained_list :many  what was explained, and the digest that it was explained for
--   in: lo text, hi text
--   out: id text, explained_digest text
SELECT id, explained_digest FROM finding WHERE county >= substr(:lo, 1, 6) AND county <= substr(:hi, 1, 6) AND village >= :lo AND village < :hi AND explained_digest IS NOT NULL;

-- finding_seen :exec  a finding of this run; one of an earlier day changes nothing
--   in: county text, id text, rule text, version text, v text, level text, entity text, record text, village text, household text?, person text?, year int?, digest text, seen text, message_zh text, message_en text, state text, as_of day, run text, now_ms int
INSERT INTO finding (county, id, rule, version, v, level, entity, record, village, household, person, year, digest, seen, message_zh, message_en, state, as_of, run, first_seen_ms, last_seen_ms)
VALUES (:county, :id, :rule, :version, :v, :level, :entity, :record, :village, :household, :person, :year, :digest, :seen, :message_zh, :message_en, :state, :as_of, :run, :now_ms, :now_ms)
ON CONFLICT (county, id) DO UPDATE SET version = excluded.version, v = excluded.v, level = excluded.level, village = excluded.village, household = excluded.household, person = excluded.person,
year = excluded.year, digest = excluded.digest, seen = excluded.seen, message_zh = excluded.message_zh, message_en = excluded.message_en, state = excluded.state, as_of = excluded.as_of,
run = excluded.run, last_seen_ms = excluded.last_seen_ms WHERE excluded.as_of >= finding.as_of;

-- finding_gone :exec  what a judged rule does not find any more; a run for an earlier day says nothing of it
--   in: rule text, lo text, hi text, as_of day, run text
UPDATE finding SET state = 'gone' WHERE rule = :rule AND county >= substr(:lo, 1, 6) AND county <= substr(:hi, 1, 6) AND village >= :lo AND village < :hi AND state <> 'gone' AND run <> :run AND as_of <= :as_of;

-- finding_list :many  by village, household, rule; household '': of all
--   in: lo text, hi text, household text, rule text, level text, state text, most int, passed int
--   out: id text, rule text, version text, v text, level text, entity text, record text, village text, household text?, person text?, year int?, seen text, message_zh text, message_en text, state text, as_of day, first_seen_ms int, last_seen_ms int, reason text?, explained_by text?, explained_ms int?
SELECT id, rule, version, v, level, entity, record, village, household, person, year, seen, message_zh, message_en, state, as_of, first_seen_ms, last_seen_ms, reason, explained_by, explained_ms
FROM finding WHERE county >= substr(:lo, 1, 6) AND county <= substr(:hi, 1, 6) AND village >= :lo AND village < :hi AND (:household = '' OR household = :household) AND (:rule = '' OR rule = :rule) AND (:level = '' OR level = :level) AND (state = :state OR (:state = '' AND state <> 'gone') OR :state = 'all')
ORDER BY village, household NULLS FIRST, rule, record, id LIMIT :most OFFSET :passed;

-- finding_count :one  how many finding_list gives in all
--   in: lo text, hi text, household text, rule text, level text, state text
--   out: count int
SELECT count(*) FROM finding WHERE county >= substr(:lo, 1, 6) AND county <= substr(:hi, 1, 6) AND village >= :lo AND village < :hi AND (:household = '' OR household = :household) AND (:rule = '' OR rule = :rule) AND (:level = '' OR level = :level) AND (state = :state OR (:state = '' AND state <> 'gone') OR :state = 'all');

-- finding_get :maybe  by id; all counties: whoever names a finding knows no more of it than its id
--   in: id text
--   out: rule text, state text, digest text, village text
SELECT rule, state, digest, village FROM finding WHERE id = :id;

-- finding_explain :exec  from now on it is not raised while what the rule saw stays as it is; all counties: found by its id
--   in: id text, reason text, explained_by text, now_ms int
UPDATE finding SET state = 'explained', reason = :reason, explained_by = :explained_by, explained_ms = :now_ms, explained_digest = digest WHERE id = :id;

-- grade_last_list :many  the latest grade of each household up to a day
--   in: lo text, hi text, as_of day
--   out: household text, village text, as_of day, grade text?, reasons text, policy text, visit_months int, next_review int?
SELECT household, village, as_of, grade, reasons, policy, visit_months, next_review FROM grade_change AS g
WHERE county >= substr(:lo, 1, 6) AND county <= substr(:hi, 1, 6) AND village >= :lo AND village < :hi AND as_of = (SELECT max(as_of) FROM grade_change AS h WHERE h.county = g.county AND h.household = g.household AND h.as_of <= :as_of)
ORDER BY household;

-- grade_put :exec  the grade of a day; the same day again replaces it
--   in: county text, household text, village text, as_of day, grade text?, reasons text, policy text, visit_months int, next_review int?, written_ms int
INSERT INTO grade_change (county, household, village, as_of, grade, reasons, policy, visit_months, next_review, written_ms)
VALUES (:county, :household, :village, :as_of, :grade, :reasons, :policy, :visit_months, :next_review, :written_ms)
ON CONFLICT (county, household, as_of) DO UPDATE SET grade = excluded.grade, reasons = excluded.reasons, policy = excluded.policy, visit_months = excluded.visit_months,
next_review = excluded.next_review, written_ms = excluded.written_ms;

-- grade_history :many  the changes of one household's grade, oldest first
--   in: county text, household text
--   out: as_of day, grade text?, reasons text, policy text, visit_months int, next_review int?, written_ms int
SELECT as_of, grade, reasons, policy, visit_months, next_review, written_ms FROM grade_change WHERE county = :county AND household = :household ORDER BY as_of;
