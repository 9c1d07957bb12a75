-- How much of each step lies open in a body, how late and how old it is.
CREATE INDEX cases_of_body ON cases (body, service, step, status, due, filed) WHERE step <> '';
