package casework

import (
	"encoding/json"
	"testing"

	"aiqyn/grid"
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

// TestTheWishCountsSourcesAsRulingsDo: who asks before applying is told as many sources,
// and as many transformers that nobody knows, as the ruling of their case then counts.
func TestTheWishCountsSourcesAsRulingsDo(t *testing.T) {
	for name, c := range map[string]struct {
		open             func() *rig
		sources, unknown int
	}{
		"a second source":                {func() *rig { return onRow(t, true) }, 2, 0},
		"none":                           {func() *rig { return onRow(t, false) }, 1, 0},
		"one of which nobody knows more": {func() *rig { return unknownSecond(t) }, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.open()
			r.publishPower()
			w, err := r.ConnectionPoints(t.Context(), Wish{Parcel: plot, KW: 50, Answers: map[string]string{"category": "II"}})
			if err != nil || w.Sources != c.sources || w.Unknown != c.unknown || w.Needed != 2 {
				t.Errorf("before applying: %d of %d sources, %d unknown, %v", w.Sources, w.Needed, w.Unknown, err)
			}
			if w, err := r.ConnectionPoints(t.Context(), Wish{Parcel: plot, KW: 50, Answers: map[string]string{"category": "III"}}); err != nil || w.Needed != 1 {
				t.Errorf("of the third category %d sources are needed, %v", w.Needed, err)
			}
			rec, err := r.caseOf(t.Context(), r.secondCategory())
			if err != nil {
				t.Fatal(err)
			}
			svc, err := r.packs.service(rec.state.Pack, rec.state.Service)
			if err != nil {
				t.Fatal(err)
			}
			ev, err := r.evaluate(svc, rec, r.now)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range ev.computed {
				if x.With != grid.IndependentSources4 {
					continue
				}
				var ruled struct {
					Sources int
					Unknown []int
				}
				if err := json.Unmarshal(x.Out, &ruled); err != nil || ruled.Sources != w.Sources || len(ruled.Unknown) != w.Unknown {
					t.Errorf("the ruling counts %+v, before applying it was %d and %d, %v", ruled, w.Sources, w.Unknown, err)
				}
				return
			}
			t.Error("the ruling counts no sources")
		})
	}
}
