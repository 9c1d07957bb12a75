package show

import (
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/rule"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// TestRulingDiff: what changed is told when a correction had a case ruled again, in
// words and never as a rule is written; a refusal after a hearing is a second ruling
// in which nothing was put right.
func TestRulingDiff(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit.Visit{Site: &visit.Site{Texts: texts}, Lang: aiqyn.English}
	ruled := func(entry int64, is bool) casework.RulingStands {
		const expr = "!has(place.number)"
		return casework.RulingStands{RulingView: &casework.RulingView{Entry: entry, Grant: !is, Reasons: []casework.ReasonView{
			{Reason: service.Reason{Name: "unknown", Text: aiqyn.Text{EN: "There is no such parcel."}}, True: is, Trace: rule.Trace{Expr: expr}},
		}}}
	}
	c := &casework.CaseView{Rulings: []casework.RulingStands{ruled(7, false), ruled(11, true)}}
	for name, put := range map[string][]casework.CorrectedView{
		"nothing was corrected": nil, "corrected before": {{Again: 7}}, "corrected, and not ruled again": {{Index: 11}},
	} {
		if c.Corrected = put; RulingDiff(v, c) != nil {
			t.Errorf("%s: there is a difference to tell", name)
		}
	}
	c.Corrected = []casework.CorrectedView{{Index: 10, Again: 11}}
	d := RulingDiff(v, c)
	if d == nil || len(d.Groups) != 2 {
		t.Fatalf("%+v", d)
	}
	for _, g := range d.Groups {
		for _, row := range g.Rows {
			var said strings.Builder
			for _, part := range slices.Concat(row.Was, row.Now) {
				said.WriteString(part.Text)
			}
			if strings.Contains(said.String(), "has(") || said.Len() == 0 {
				t.Errorf("it says %q", said.String())
			}
		}
	}
	c.Rulings = c.Rulings[1:]
	if RulingDiff(v, c) != nil {
		t.Error("a case that was ruled once is said to have been ruled again")
	}
}
