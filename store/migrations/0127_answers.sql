-- Questions are forgotten some time after they could be answered last.
DROP INDEX question_age;
CREATE INDEX question_end ON question (expires);
