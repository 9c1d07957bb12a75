-- Outcomes are counted to the end of a month. store/scorecard.go writes the same condition.
DROP INDEX cases_of_outcome;
CREATE INDEX cases_of_outcome ON cases (service, outcome, closed) WHERE outcome <> '';
