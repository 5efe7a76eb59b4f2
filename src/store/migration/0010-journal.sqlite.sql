-- What is sealed beside an entry may be erased (a person's right); nothing else of it ever changes. REPLACE comes
-- through the same triggers, because the store has recursive_triggers on.
CREATE TRIGGER journal_entry_update BEFORE UPDATE ON journal_entry
WHEN new.sealed IS NOT NULL OR new.county <> old.county OR new.position <> old.position OR new.record <> old.record
    OR new.leaf <> old.leaf OR new.entry <> old.entry
BEGIN
    SELECT RAISE(ABORT, 'journal entries do not change');
END;
CREATE TRIGGER journal_entry_delete BEFORE DELETE ON journal_entry
BEGIN
    SELECT RAISE(ABORT, 'journal entries are not deleted');
END;
CREATE TRIGGER journal_head_update BEFORE UPDATE ON journal_head
BEGIN
    SELECT RAISE(ABORT, 'journal heads do not change');
END;
CREATE TRIGGER journal_head_delete BEFORE DELETE ON journal_head
BEGIN
    SELECT RAISE(ABORT, 'journal heads are not deleted');
END;
CREATE TRIGGER journal_state_delete BEFORE DELETE ON journal_state
BEGIN
    SELECT RAISE(ABORT, 'the state of the journal is not deleted');
END;
