-- Faults for the ten rules to find, in a register of invented households that exists for measuring alone (its journal
-- no longer fits it). One of some hundred records each, picked by the end of its id. V3 is left out: a number cannot
-- be changed behind its seal.
UPDATE person SET birth = birth + 1 WHERE substr(id, -5) IN ('01701', '04302', '09103', '02502');
UPDATE person SET birth = 18300 WHERE substr(id, -5) IN ('07703');
UPDATE person SET sex = CASE sex WHEN '1' THEN '2' ELSE '1' END WHERE substr(id, -5) IN ('02101', '05502', '08303');
UPDATE person SET relation = '之子' WHERE relation = '户主' AND substr(id, -5) IN ('03301', '06601');
UPDATE person SET school = '非在校生' WHERE birth BETWEEN 12500 AND 15900 AND substr(id, -4, 2) IN ('17', '43');
UPDATE household SET members_claimed = members_claimed + 1 WHERE substr(id, -3) IN ('113', '331');
UPDATE household SET safe_water = 0 WHERE substr(id, -3) IN ('117', '203', '777');
UPDATE household_year SET per_capita = 250000 WHERE substr(household, -3) IN ('119', '557');
UPDATE household_year SET wage = 0 WHERE substr(household, -3) IN ('121', '559');
