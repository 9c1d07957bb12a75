-- How the cases of a service ended, and what was flagged on them, for the page that
-- anybody may hold a utility against. store/scorecard.go writes the same conditions.
CREATE INDEX cases_of_outcome ON cases (service, outcome) WHERE outcome <> '';
CREATE INDEX entry_scorecard ON entry (kind, case_no) WHERE kind IN ('dearer', 'escalated', 'refusal-rejected');
