package casework

import (
	"slices"
	"time"

	"aiqyn/grid"
	"aiqyn/service"
)

// Whose transformer it is answers when they like. What an application claims there stands
// from its filing until they have answered, or their time is over: nobody has the power of
// somebody who was filed earlier because their owner was asked, or has answered, sooner.

// ownerSays is what the owner of a transformer has said so far to an application.
type ownerSays int

const (
	ownerSilent ownerSays = iota // they have not answered yet, or were not asked yet
	ownerAgrees
	ownerDoesNot // or nobody asks them any more
)

// ownerSays is what the one has said whose transformer a case claims power below.
func (s *State) ownerSays(svc *service.Service) ownerSays {
	if len(s.Claim.Owner) == 0 {
		return ownerSilent
	}
	asks := slices.IndexFunc(svc.Steps, func(step *service.Step) bool { return step.Asks != nil })
	if asks < 0 {
		return ownerDoesNot
	}
	at := position(svc, s.Step)
	switch said := s.Records[string(svc.Steps[asks].Name)]["consent"]; {
	case at >= 0 && at <= asks:
		return ownerSilent
	case said == "yes":
		return ownerAgrees
	}
	return ownerDoesNot
}

// lists are the buses that are claimed: those of two lists beside each other.
func (c *claimed) lists(owner ownerSays) (lists [][]int) {
	buses := c.Buses
	if owner == ownerAgrees {
		buses = slices.Clone(c.Owner)
		for _, bus := range c.Buses {
			if !slices.Contains(buses, bus) {
				buses = append(buses, bus)
			}
		}
	}
	if len(buses) > 0 {
		lists = append(lists, buses)
	}
	if owner == ownerSilent && len(c.Owner) > 0 {
		lists = append(lists, c.Owner)
	}
	return lists
}

// standsSince is from when the days are counted for which a case may stand before others.
// Those of an application that another log has sent on run as its terms do, since
// version 2 of the claim: it loses none of them on the way.
func (s *State) standsSince(svc *service.Service) time.Time {
	if s.Came != nil && s.Came.Since == string(service.SinceArrived) && claimsBy2(svc) {
		return s.Came.Arrived
	}
	return s.Filed
}

// claimsBy2 reports whether applications for a service claim by version 2, or a later one.
func claimsBy2(svc *service.Service) bool {
	p := svc.Outcome.Precedence
	return p != nil && slices.ContainsFunc(svc.Compute, func(c service.Compute) bool { return c.Name == p.Claim && ofClaim(c.With) && c.With != grid.Claim1 })
}
