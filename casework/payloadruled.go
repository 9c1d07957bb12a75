package casework

import (
	"encoding/json"

	"aiqyn"
)

// What a ruling leaves in the log.
type (
	ruled struct {
		Calendar string       `json:"calendar"`
		Computed []computed   `json:"computed"`
		Evidence string       `json:"evidence,omitempty"` // digest of the last bundle, where files are part of it
		Facts    string       `json:"facts"`              // hash of answers, records and look-ups it stands on
		Grant    bool         `json:"grant"`
		Now      string       `json:"now"`
		Pack     string       `json:"pack"`
		Reasons  []reasoned   `json:"reasons"`
		Step     aiqyn.StepID `json:"step"`
	}
	computed struct {
		In   json.RawMessage `json:"in"`
		Name string          `json:"name"`
		Out  json.RawMessage `json:"out"`
		With string          `json:"with"`
		from *searched       // nil: from the log, or no search for connection points
	}
	reasoned struct {
		Name  string `json:"name"`
		Trace string `json:"trace"` // the rule with the values it met
		True  bool   `json:"true"`
	}
)
