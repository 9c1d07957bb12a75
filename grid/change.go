package grid

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"aiqyn"
)

// NetworkChange is a network that is published as what it changes of another: what its
// buses draw, where that differs. It stands under the hash of the network that it makes.
type NetworkChange struct {
	From  string `json:"from"`  // hash of the other
	Loads []Load `json:"loads"` // all of each bus that draws otherwise, as snapshots have them
	None  []int  `json:"none"`  // buses that draw nothing any more, ascending
}

// MaxChanges is how many changes may lie between a network and one that is whole.
const MaxChanges = 64

// ChangeFrom is what n changes of the network of that hash, of which it differs by its
// loads alone.
func (n *Network) ChangeFrom(was *Network, hash string) *NetworkChange {
	c := &NetworkChange{From: hash, Loads: []Load{}, None: []int{}}
	before, now := was.sorted().Loads, n.sorted().Loads
	for len(before) > 0 || len(now) > 0 {
		switch {
		case len(now) == 0 || len(before) > 0 && before[0].Bus < now[0].Bus:
			c.None = append(c.None, before[0].Bus)
			_, before = atOne(before)
		case len(before) == 0 || now[0].Bus < before[0].Bus:
			var own []Load
			own, now = atOne(now)
			c.Loads = append(c.Loads, own...)
		default:
			var old, own []Load
			old, before = atOne(before)
			if own, now = atOne(now); !slices.Equal(old, own) {
				c.Loads = append(c.Loads, own...)
			}
		}
	}
	return c
}

// atOne cuts off the loads of the first bus.
func atOne(loads []Load) (own, others []Load) {
	i := 1
	for i < len(loads) && loads[i].Bus == loads[0].Bus {
		i++
	}
	return loads[:i], loads[i:]
}

// Of is the network that the change makes of another, which stays as it is.
func (c *NetworkChange) Of(was *Network) *Network {
	gone := make(map[int]bool, len(c.Loads)+len(c.None))
	for i := range c.Loads {
		gone[c.Loads[i].Bus] = true
	}
	for _, bus := range c.None {
		gone[bus] = true
	}
	out := *was
	out.Loads = make([]Load, 0, len(was.Loads)+len(c.Loads))
	for _, l := range was.Loads {
		if !gone[l.Bus] {
			out.Loads = append(out.Loads, l)
		}
	}
	out.Loads = append(out.Loads, c.Loads...)
	slices.SortStableFunc(out.Loads, func(a, b Load) int { return cmp.Compare(a.Bus, b.Bus) })
	return &out
}

// Encode writes the change as it is published.
func (c *NetworkChange) Encode() []byte {
	data, err := json.Marshal(c)
	if err != nil {
		panic("grid: encoding a change of a network that was never checked: " + err.Error())
	}
	return data
}

// ReadSnapshot reads a network as it is published: whole, or as what it changes of
// another, which find reads by its hash; it returns as well how many changes lie between
// it and one that is whole. Whoever knows its hash holds the network against it.
func ReadSnapshot(data []byte, find func(hash string) ([]byte, error)) (n *Network, changes int, err error) {
	var list []*NetworkChange
	for bytes.HasPrefix(data, []byte(`{"from":`)) {
		if len(data) > maxBytes {
			return nil, 0, aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxBytes>>20)
		}
		c, err := readChange(data)
		if err != nil || len(list) == MaxChanges {
			return nil, 0, invalid("grid.bad-input").Because(err)
		}
		list = append(list, c)
		if data, err = find(c.From); err != nil {
			return nil, 0, err
		}
		if data == nil {
			return nil, 0, aiqyn.E(aiqyn.NotFound, "grid.no-snapshot", "network", c.From)
		}
	}
	if n, err = Read(data); err != nil {
		return nil, 0, err
	}
	for _, c := range slices.Backward(list) {
		n = c.Of(n)
	}
	if len(list) > 0 {
		err = n.check()
	}
	return n, len(list), err
}

// readChange reads a change as it is written: each bus draws otherwise or nothing, once.
func readChange(data []byte) (*NetworkChange, error) {
	c := new(NetworkChange)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more than one change")
	}
	for i := 1; i < len(c.None); i++ {
		if c.None[i] <= c.None[i-1] {
			return nil, fmt.Errorf("bus %d is out of order", c.None[i])
		}
	}
	for i := range c.Loads {
		bus := c.Loads[i].Bus
		if _, none := slices.BinarySearch(c.None, bus); none || i > 0 && bus < c.Loads[i-1].Bus {
			return nil, fmt.Errorf("bus %d is out of order or draws nothing", bus)
		}
	}
	return c, nil
}
