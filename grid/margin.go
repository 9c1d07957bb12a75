package grid

import (
	"encoding/json"
	"slices"

	"aiqyn/canonical"
)

// PublishedMargin1 is the released computation of what was published as free: an
// office that has published room for a load cannot say that there is none. Its
// output never changes for the same input.
const PublishedMargin1 = "grid.published-margin@1"

// PublishedMargin2 is the same of every point that there is: one under a transformer
// whose margin was withdrawn is passed over, however many of them are nearer than
// the next. Version 1 looks at the five cheapest alone.
const PublishedMargin2 = "grid.published-margin@2"

// PublishedMargin3 is version 2 of all networks that were in force in the window: also
// of the one that was published last before it began. Where nothing is published for
// longer than the window, versions 1 and 2 are asked of nothing.
const PublishedMargin3 = "grid.published-margin@3"

// MarginNetwork is a network whose free power was published, with the newest
// entry that did. Without are transformers whose published margin a later
// reduction has withdrawn, which two people have signed on the evidence of two
// meters. Settled is what was reserved when it was published and has become part of
// the measured load since: on this network it stands beside what is reserved.
type MarginNetwork struct {
	Day     string  `json:"day"`
	Entry   int64   `json:"entry"`
	Network string  `json:"network"`           // hash
	Settled []Extra `json:"settled,omitempty"` // ascending by bus
	Without []int   `json:"without"`           // ascending
}

// PublishedMargin1Input is the input of version 1. Now is the best point on the
// network in force, or null: then the networks published in the window are asked,
// in the order of their entries, with what is reserved today.
type PublishedMargin1Input struct {
	Costs    Costs           `json:"costs"`
	Detour   int             `json:"detour_permille"`
	Limits   Limits1         `json:"limits"`
	LoadW    int64           `json:"load_w"`
	Networks []MarginNetwork `json:"networks"`
	Now      json.RawMessage `json:"now"`
	Reserved []Extra         `json:"reserved"`
	Since    string          `json:"since"` // first day of the window
	Streets  string          `json:"streets"`
	Unknown  []int           `json:"unknown"` // transformers above points without room whose load nobody knows
	Upgrades Upgrades        `json:"upgrades"`
	XMM      int64           `json:"x"`
	YMM      int64           `json:"y"`
}

type margin1Output struct {
	Best     json.RawMessage `json:"best"` // as in the output of connection points
	Days     []marginDay     `json:"days"`
	Feasible bool            `json:"feasible"`
	LoadW    int64           `json:"load_w"`
	Since    string          `json:"since"`
	Unknown  []int           `json:"unknown"`
	Version  int             `json:"version"`
}

type marginDay struct {
	Day          string `json:"day"`
	Entry        int64  `json:"entry"`
	Feasible     bool   `json:"feasible"`
	NearestFreeW int64  `json:"nearest_free_w"`
	Network      string `json:"network"`
}

// RunPublishedMargin1 tells from JSON to JSON whether a load has room now, or had
// by what was published: then the best such point binds whoever published it.
func RunPublishedMargin1(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	return runPublishedMargin(1, input, snapshot, streets)
}

// RunPublishedMargin2 is version 2 from JSON to JSON; its input is that of version 1.
func RunPublishedMargin2(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	return runPublishedMargin(2, input, snapshot, streets)
}

// RunPublishedMargin3 is version 3 from JSON to JSON; its input is that of version 1.
func RunPublishedMargin3(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	return runPublishedMargin(3, input, snapshot, streets)
}

