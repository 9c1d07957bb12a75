package grid

import (
	"encoding/json"

	"aiqyn/canonical"
)

// IndependentSources4 counts sources as version 3 does, and where the network in force
// has fewer than two, of each network that was published in the days before the filing
// and since, by the tables of its day: whoever has published room on two sources cannot
// say that there is one.
const IndependentSources4 = "grid.independent-sources@4"

// enoughSources are as many as any category needs.
const enoughSources = 2

// IndependentSources4Input is the input of version 4: that of version 3 with the networks
// of [PublishedMargin4Input], empty where the one in force has two sources.
type IndependentSources4Input struct {
	Agreed   string           `json:"agreed"`
	Costs    Costs            `json:"costs"`
	Detour   int              `json:"detour_permille"`
	Limits   Limits1          `json:"limits"`
	LoadW    int64            `json:"load_w"`
	Network  string           `json:"network"`
	Networks []MarginNetwork4 `json:"networks"` // in the order of their entries
	Owned    []OwnedTrafo     `json:"owned"`
	Reserved []Extra          `json:"reserved"`
	Since    string           `json:"since"` // first day of the window
	Streets  string           `json:"streets"`
	Tables   []MarginTables   `json:"tables"`
	Unknown  []int            `json:"unknown"`
	Upgrades Upgrades         `json:"upgrades"`
	XMM      int64            `json:"x"`
	YMM      int64            `json:"y"`
}

// sources4Output is what version 4 answers: sources are the most that any of the networks
// has, points and trees those of the network in force.
type sources4Output struct {
	Certified bool           `json:"certified"`
	Days      []sourcesDay   `json:"days"`
	LoadW     int64          `json:"load_w"`
	Network   string         `json:"network"`
	Points    []sourcePoint2 `json:"points"`
	Since     string         `json:"since"`
	Sources   int            `json:"sources"`
	Trees     []int          `json:"trees"`
	Unknown   []int          `json:"unknown"`
	Version   int            `json:"version"`
}

type sourcesDay struct {
	Day     string `json:"day"`
	Entry   int64  `json:"entry"`
	Network string `json:"network"`
	Sources int    `json:"sources"`
}

// RunIndependentSources4 counts from JSON to JSON.
func RunIndependentSources4(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	in := new(IndependentSources4Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	return in.answer(marginAsked{snapshot: snapshot, streets: streets, reserved: in.Reserved})
}

// now is the question of the network in force, as version 2 has it.
func (in *IndependentSources4Input) now() *ConnectionPoints3Input {
	return &ConnectionPoints3Input{Agreed: in.Agreed, Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Network: in.Network,
		Owned: in.Owned, Streets: in.Streets, Upgrades: in.Upgrades, XMM: in.XMM, YMM: in.YMM}
}

func (in *IndependentSources4Input) answer(by marginAsked) ([]byte, error) {
	check := PublishedMargin4Input{Networks: in.Networks, Reserved: by.reserved, Tables: in.Tables}
	if err := check.check(); err != nil {
		return nil, err
	}
	now := in.now()
	m, along, err := foundOf(in.Network, in.Streets, by.snapshot, by.streets)
	if err != nil {
		return nil, err
	}
	held := func(tree int) []Extra { return by.held(m, tree) }
	if by.held == nil {
		held = nil
		for _, r := range by.reserved {
			if _, ok := m.node(r.Bus); ok { // the rest is on networks from before
				now.Reserved = append(now.Reserved, r)
			}
		}
	}
	is, err := now.sources(m, along, held)
	if err != nil {
		return nil, err
	}
	third, err := json.Marshal(is)
	if err == nil {
		third, err = m.thirdOf(third, in.Unknown)
	}
	if err != nil {
		return nil, err
	}
	out := sources4Output{Days: []sourcesDay{}}
	if err := json.Unmarshal(third, &out); err != nil {
		return nil, err
	}
	out.Since, out.Version = in.Since, 4
	if is.Sources >= enoughSources {
		return json.Marshal(out)
	}
	for i := range in.Networks {
		if err := in.day(&in.Networks[i], by, &out); err != nil {
			return nil, err
		}
	}
	if out.Sources >= enoughSources {
		out.Unknown = []int{}
	}
	return json.Marshal(out)
}

// day counts the sources of one network that was published.
func (in *IndependentSources4Input) day(n *MarginNetwork4, by marginAsked, out *sources4Output) error {
	m, q, err := n.query(in.Tables[n.Tables], in.LoadW, in.XMM, in.YMM, by)
	if err != nil {
		return err
	}
	q.brief = true
	var trees []int
	for len(trees) < enoughSources {
		q.past = trees
		res, err := m.PointsByStreets(q)
		if err != nil {
			return err
		}
		out.Certified = out.Certified && res.Certified
		if len(res.Feasible) == 0 {
			break
		}
		tree, _ := m.TreeOf(res.Feasible[0].Bus)
		trees = append(trees, tree)
	}
	out.Days = append(out.Days, sourcesDay{Day: n.Day, Entry: n.Entry, Network: n.Network, Sources: len(trees)})
	out.Sources = max(out.Sources, len(trees))
	return nil
}

// IndependentSources4Live answers like [RunIndependentSources4] and returns, beside the
// output, the complete input that reproduces it: in is given without what is reserved,
// and held answers what that is on a tree of a network.
func IndependentSources4Live(in IndependentSources4Input, held func(m *Model, tree int) []Extra, snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) (input, output []byte, err error) {
	seen := make(map[int]Extra)
	in.Networks, in.Tables, in.Unknown, in.Owned = list(in.Networks), list(in.Tables), list(in.Unknown), list(in.Owned)
	output, err = in.answer(marginAsked{snapshot: snapshot, streets: streets, held: noting(seen, held)})
	if err != nil {
		return nil, nil, err
	}
	in.Reserved = noted(seen)
	input, err = inOrder(&in)
	return input, output, err
}
