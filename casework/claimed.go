package casework

import (
	"slices"

	"aiqyn"
)

// claimed is what a case claims by its filing or by its last ruling.
type claimed struct {
	Buses []int    `json:"buses"`           // the one it would be granted at first
	Full  bool     `json:"full,omitempty"`  // none of them has room: it is next if power is freed
	Idle  bool     `json:"idle,omitempty"`  // the last ruling refuses it, and no appeal has been made
	Owner []int    `json:"owner,omitempty"` // below a transformer whose owner is to be asked: claimed beside the others until they have answered
	Watt  int64    `json:"w"`
	Why   []string `json:"why,omitempty"` // the reasons of a refusal, of one that is Full
}

// claimIn is what a case claims by what was computed of it; nil if nothing.
func claimIn(list []computed) *claimed {
	c := new(claimed)
	if said := precedenceIn(list); said != nil {
		c.Buses, c.Watt = said.Claim, said.LoadW
	}
	if said := claimAnswer(list); said != nil {
		c.Full, c.Owner = said.Full && len(c.Buses) == 0, said.Owner
		if said.Version >= 3 && !said.Full { // it has them in their order
			points := c.Buses
			c.Buses, said.Buses = said.Buses, points
		}
		for _, bus := range said.Buses {
			if !slices.Contains(c.Buses, bus) {
				c.Buses = append(c.Buses, bus)
			}
		}
		c.Watt = said.LoadW
	}
	if len(c.Buses)+len(c.Owner) == 0 || c.Watt == 0 {
		return nil
	}
	return c
}

// hasRoom reports whether by what was computed there is room at a bus that is claimed.
func hasRoom(list []computed) bool {
	c := claimIn(list)
	return c != nil && len(c.Buses) > 0 && !c.Full
}

// applyClaim has an application claim what was computed with its filing.
func (s *State) applyClaim(list []computed) {
	if len(list) > 0 {
		s.Claim = claimIn(list)
	}
}

// applyRuled has a case claim what a ruling says.
func (s *State) applyRuled(ev *event, d *ruled) {
	s.Ruling, s.Ruled = ev.index, true
	if s.Claim = claimIn(d.Computed); s.Claim == nil || d.Grant {
		return
	}
	s.Claim.Idle = true
	for _, r := range d.Reasons {
		if r.True && s.Claim.Full {
			s.Claim.Why = append(s.Claim.Why, r.Name)
		}
	}
}

// closeClaim ends what a case claims; one that is refused may be looked at again.
func (s *State) closeClaim(o aiqyn.Outcome) {
	if o != "" && o != aiqyn.Refused {
		s.Claim = nil
	}
}

// claimsAgain has a case claim again what a ruling has refused that is looked at once more.
func (s *State) claimsAgain() {
	if s.Claim != nil && s.Claim.Idle {
		again := *s.Claim
		again.Idle, again.Why = false, nil
		s.Claim = &again
	}
}