func runPublishedMargin(version int, input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	var in PublishedMargin1Input
	if err := canonical.Strictly(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	return in.answer(version, snapshot, streets)
}

func (in *PublishedMargin1Input) answer(version int, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	if !slices.IsSortedFunc(in.Reserved, compareExtra) {
		return nil, invalid("grid.unsorted-reserved")
	}
	for _, n := range in.Networks {
		if !slices.IsSortedFunc(n.Settled, compareExtra) {
			return nil, invalid("grid.unsorted-reserved")
		}
	}
	if in.hasRoomNow() {
		return canonical.Marshal(margin1Output{Best: in.Now, Days: []marginDay{}, Feasible: true, LoadW: in.LoadW, Since: in.Since, Unknown: list(in.Unknown), Version: version})
	}
	return in.run(version, snapshot, streets)
}

func (in *PublishedMargin1Input) hasRoomNow() bool {
	return len(in.Now) > 0 && string(in.Now) != "null"
}

func (in *PublishedMargin1Input) run(version int, snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) ([]byte, error) {
	out := margin1Output{Best: json.RawMessage("null"), Days: []marginDay{}, LoadW: in.LoadW, Since: in.Since, Unknown: list(in.Unknown), Version: version}
	var best *point2
	for _, n := range in.Networks {
		m, along, err := in.find(n.Network, snapshot, streets)
		if err != nil {
			return nil, err
		}
		q, err := in.on(m, along, in.Reserved, n.Settled)
		if err != nil {
			return nil, err
		}
		if version > 1 {
			q.Without = n.Without
		}
		res, err := m.PointsByStreets(q)
		if err != nil {
			return nil, err
		}
		day := marginDay{Day: n.Day, Entry: n.Entry, NearestFreeW: res.NearestFreeW, Network: n.Network}
		for i := range res.Feasible {
			trafo, ok := m.Above(res.Feasible[i].Bus)
			if _, withdrawn := slices.BinarySearch(n.Without, trafo); ok && withdrawn {
				continue
			}
			day.Feasible = true
			if p := newPoint2(&res.Feasible[i]); best == nil || p.Cost < best.Cost {
				best = &p
			}
			break // they are in order of their cost
		}
		out.Days = append(out.Days, day)
	}
	return out.with(best)
}

// with writes the answer with the best point, nil if there is none.
func (out *margin1Output) with(best *point2) (_ []byte, err error) {
	if out.Feasible = best != nil; out.Feasible {
		if out.Best, err = canonical.Marshal(best); err != nil {
			return nil, err
		}
	}
	return canonical.Marshal(out)
}

// find returns a network and the streets, both compiled.
func (in *PublishedMargin1Input) find(network string, snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) (*Model, *StreetGraph, error) {
	return foundOf(network, in.Streets, snapshot, streets)
}

// on is the question for one network: what is reserved where it has no bus is no
// reservation on it.
func (in *PublishedMargin1Input) on(m *Model, along *StreetGraph, reserved, settled []Extra) (StreetsQuery, error) {
	one := ConnectionPoints2Input{Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Upgrades: in.Upgrades, XMM: in.XMM, YMM: in.YMM}
	for _, r := range beside(reserved, settled) {
		if _, ok := m.node(r.Bus); ok {
			one.Reserved = append(one.Reserved, r)
		}
	}
	return one.query(m, along)
}

// beside adds up two lists by bus, both ascending.
func beside(a, b []Extra) []Extra {
	if len(b) == 0 {
		return a
	}
	sum := slices.Concat(a, b)
	slices.SortStableFunc(sum, compareExtra)
	out := sum[:0]
	for _, x := range sum {
		if n := len(out); n > 0 && out[n-1].Bus == x.Bus {
			out[n-1].Watt += x.Watt
		} else {
			out = append(out, x)
		}
	}
	return out
}

// PublishedMarginLive answers like [RunPublishedMargin1] or a later one, by the
// version, and returns, beside the output, the complete input that reproduces it:
// in is given without what is reserved, and held answers what that is on a tree of a
// network.
func PublishedMarginLive(version int, in PublishedMargin1Input, held func(m *Model, tree int) []Extra, snapshot func(string) (*Model, error), along *StreetGraph) (input, output []byte, err error) {
	streets := func(string) (*StreetGraph, error) { return along, nil }
	at := make(map[int]Extra)
	for _, n := range in.Networks {
		m, graph, err := in.find(n.Network, snapshot, streets)
		if err != nil {
			return nil, nil, err
		}
		q, err := in.on(m, graph, nil, nil)
		if err != nil {
			return nil, nil, err
		}
		if version > 1 {
			q.Without = n.Without
		}
		q.held = func(tree int) []Extra {
			list := held(m, tree)
			for _, r := range list {
				at[r.Bus] = r
			}
			return beside(list, slices.DeleteFunc(slices.Clone(n.Settled), func(x Extra) bool {
				t, ok := m.TreeOf(x.Bus)
				return !ok || t != tree
			}))
		}
		if _, err := m.PointsByStreets(q); err != nil {
			return nil, nil, err
		}
	}
	in.Reserved = []Extra{}
	for _, r := range at {
		in.Reserved = append(in.Reserved, r)
	}
	slices.SortFunc(in.Reserved, compareExtra)
	in.Networks, in.Unknown = list(in.Networks), list(in.Unknown)
	if len(in.Now) == 0 {
		in.Now = json.RawMessage("null")
	}
	if input, err = inOrder(&in); err != nil {
		return nil, nil, err
	}
	output, err = in.answer(version, snapshot, streets)
	return input, output, err
}
