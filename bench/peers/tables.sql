CREATE TABLE household (id VARCHAR, village VARCHAR, kind VARCHAR, lifted_year INTEGER, main_cause VARCHAR,
  safe_water INTEGER, members_claimed INTEGER);
CREATE TABLE person (id VARCHAR, village VARCHAR, household VARCHAR, certificate VARCHAR, certificate_type VARCHAR,
  birth INTEGER, sex VARCHAR, relation VARCHAR, health VARCHAR, school VARCHAR, out_reason VARCHAR, status VARCHAR,
  work_place VARCHAR, work_months INTEGER);
CREATE TABLE household_year (id VARCHAR, village VARCHAR, household VARCHAR, year INTEGER, wage BIGINT,
  per_capita BIGINT);
