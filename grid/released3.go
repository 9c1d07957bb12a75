package grid

import (
	"slices"

	"aiqyn"
	"aiqyn/canonical"
)

// ConnectionPoints3 is the released computation of connection points where some
// transformers are not the utility's: nobody is connected below one without its
// owner's consent. It passes over those whose owner has not agreed, and says whom to
// ask where the best of all points lies below one. Otherwise it is version 2.
const ConnectionPoints3 = "grid.connection-points@3"

// OwnedTrafo is a transformer that is not the utility's, and the cadastral number
// under which the register of rights has its owner.
type OwnedTrafo struct {
	Parcel string `json:"parcel"`
	Trafo  int    `json:"trafo"`
}

// ConnectionPoints3Input is the input of version 3: that of version 2, the
// transformers that are not the utility's, ascending, and the one of them whose owner
// has agreed, by its cadastral number, if there is one.
type ConnectionPoints3Input struct {
	Agreed   string       `json:"agreed"`
	Costs    Costs        `json:"costs"`
	Detour   int          `json:"detour_permille"`
	Limits   Limits1      `json:"limits"`
	LoadW    int64        `json:"load_w"`
	Network  string       `json:"network"`
	Owned    []OwnedTrafo `json:"owned"`
	Reserved []Extra      `json:"reserved"`
	Streets  string       `json:"streets"`
	Upgrades Upgrades     `json:"upgrades"`
	XMM      int64        `json:"x"`
	YMM      int64        `json:"y"`
}

// asked is the point for which an owner would have to be asked; empty if the best
// point needs nobody's consent.
type asked struct {
	Cost   int64  `json:"cost"`
	ID     string `json:"id"`
	Parcel string `json:"parcel"`
	Trafo  int    `json:"trafo"`
}

// points3Output is that of version 2 among the points that need no consent, or have
// it. Without lists the transformers that were passed over.
type points3Output struct {
	Best         *point2  `json:"best"`
	Certified    bool     `json:"certified"`
	Consent      asked    `json:"consent"`
	Feasible     []point2 `json:"feasible"`
	LoadW        int64    `json:"load_w"`
	NearestFreeW int64    `json:"nearest_free_w"`
	Network      string   `json:"network"`
	Rejected     []fallen `json:"rejected"`
	Streets      string   `json:"streets"`
	Upgrade      *point2  `json:"upgrade"`
	Version      int      `json:"version"`
	Without      []int    `json:"without"`
}

// RunConnectionPoints3 computes connection points from JSON to JSON, as
// [RunConnectionPoints2] does.
func RunConnectionPoints3(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	in, m, along, err := readPoints3(input, snapshot, streets)
	if err != nil {
		return nil, err
	}
	out, err := in.search(m, along, nil)
	if err != nil {
		return nil, err
	}
	return canonical.Marshal(out)
}

// readPoints3 reads an input of version 3 and finds what it names.
func readPoints3(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) (*ConnectionPoints3Input, *Model, *StreetGraph, error) {
	in := new(ConnectionPoints3Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, nil, nil, invalid("grid.bad-input").Because(err)
	}
	if !slices.IsSortedFunc(in.Owned, func(a, b OwnedTrafo) int { return a.Trafo - b.Trafo }) {
		return nil, nil, nil, invalid("grid.bad-input")
	}
	m, along, err := foundOf(in.Network, in.Streets, snapshot, streets)
	return in, m, along, err
}

// foundOf finds a network and the streets, both compiled; no streets have the hash "".
func foundOf(network, streets string, snapshot func(string) (*Model, error), graph func(string) (*StreetGraph, error)) (*Model, *StreetGraph, error) {
	m, err := snapshot(network)
	if err == nil && m == nil {
		err = aiqyn.E(aiqyn.NotFound, "grid.no-snapshot", "network", network)
	}
	if err != nil || streets == "" {
		return m, nil, err
	}
	along, err := graph(streets)
	if err == nil && along == nil {
		err = aiqyn.E(aiqyn.NotFound, "grid.no-snapshot", "network", streets)
	}
	return m, along, err
}

