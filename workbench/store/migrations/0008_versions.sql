-- Which document a passage's file is a version of, and the languages that an original has versions
-- in. What is indexed already counts as originals until a translation is put beside it.

DO $$
DECLARE number integer; name text;
BEGIN
    FOR number IN SELECT id FROM workbench.collections LOOP
        FOREACH name IN ARRAY ARRAY['passages_c', 'data_c'] LOOP
            EXECUTE format(
                'ALTER TABLE workbench.%I ADD COLUMN original text,'
                ' ADD COLUMN translations text[] NOT NULL DEFAULT ''{}''', name || number);
            EXECUTE format('UPDATE workbench.%I SET original = document', name || number);
            EXECUTE format(
                'ALTER TABLE workbench.%I ALTER COLUMN original SET NOT NULL,'
                ' ALTER COLUMN translations DROP DEFAULT', name || number);
        END LOOP;
    END LOOP;
END $$;
