package casework

import (
	"bytes"
	"encoding/json"
	"fmt"

	"aiqyn"
	"aiqyn/grid"
)

// What it rests on that no point has room is computed with the ruling: so it is in the
// entry that is signed, in its receipt, and is run again like every other computation.

// BindNoRoom gathers the input of grid.no-room@1 from the search for connection points
// before it; none is needed where some point has room.
func BindNoRoom(b *Binding) error {
	if b.Capacity == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	if b.before == nil || FoundPoint(b.before.out) {
		return nil
	}
	var err error
	if b.Input, err = grid.NoRoom1InputOf(b.before.in, b.before.out); err != nil || b.Input == nil {
		return err
	}
	b.Stamp = b.before.stamp
	b.Output, err = grid.RunNoRoom1(b.Input, func(hash string) (*grid.Model, error) {
		if n := b.Capacity.network(); n.hash == hash {
			return n.model, nil
		}
		v, err := b.Snapshot(hash)
		m, _ := v.(*grid.Model)
		return m, err
	})
	return err
}

// noRoomIn is what a ruling says of points without room, nil if it says nothing: some
// point has room, or it is from before that was computed.
func noRoomIn(list []computed) *grid.NoRoom {
	for i := range list {
		if said := new(grid.NoRoom); list[i].With == grid.NoRoom1 && json.Unmarshal(list[i].Out, said) == nil {
			return said
		}
	}
	return nil
}

// noRoomInput holds the input of such a computation to the search of its ruling.
func noRoomInput(r *ruled, x *computed) error {
	search := searchIn(r.Computed)
	if search == nil {
		return fmt.Errorf("there is no search before it")
	}
	want, err := grid.NoRoom1InputOf(search.In, search.Out)
	if err == nil && !bytes.Equal(want, x.In) {
		err = fmt.Errorf("it is not what the search before it was asked and has answered")
	}
	return err
}

// lacksRoom reports whether a ruling has searched and found no point: then it must say
// what that rests on.
func lacksRoom(r *ruled) bool {
	search := searchIn(r.Computed)
	return search != nil && !FoundPoint(search.Out)
}

// tellNoRoom adds what the ruling itself says of points without room to its answer;
// false if it says nothing. Whoever sees the case sees it, also while the network is
// classified: an act that burdens somebody is given with its grounds.
func (v *viewing) tellNoRoom(r *RulingView, list []computed) bool {
	said := noRoomIn(list)
	if said == nil || r.Points == nil || len(said.Points) != len(r.Points.Rejected) {
		return false
	}
	for i, p := range said.Points {
		at := &r.Points.Rejected[i]
		if l := p.Limit; l != nil {
			at.Limit = &LimitView{l.Least, l.Most, l.Unit}
		}
		if p.Above != nil {
			at.Above = &AboveView{Trafo: p.Above.Trafo, Name: v.trafoName(p.Above.Trafo), RatedVA: p.Above.RatedVA, LoadW: p.Above.LoadW, ReservedW: p.Above.ReservedW}
		}
	}
	return true
}

// trafoName is how a transformer is called, by its number where no network is here.
func (v *viewing) trafoName(trafo int) string {
	if v.e.Capacity == nil {
		return fmt.Sprint(trafo)
	}
	return v.e.Capacity.trafoName(trafo)
}
