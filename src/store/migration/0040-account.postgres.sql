-- As before, but for what accounts prove themselves by: no role that was granted an area reads it.
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
        AND c.relname NOT IN ('journal_entry', 'journal_state', 'store_commit', 'area_grant', 'account', 'account_token',
            'account_session', 'account_guess', 'account_notice')
    LOOP
        EXECUTE format('GRANT SELECT ON honghua.%I TO %I', name, reader);
    END LOOP;
END
$$;
