-- The cases of a service by when they were filed: which roads are under way.
-- store/roads.go writes the same condition.
CREATE INDEX cases_of_service ON cases (service, filed);
