package grid

import (
	"encoding/json"
	"slices"

	"aiqyn/canonical"
)

// PublishedMargin4 is version 3 of each network by the tables that it was published with:
// the limits, prices, detour and streets of its day. By those of today a limit that was
// tightened since, or a route that is dearer now, would take back what was published.
const PublishedMargin4 = "grid.published-margin@4"

// MarginTables are what a network that was published is asked by, besides itself.
type MarginTables struct {
	Costs   Costs   `json:"costs"`
	Detour  int     `json:"detour_permille"`
	Limits  Limits1 `json:"limits"`
	Streets string  `json:"streets"` // hash; empty: there were none
}

// MarginNetwork4 is a [MarginNetwork] with the place of its tables in the list of them.
type MarginNetwork4 struct {
	Day     string  `json:"day"`
	Entry   int64   `json:"entry"`
	Network string  `json:"network"` // hash
	Settled []Extra `json:"settled,omitempty"`
	Tables  int     `json:"tables"`
	Without []int   `json:"without"`
}

// PublishedMargin4Input is the input of version 4: that of version 1 with the tables of
// each network. A network may be there more than once, by different tables.
type PublishedMargin4Input struct {
	LoadW    int64            `json:"load_w"`
	Networks []MarginNetwork4 `json:"networks"` // in the order of their entries
	Now      json.RawMessage  `json:"now"`
	Reserved []Extra          `json:"reserved"`
	Since    string           `json:"since"`
	Tables   []MarginTables   `json:"tables"`
	Unknown  []int            `json:"unknown"`
	XMM      int64            `json:"x"`
	YMM      int64            `json:"y"`
}

// RunPublishedMargin4 is version 4 from JSON to JSON.
func RunPublishedMargin4(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	var in PublishedMargin4Input
	if err := canonical.Strictly(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	return in.answer(marginAsked{snapshot: snapshot, streets: streets, reserved: in.Reserved})
}

// marginAsked is where networks are found, and what is reserved: on a tree, if held is
// set, else of the whole list.
type marginAsked struct {
	snapshot func(hash string) (*Model, error)
	streets  func(hash string) (*StreetGraph, error)
	reserved []Extra
	held     func(m *Model, tree int) []Extra
}

func (in *PublishedMargin4Input) hasRoomNow() bool {
	return len(in.Now) > 0 && string(in.Now) != "null"
}

// check reports the first part of an input that makes no sense.
func (in *PublishedMargin4Input) check() error {
	if !slices.IsSortedFunc(in.Reserved, compareExtra) {
		return invalid("grid.unsorted-reserved")
	}
	return checkNetworks4(in.Networks, in.Tables)
}

func checkNetworks4(networks []MarginNetwork4, tables []MarginTables) error {
	for _, n := range networks {
		if !slices.IsSortedFunc(n.Settled, compareExtra) || !slices.IsSorted(n.Without) {
			return invalid("grid.unsorted-reserved")
		}
		if n.Tables < 0 || n.Tables >= len(tables) {
			return badQuery("tables", n.Tables)
		}
	}
	return nil
}

func (in *PublishedMargin4Input) answer(by marginAsked) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := margin1Output{Best: json.RawMessage("null"), Days: []marginDay{}, LoadW: in.LoadW, Since: in.Since, Unknown: list(in.Unknown), Version: 4}
	if in.hasRoomNow() {
		out.Best, out.Feasible = in.Now, true
		return canonical.Marshal(out)
	}
	var best *point2
	for _, n := range in.Networks {
		m, q, err := n.query(in.Tables[n.Tables], in.LoadW, in.XMM, in.YMM, by)
		if err != nil {
			return nil, err
		}
		res, err := m.PointsByStreets(q)
		if err != nil {
			return nil, err
		}
		day := marginDay{Day: n.Day, Entry: n.Entry, Feasible: len(res.Feasible) > 0, NearestFreeW: res.NearestFreeW, Network: n.Network}
		if day.Feasible {
			if p := newPoint2(&res.Feasible[0]); best == nil || p.Cost < best.Cost {
				best = &p
			}
		}
		out.Days = append(out.Days, day)
	}
	return out.with(best)
}

// query is the question for one network by its tables: what is reserved where it has no
// bus is no reservation on it, and what has settled stands beside.
func (n *MarginNetwork4) query(t MarginTables, load, x, y int64, by marginAsked) (*Model, StreetsQuery, error) {
	m, along, err := foundOf(n.Network, t.Streets, by.snapshot, by.streets)
	if err != nil {
		return nil, StreetsQuery{}, err
	}
	one := ConnectionPoints2Input{Costs: t.Costs, Detour: t.Detour, Limits: t.Limits, LoadW: load, Upgrades: Upgrades{}.Listed(), XMM: x, YMM: y}
	if by.held == nil {
		for _, r := range beside(by.reserved, n.Settled) {
			if _, ok := m.node(r.Bus); ok {
				one.Reserved = append(one.Reserved, r)
			}
		}
	}
	q, err := one.query(m, along)
	if err != nil {
		return nil, q, err
	}
	q.Without = n.Without
	if by.held != nil {
		q.held = func(tree int) []Extra { return n.Beside(m, tree, by.held(m, tree)) }
	}
	return m, q, nil
}

// settledOn is what has settled on one tree.
func (n *MarginNetwork4) settledOn(m *Model, tree int) (list []Extra) {
	for _, x := range n.Settled {
		if t, ok := m.TreeOf(x.Bus); ok && t == tree {
			list = append(list, x)
		}
	}
	return list
}

// PublishedMargin4Live answers like [RunPublishedMargin4] and returns, beside the output,
// the complete input that reproduces it: in is given without what is reserved, and held
// answers what that is on a tree of a network.
func PublishedMargin4Live(in PublishedMargin4Input, held func(m *Model, tree int) []Extra, snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) (input, output []byte, err error) {
	seen := make(map[int]Extra)
	in.Networks, in.Tables, in.Unknown = list(in.Networks), list(in.Tables), list(in.Unknown)
	if len(in.Now) == 0 {
		in.Now = json.RawMessage("null")
	}
	output, err = in.answer(marginAsked{snapshot: snapshot, streets: streets, held: noting(seen, held)})
	if err != nil {
		return nil, nil, err
	}
	in.Reserved = noted(seen)
	input, err = inOrder(&in)
	return input, output, err
}

// noting has what is held kept in a list as it is asked for.
func noting(seen map[int]Extra, held func(m *Model, tree int) []Extra) func(m *Model, tree int) []Extra {
	return func(m *Model, tree int) []Extra {
		list := held(m, tree)
		for _, r := range list {
			seen[r.Bus] = r
		}
		return list
	}
}

// noted is that list, ascending by bus.
func noted(seen map[int]Extra) []Extra {
	out := []Extra{}
	for _, r := range seen {
		out = append(out, r)
	}
	slices.SortFunc(out, compareExtra)
	return out
}

// Beside adds what has settled on a tree to what is held there, ascending by bus.
func (n *MarginNetwork4) Beside(m *Model, tree int, held []Extra) []Extra {
	return beside(held, n.settledOn(m, tree))
}
