package casework

import (
	"aiqyn/canonical"
	"aiqyn/grid"
)

// sourcesUnknown holds what a count of sources says that nobody knows to what was
// published: with that list emptied one source would be proven where it is not.
func (c *caseAudit) sourcesUnknown(ev *event, x *computed) error {
	if x.With != grid.IndependentSources3 {
		return nil
	}
	var in struct {
		Unknown []int `json:"unknown"`
	}
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	var out struct {
		Sources int `json:"sources"`
	}
	if err := canonical.Unmarshal(x.Out, &out); err != nil {
		return err
	}
	var around []int
	if out.Sources < 2 {
		var err error
		if around, err = sourcesAround(x.In, c.e.modelFor); err != nil {
			return err
		}
	}
	c.says(bookSaid{entry: ev.index, no: c.row.No, margin: true, around: around, above: around, unknown: in.Unknown})
	return nil
}
