package allocation

import "slices"

// Instance is a matching problem as the literature writes it: places by
// institution, each applicant's institutions and each institution's applicants,
// best first. A pair counts only when both name each other.
type Instance struct {
	Capacity []int     `json:"capacity"`
	Prefs    [][]int32 `json:"prefs"`
	Priority [][]int32 `json:"priority"`
}

// Match returns the best stable matching for the applicants, −1 for nobody's.
func (in *Instance) Match() ([]int32, error) {
	if len(in.Priority) != len(in.Capacity) {
		return nil, invalid("allocation.bad-value", "where", "instance", "field", "priority", "value", len(in.Priority))
	}
	m := &market{seats: make([]int32, len(in.Capacity)), who: []asker{{}}}
	place := make([]map[int32]int, len(in.Capacity))
	for h, c := range in.Capacity {
		if c < 0 || c > maxSeats {
			return nil, invalid("allocation.bad-value", "where", h, "field", "capacity", "value", c)
		}
		m.seats[h] = int32(c)
		place[h] = make(map[int32]int, len(in.Priority[h]))
		for rank, who := range in.Priority[h] {
			if _, twice := place[h][who]; twice || who < 0 || int(who) >= len(in.Prefs) {
				return nil, invalid("allocation.repeated", "where", "priority", "id", who)
			}
			place[h][who] = rank
		}
	}
	for who, list := range in.Prefs {
		for i, h := range list {
			if h < 0 || int(h) >= len(in.Capacity) || slices.Contains(list[:i], h) {
				return nil, invalid("allocation.unknown", "where", who, "id", h)
			}
			if rank, ok := place[h][int32(who)]; ok {
				m.asks, m.key = append(m.asks, ask(h)), append(m.key, uint64(rank))
			}
		}
		m.who = append(m.who, asker{from: int32(len(m.asks))})
	}
	out := m.match()
	for i, e := range out {
		if e >= 0 {
			out[i] = m.asks[e].at()
		}
	}
	return out, nil
}
