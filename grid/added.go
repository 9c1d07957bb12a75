package grid

import (
	"bytes"
	"encoding/json"
	"io"

	"aiqyn/canonical"
)

// AddedLoad1 is the released computation of what a connection adds to the network: what
// is asked for less what is drawn already. Drawn is what was measured on site, and no more
// than the applicant says is connected by contract: what only stands on paper is not in
// the network, and a grant that left it out would give the power away twice.
const AddedLoad1 = "grid.added-load@1"

type added1Input struct {
	Existing int64 `json:"existing-load"` // by the applicant's word, kW
	Load     int64 `json:"load"`
	Measured int64 `json:"measured-load"`
}

type added1Output struct {
	Differs  bool  `json:"differs"` // less was measured than is said
	Existing int64 `json:"existing"`
	KW       int64 `json:"kw"` // one at least: that nothing is added is for a rule to say
	Measured int64 `json:"measured"`
	Said     int64 `json:"said"`
	Version  int   `json:"version"`
}

// RunAddedLoad1 computes it from JSON to JSON.
func RunAddedLoad1(input []byte) ([]byte, error) {
	var in added1Input
	d := json.NewDecoder(bytes.NewReader(input))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	if _, err := d.Token(); err != io.EOF || in.Existing < 0 || in.Load < 0 || in.Measured < 0 {
		return nil, invalid("grid.bad-input").Because(err)
	}
	existing := min(in.Existing, in.Measured)
	return canonical.AppendMarshal(nil, added1Output{Differs: in.Measured < in.Existing, Existing: existing, KW: max(in.Load-existing, 1),
		Measured: in.Measured, Said: in.Existing, Version: 1})
}
