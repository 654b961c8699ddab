-- A collection now has two tables: workbench.passages_c<id>, and workbench.data_c<id> with a vector
-- for each sentence. Collections with vectors of whole passages are dropped: they are made from the
-- corpus, and the next command that needs one indexes it anew.

DO $$
DECLARE number integer;
BEGIN
    FOR number IN SELECT id FROM workbench.collections LOOP
        EXECUTE format('DROP TABLE IF EXISTS workbench.data_c%s', number);
    END LOOP;
    DELETE FROM workbench.collections;
END $$;
