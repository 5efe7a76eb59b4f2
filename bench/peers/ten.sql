-- The ten rules of ten.c as SQL, hits by village, over what export.c writes (as of 2019-12-31; dates are numbers
-- yyyymmdd, money is fen). Certificate numbers are text, as they come. The words are those that DuckDB and SQLite share.
SELECT 'person.id_checksum' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM person
  WHERE certificate IS NOT NULL AND coalesce(certificate_type, '居民身份证') = '居民身份证' AND NOT (
    length(certificate) = 18 AND length(trim(substr(certificate, 1, 17), '0123456789')) = 0
    AND upper(substr(certificate, 18, 1)) = substr('10X98765432', (
      (unicode(substr(certificate, 1, 1)) - 48) * 7 + (unicode(substr(certificate, 2, 1)) - 48) * 9
      + (unicode(substr(certificate, 3, 1)) - 48) * 10 + (unicode(substr(certificate, 4, 1)) - 48) * 5
      + (unicode(substr(certificate, 5, 1)) - 48) * 8 + (unicode(substr(certificate, 6, 1)) - 48) * 4
      + (unicode(substr(certificate, 7, 1)) - 48) * 2 + (unicode(substr(certificate, 8, 1)) - 48) * 1
      + (unicode(substr(certificate, 9, 1)) - 48) * 6 + (unicode(substr(certificate, 10, 1)) - 48) * 3
      + (unicode(substr(certificate, 11, 1)) - 48) * 7 + (unicode(substr(certificate, 12, 1)) - 48) * 9
      + (unicode(substr(certificate, 13, 1)) - 48) * 10 + (unicode(substr(certificate, 14, 1)) - 48) * 5
      + (unicode(substr(certificate, 15, 1)) - 48) * 8 + (unicode(substr(certificate, 16, 1)) - 48) * 4
      + (unicode(substr(certificate, 17, 1)) - 48) * 2) % 11 + 1, 1))
  GROUP BY village) AS hit;

SELECT 'person.birth_matches_id' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM person
  WHERE length(certificate) = 18 AND birth IS NOT NULL AND substr(certificate, 7, 8) <> CAST(birth AS VARCHAR)
  GROUP BY village) AS hit;

SELECT 'person.birth_in_future' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM person WHERE birth > 20191231 GROUP BY village) AS hit;

SELECT 'person.sex_matches_id' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM person
  WHERE length(certificate) = 18 AND sex IS NOT NULL AND length(trim(substr(certificate, 1, 17), '0123456789')) = 0
    AND (unicode(substr(certificate, 17, 1)) % 2 = 1) <> (sex = '男')
  GROUP BY village) AS hit;

SELECT 'household.without_head' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM (
    SELECT household, village, max(CASE WHEN relation = '户主' THEN 1 ELSE 0 END) AS heads FROM person
    WHERE coalesce(status, '') <> '自然减少' GROUP BY household, village) AS counted
  WHERE heads = 0 GROUP BY village) AS hit;

SELECT 'household.cause_illness_all_healthy' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM household
  WHERE main_cause = '因病'
    AND id IN (SELECT household FROM person WHERE coalesce(status, '') <> '自然减少')
    AND id NOT IN (SELECT household FROM person WHERE health IS NULL OR health <> '健康')
  GROUP BY village) AS hit;

SELECT 'household.member_count' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT h.village AS village, count(*) AS n FROM household AS h LEFT JOIN (
    SELECT household, count(*) AS members FROM person WHERE coalesce(status, '') <> '自然减少' GROUP BY household
  ) AS m ON m.household = h.id
  WHERE h.members_claimed IS NOT NULL AND h.members_claimed <> coalesce(m.members, 0)
  GROUP BY h.village) AS hit;

SELECT 'person.out_of_school' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM person
  WHERE coalesce(status, '') <> '自然减少' AND birth > 20031231 AND birth <= 20131231 AND school = '非在校生'
    AND out_reason IS NULL
  GROUP BY village) AS hit;

SELECT 'household.lifted_without_water' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT village, count(*) AS n FROM household
  WHERE kind IN ('脱贫户', '未脱贫户', '脱贫不享受政策户') AND lifted_year <= 2019 AND coalesce(safe_water, 0) = 0
  GROUP BY village) AS hit;

SELECT 'household.lifted_below_line' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT h.village AS village, count(*) AS n FROM household_year AS y JOIN household AS h ON h.id = y.household
  WHERE h.kind IN ('脱贫户', '未脱贫户', '脱贫不享受政策户') AND h.lifted_year <= y.year AND y.year <= 2019
    AND y.per_capita < CASE y.year WHEN 2014 THEN 280000 WHEN 2015 THEN 285500 WHEN 2016 THEN 295200
                                   WHEN 2017 THEN 333500 WHEN 2018 THEN 353500 WHEN 2019 THEN 374700 END
  GROUP BY h.village) AS hit;

SELECT 'income.works_without_wage' AS rule, coalesce(sum(n), 0) AS hits, count(*) AS villages FROM (
  SELECT y.village AS village, count(*) AS n FROM household_year AS y JOIN (
    SELECT household, max(year) AS year FROM household_year WHERE year <= 2019 GROUP BY household
  ) AS newest ON newest.household = y.household AND newest.year = y.year
  WHERE y.wage = 0 AND y.household IN (
    SELECT household FROM person
    WHERE coalesce(status, '') <> '自然减少' AND (work_place IS NOT NULL OR work_months > 0))
  GROUP BY y.village) AS hit;
