package casework

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// sourcesUnknown holds what a count of sources says that nobody knows to what was
// published: with that list emptied one source would be proven where it is not.
func (c *caseAudit) sourcesUnknown(ev *event, x *computed) error {
	if !countsUnknown(x.With) {
		return nil
	}
	var in struct {
		Reserved []grid.Extra `json:"reserved"`
		Unknown  []int        `json:"unknown"`
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
		now, err := sourcesNow(x.With, x.In)
		if err != nil {
			return err
		}
		if around, err = sourcesAround(now, c.e.modelFor); err != nil {
			return err
		}
	}
	c.says(bookSaid{entry: ev.index, no: c.row.No, own: c.rec.state.possession(), reserved: in.Reserved, margin: true, around: around, above: around, unknown: in.Unknown})
	return nil
}

// sourcesNow is what a count of sources has asked of the network in force: what it has
// reserved on those from before may not be there.
func sourcesNow(with string, input []byte) ([]byte, error) {
	if with != grid.IndependentSources4 {
		return input, nil
	}
	var in grid.IndependentSources4Input
	if err := canonical.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	in.Reserved = []grid.Extra{}
	return json.Marshal(&in)
}

// sourcesShown holds the networks that were asked beside the one in force, which are none
// where that has two sources, and returns what is reserved on the trees of that one which
// have a point: the rest is on networks from before.
func (c *caseAudit) sourcesShown(ev *event, r *ruled, x *computed, reserved []grid.Extra, at []foundBus, said shownSaid) ([]grid.Extra, error) {
	m, err := c.e.model(said.now)
	if err != nil {
		return nil, err
	}
	looked := make(map[int]bool)
	for _, p := range at {
		if tree, ok := m.TreeOf(p.Bus); ok {
			looked[tree] = true
		}
	}
	left := slices.DeleteFunc(slices.Clone(reserved), func(e grid.Extra) bool {
		tree, ok := m.TreeOf(e.Bus)
		return !ok || !looked[tree]
	})
	if len(at) > 1 {
		if len(said.networks) > 0 || len(said.tables) > 0 {
			return nil, fmt.Errorf("it asks what was published, though two sources have room")
		}
		return left, nil
	}
	if said.passed, err = grid.Withheld(x.In); err != nil {
		return nil, err
	}
	if why := c.networks4(ev, searchIn(r.Computed), said); why != "" {
		return nil, errors.New(why)
	}
	return left, nil
}
