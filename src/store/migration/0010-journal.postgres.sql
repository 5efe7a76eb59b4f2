-- What is sealed beside an entry may be erased (a person's right); nothing else of it ever changes.
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
CREATE TRIGGER journal_entry_update BEFORE UPDATE ON journal_entry FOR EACH ROW
WHEN (new.sealed IS NOT NULL OR new.county <> old.county OR new.position <> old.position OR new.record <> old.record
    OR new.leaf <> old.leaf OR new.entry <> old.entry)
EXECUTE FUNCTION journal_refuse('journal entries do not change');
CREATE TRIGGER journal_entry_delete BEFORE DELETE ON journal_entry FOR EACH ROW
EXECUTE FUNCTION journal_refuse('journal entries are not deleted');
CREATE TRIGGER journal_entry_truncate BEFORE TRUNCATE ON journal_entry
EXECUTE FUNCTION journal_refuse('journal entries are not deleted');
CREATE TRIGGER journal_head_update BEFORE UPDATE ON journal_head FOR EACH ROW
EXECUTE FUNCTION journal_refuse('journal heads do not change');
CREATE TRIGGER journal_head_delete BEFORE DELETE ON journal_head FOR EACH ROW
EXECUTE FUNCTION journal_refuse('journal heads are not deleted');
CREATE TRIGGER journal_head_truncate BEFORE TRUNCATE ON journal_head
EXECUTE FUNCTION journal_refuse('journal heads are not deleted');
CREATE TRIGGER journal_state_delete BEFORE DELETE ON journal_state FOR EACH ROW
EXECUTE FUNCTION journal_refuse('the state of the journal is not deleted');
CREATE TRIGGER journal_state_truncate BEFORE TRUNCATE ON journal_state
EXECUTE FUNCTION journal_refuse('the state of the journal is not deleted');
