package casework

import (
	"testing"

	"aiqyn/secrecy"
)

// Points are told before an application unless places or free power are
// classified; what reinforcing takes only where rated power is open.
func TestWhatPointsTell(t *testing.T) {
	for _, c := range []struct {
		subject secrecy.Subject
		closes  bool
		keeps   bool // what reinforcing takes
	}{
		{secrecy.Subject{Layer: secrecy.Transformers, Attribute: secrecy.Name}, false, true},
		{secrecy.Subject{Layer: secrecy.Substations, Attribute: secrecy.Name}, false, true},
		{secrecy.Subject{Layer: secrecy.Transformers, Attribute: secrecy.Rated}, false, false},
		{secrecy.Subject{Layer: secrecy.Substations, Attribute: secrecy.Rated}, false, false},
		{secrecy.Subject{Layer: secrecy.Capacity, Attribute: secrecy.Peak}, false, false}, // the peak hides what is rated
		{secrecy.Subject{Layer: secrecy.Capacity, Attribute: secrecy.Free}, true, false},
		{secrecy.Subject{Layer: secrecy.Lines, Attribute: secrecy.Place}, true, false},
		{secrecy.Subject{Layer: secrecy.Transformers, Attribute: secrecy.Place}, true, false},
		{secrecy.Subject{Layer: secrecy.Substations, Attribute: secrecy.Place}, true, false},
	} {
		policy := secrecy.Policy{c.subject: secrecy.Dated{Classification: secrecy.Classification{Subject: c.subject, Class: secrecy.Generalised}}}
		if got := pointsTell(policy); got != c.closes {
			t.Errorf("%s: points tell what is classified: %v", c.subject, got)
		}
		points := &PointsView{Upgrade: &PointView{}, Rejected: []PointView{{Reinforce: &ReinforceView{}}}}
		if withhold(points, policy); c.closes {
			continue
		}
		if got := points.Upgrade != nil && points.Rejected[0].Reinforce != nil; got != c.keeps {
			t.Errorf("%s: what reinforcing takes is told: %v", c.subject, got)
		}
	}
}
