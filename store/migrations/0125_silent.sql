-- Contradictions and grants by silence are counted with what else is flagged on cases.
-- store/scorecard.go writes the same condition.
DROP INDEX entry_scorecard;
CREATE INDEX entry_scorecard ON entry (kind, case_no) WHERE kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent');
