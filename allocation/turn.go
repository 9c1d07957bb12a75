package allocation

import "slices"

// Turn is when an applicant chose, 1 the first, in a round in which one chooses after
// the other, and how many places of each institution of their list were left then. It
// is 0 in other rounds.
func (out *Result) Turn(applicant int) (turn int, left map[string]int) {
	r := out.round
	if r.Rules.Kind == DeferredAcceptance {
		return 0, nil
	}
	turn = slices.Index(out.m.turn, int32(applicant)) + 1
	left = make(map[string]int)
	for _, h := range r.Applicants[applicant].List {
		left[r.Institutions[h].ID] = r.Institutions[h].Seats
	}
	for _, i := range out.m.turn[:turn-1] {
		if h := out.Match[i]; h >= 0 {
			if _, named := left[r.Institutions[h].ID]; named {
				left[r.Institutions[h].ID]--
			}
		}
	}
	return turn, left
}
