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

-- The same as functions, for Citus, whose tables take no sub-selects in their policies.
CREATE FUNCTION area_lo() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = honghua, pg_temp
AS $$ SELECT lo FROM area_own $$;
CREATE FUNCTION area_hi() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = honghua, pg_temp
AS $$ SELECT hi FROM area_own $$;

-- Spreads new tables over the machines of Citus: those whose key begins with the county by it, the others whole on each.
CREATE FUNCTION area_spread() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    large boolean;
BEGIN
    SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
    SET LOCAL citus.enable_unsafe_triggers TO on;
    FOR name, large IN
        SELECT c.relname, EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'county')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'honghua' AND c.relkind = 'r' AND c.relname NOT IN ('schema_migration', 'store_commit')
        AND NOT EXISTS (SELECT 1 FROM pg_dist_partition d WHERE d.logicalrelid = c.oid)
        ORDER BY EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'), c.relname
    LOOP
        IF large THEN
            PERFORM create_distributed_table(format('honghua.%I', name)::regclass, 'county');
        ELSE
            PERFORM create_reference_table(format('honghua.%I', name)::regclass);
        END IF;
    END LOOP;
END
$$;

-- Puts the wall around every table that holds villages' rows and has none yet, and lets the roles that were granted an
-- area read the new tables, too. The sub-selects are computed once a query and are then a constant range.
CREATE FUNCTION area_protect(by_function boolean) RETURNS void LANGUAGE plpgsql AS $$
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
        EXECUTE format('CREATE POLICY area ON honghua.%I USING (%s)', name, CASE WHEN by_function
            THEN 'village >= honghua.area_lo() AND village < honghua.area_hi()'
            ELSE 'village >= (SELECT o.lo FROM honghua.area_own o) AND village < (SELECT o.hi FROM honghua.area_own o)' END);
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
