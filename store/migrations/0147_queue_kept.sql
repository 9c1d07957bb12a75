-- Whose seats are kept for somebody, where a brother or sister of theirs is, and in whose
-- line that puts them before others.
ALTER TABLE queue_place ADD COLUMN reserves TEXT NOT NULL DEFAULT '';
ALTER TABLE queue_place ADD COLUMN siblings TEXT NOT NULL DEFAULT '';
ALTER TABLE queue_move ADD COLUMN sibling BIGINT NOT NULL DEFAULT 0;
