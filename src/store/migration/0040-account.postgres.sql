-- A role that was granted an area reads what has a village, within that area, and what all may know: the pack, the settings,
-- how far the journal of a county goes. What accounts prove themselves by, requests, jobs and whatever comes later stay closed.
CREATE OR REPLACE FUNCTION area_give(reader text, lo text, hi text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    INSERT INTO honghua.area_grant VALUES (reader, lo, hi)
        ON CONFLICT (role) DO UPDATE SET lo = excluded.lo, hi = excluded.hi;
    EXECUTE format('GRANT USAGE ON SCHEMA honghua TO %I', reader);
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'honghua' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND (c.relname IN ('schema_migration', 'policy_version', 'policy_file', 'setting', 'record_field', 'record_entity',
                'journal_head')
            OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'village' AND NOT a.attisdropped))
    LOOP
        EXECUTE format('GRANT SELECT ON honghua.%I TO %I', name, reader);
    END LOOP;
END
$$;
