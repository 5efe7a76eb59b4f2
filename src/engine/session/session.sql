-- setting_get :maybe  a setting: 'policy' (digest in force), 'policy_loaded_ms', 'key_check' (hex), 'office' (12 digits)
--   in: name text
--   out: value text
SELECT value FROM setting WHERE name = :name;

-- setting_put :exec  sets or replaces
--   in: name text, value text
INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- policy_version_put :exec  a version of the pack; the same again is kept as it was
--   in: digest text, policy text, loaded_ms int
INSERT INTO policy_version (digest, policy, loaded_ms) VALUES (:digest, :policy, :loaded_ms) ON CONFLICT (digest) DO NOTHING;

-- policy_version_get :maybe  by digest
--   in: digest text
--   out: policy text, loaded_ms int
SELECT policy, loaded_ms FROM policy_version WHERE digest = :digest;

-- policy_file_put :exec  one file of a version
--   in: digest text, name text, content text
INSERT INTO policy_file (digest, name, content) VALUES (:digest, :name, :content) ON CONFLICT (digest, name) DO NOTHING;

-- policy_file_list :many  all files of a version, in the order in which the digest was made
--   in: digest text
--   out: name text, content text
SELECT name, content FROM policy_file WHERE digest = :digest ORDER BY name;
