package grid

import (
	"encoding/json"
	"slices"
)

// LivePoints asks for connection points on a network whose reservations are
// still changing. Held is asked once for each tree that the search looks at,
// and answers with its reservations ascending by bus.
type LivePoints struct {
	Network string // hash of the model's network
	XMM     int64  // place, as in [ConnectionPoints1Input]
	YMM     int64
	LoadW   int64
	Held    func(tree int) []Extra
	Limits  Limits
	Costs   Costs
	Detour  int // permille
}

// ConnectionPoints1Live answers like [RunConnectionPoints1] and returns, beside
// the output, the complete input that reproduces it anywhere: the search looks
// at few trees, and only their reservations enter.
func (m *Model) ConnectionPoints1Live(q LivePoints) (input, output []byte, err error) {
	in := ConnectionPoints1Input{Network: q.Network, XMM: q.XMM, YMM: q.YMM, LoadW: q.LoadW, Reserved: []Extra{}, Limits: LimitsPPM(q.Limits),
		Costs: q.Costs, Detour: q.Detour}
	query, err := in.query(m)
	if err != nil {
		return nil, nil, err
	}
	query.held = func(tree int) []Extra {
		held := q.Held(tree)
		in.Reserved = append(in.Reserved, held...)
		return held
	}
	res, err := m.Points(query)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(in.Reserved, compareExtra)
	if input, err = inOrder(&in); err != nil {
		return nil, nil, err
	}
	output, err = json.Marshal(in.output(res))
	return input, output, err
}

// Feeds reports whether bus b is bus a or is fed through it.
func (m *Model) Feeds(a, b int) bool {
	up, okA := m.node(a)
	k, okB := m.node(b)
	if !okA || !okB || m.tree[up] != m.tree[k] {
		return false
	}
	for m.depth[k] > m.depth[up] {
		k = int(m.hot.par[k])
	}
	return k == up
}
