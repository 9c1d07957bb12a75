-- Who has an outcome is counted once for it. store/scorecard.go writes the same condition
-- and goes in this order.
DROP INDEX cases_of_outcome;
CREATE INDEX cases_of_outcome ON cases (service, outcome, applicant, closed) WHERE outcome <> '';
