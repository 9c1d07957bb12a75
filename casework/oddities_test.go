package casework

import (
	"reflect"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// TestOdditiesAreNamed: a line without a rating and a bus that generates stand in the
// publication and on the scorecard by their numbers; a publication that says nothing of
// them, or of others, is found. What is taken off where peaks are of different days is no
// generation.
func TestOdditiesAreNamed(t *testing.T) {
	n := withSubstation()
	n.Lines[0].IMaxA = nil
	n.Loads = append(n.Loads, grid.Load{Bus: 5, PKW: -3}, grid.Load{Bus: 2, PKW: 10})
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	want := grid.Oddities{Generating: []int{5}, GeneratingN: 1, Unrated: []int{9}, UnratedN: 1}
	r := newRig(t, func(c *Config) { c.Capacity.Model, c.Capacity.Hash = m, n.Hash() })
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	r.measure(r.tableOf(map[int]float64{1: 300, 7: 400, 8: 300}))
	r.publishPower()
	last, _, err := r.db.LastPublication(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := snapshotOf(t.Context(), r.Engine.Store, capacityKind, last.Hash)
	if err != nil {
		t.Fatal(err)
	}
	said, err := readPublication(last.Hash, func(string) ([]byte, error) { return data, nil })
	if err != nil || said.Odd == nil || !reflect.DeepEqual(*said.Odd, want) {
		t.Errorf("the publication says %+v, %v", said.Odd, err)
	}
	if card, err := r.Scorecard(t.Context(), ""); err != nil || !reflect.DeepEqual(card.Odd, want) {
		t.Errorf("the scorecard says %+v, %v", card.Odd, err)
	}
	r.wantClean()
	for _, lie := range []*grid.Oddities{nil, {Unrated: []int{9}, UnratedN: 1}} {
		r.pass(time.Hour)
		p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, func(p *publishCapacity) { p.said.Odd = lie }}
		if _, err := r.carryOut(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		r.finds("of lines without a rating and of generation is not so")
	}
}