// second is the input as version 2 has it.
func (in *ConnectionPoints3Input) second() *ConnectionPoints2Input {
	return &ConnectionPoints2Input{Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Network: in.Network,
		Reserved: in.Reserved, Streets: in.Streets, Upgrades: in.Upgrades, XMM: in.XMM, YMM: in.YMM}
}

// without are the transformers whose owner has not agreed, ascending.
func (in *ConnectionPoints3Input) without() []int {
	list := []int{}
	for _, o := range in.Owned {
		if o.Parcel != in.Agreed {
			list = append(list, o.Trafo)
		}
	}
	return list
}

// search looks for points that need no consent, or have it, and then among all for one
// that would be better. held, if not nil, is asked for what is reserved.
func (in *ConnectionPoints3Input) search(m *Model, along *StreetGraph, held func(tree int) []Extra) (*points3Output, error) {
	one := in.second()
	q, err := one.query(m, along)
	if err != nil {
		return nil, err
	}
	q.held = held
	q.Without = in.without()
	res, err := m.PointsByStreets(q)
	if err != nil {
		return nil, err
	}
	was := one.output(res)
	out := &points3Output{Best: was.Best, Certified: was.Certified, Feasible: was.Feasible, LoadW: was.LoadW, NearestFreeW: was.NearestFreeW,
		Network: was.Network, Rejected: was.Rejected, Streets: was.Streets, Upgrade: was.Upgrade, Version: 3, Without: q.Without}
	if len(q.Without) == 0 {
		return out, nil
	}
	q.Without = nil
	all, err := m.PointsByStreets(q)
	if err != nil || len(all.Feasible) == 0 {
		return out, err
	}
	best := &all.Feasible[0]
	trafo, _ := m.Above(best.Bus)
	if i := slices.IndexFunc(in.Owned, func(o OwnedTrafo) bool { return o.Trafo == trafo && o.Parcel != in.Agreed }); i >= 0 {
		out.Consent = asked{Cost: best.Cost, ID: best.ID, Parcel: in.Owned[i].Parcel, Trafo: trafo}
	}
	return out, nil
}

// ConnectionPoints3Live answers like [RunConnectionPoints3] and returns, beside
// the output, the complete input that reproduces it anywhere.
func (m *Model) ConnectionPoints3Live(q LivePoints, along StreetsSnapshot, upgrades Upgrades, owned []OwnedTrafo, agreed string) (input, output []byte, err error) {
	in := points3Of(q, along, upgrades, owned, agreed)
	return in.live(q, func(held func(int) []Extra) (any, error) { return in.search(m, along.Graph, held) })
}

// points3Of is the input of a live question, but for what is reserved.
func points3Of(q LivePoints, along StreetsSnapshot, upgrades Upgrades, owned []OwnedTrafo, agreed string) *ConnectionPoints3Input {
	return &ConnectionPoints3Input{Agreed: agreed, Network: q.Network, XMM: q.XMM, YMM: q.YMM, LoadW: q.LoadW, Limits: LimitsPPM(q.Limits),
		Costs: q.Costs, Detour: q.Detour, Owned: list(owned), Reserved: []Extra{}, Streets: along.Hash, Upgrades: upgrades.Listed()}
}

// live answers by a search, and adds to the input what was reserved on the trees that it
// has looked at.
func (in *ConnectionPoints3Input) live(q LivePoints, search func(held func(tree int) []Extra) (any, error)) (input, output []byte, err error) {
	byTree := make(map[int][]Extra)
	out, err := search(func(tree int) []Extra {
		held, known := byTree[tree]
		if !known {
			held = q.Held(tree)
			byTree[tree] = held
		}
		return held
	})
	if err != nil {
		return nil, nil, err
	}
	for _, held := range byTree {
		in.Reserved = append(in.Reserved, held...)
	}
	slices.SortFunc(in.Reserved, compareExtra)
	if input, err = inOrder(in); err != nil {
		return nil, nil, err
	}
	output, err = canonical.Marshal(out)
	return input, output, err
}
