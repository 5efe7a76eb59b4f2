-- The second wall: which villages a login role may see. The program puts the area into every statement; this holds for
-- whoever comes another way, and for the program when a statement lacks it.
--
-- A role's own area stands in area_grant, which only the owner of the tables may read or write (honghua grant). A
-- transaction may narrow it by honghua.area_lo and honghua.area_hi, never widen it. No row: no area, nothing is seen.
CREATE TABLE area_grant (
    role TEXT PRIMARY KEY,
    lo   TEXT NOT NULL,
    hi   TEXT NOT NULL
) STRICT;
INSERT INTO area_grant (role, lo, hi) VALUES (session_user, '', ':');

-- The area of whoever asks: a view reads with its owner's rights, so nobody else needs any on area_grant, and its names
-- were looked up when it was made, whatever search_path somebody sets. The role is that of the login.
CREATE VIEW area_own AS
SELECT greatest(g.lo, coalesce(current_setting('honghua.area_lo', true), '') COLLATE "C") AS lo,
    least(g.hi, coalesce(nullif(current_setting('honghua.area_hi', true), ''), ':') COLLATE "C") AS hi
FROM area_grant g WHERE g.role = session_user::text;
GRANT SELECT ON area_own TO PUBLIC;

-- Puts the wall around every table that holds villages' rows and has none yet, and lets the roles that were granted an
-- area read the new tables, too. The sub-selects are computed once a query and are then a constant range.
CREATE FUNCTION area_protect() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    reader text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'village' AND NOT a.attisdropped
        WHERE n.nspname = 'honghua' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT c.relforcerowsecurity
    LOOP
        EXECUTE format('ALTER TABLE honghua.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY area ON honghua.%I USING (village >= (SELECT o.lo FROM honghua.area_own o)'
            ' AND village < (SELECT o.hi FROM honghua.area_own o))', name);
        FOR reader IN SELECT role FROM honghua.area_grant WHERE role <> session_user LOOP
            EXECUTE format('GRANT SELECT ON honghua.%I TO %I', name, reader);
        END LOOP;
    END LOOP;
END
$$;

-- Gives a role its area, and the right to read what lies in it and what all may know; neither the journal nor whose
-- area is which.
CREATE FUNCTION area_give(reader text, lo text, hi text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    INSERT INTO honghua.area_grant VALUES (reader, lo, hi)
        ON CONFLICT (role) DO UPDATE SET lo = excluded.lo, hi = excluded.hi;
    EXECUTE format('GRANT USAGE ON SCHEMA honghua TO %I', reader);
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'honghua' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname NOT IN ('journal_entry', 'journal_state', 'store_commit', 'area_grant')
    LOOP
        EXECUTE format('GRANT SELECT ON honghua.%I TO %I', name, reader);
    END LOOP;
END
$$;
