package casework

import (
	"testing"

	"aiqyn/secrecy"
)

// TestWhatIsInForceOnADay: a pack comes into force on its day and a class ends after its
// last, without any entry; what opens is open, and of two packs for one day the later holds.
func TestWhatIsInForceOnADay(t *testing.T) {
	place := secrecy.Subject{Layer: secrecy.Lines, Attribute: secrecy.Place}
	pack := func(entry int64, from, hash string) GridAct {
		return GridAct{Day: "2026-06-01", Entry: entry, Kind: EventPublished, Pack: &GridPack{entry, from, hash}}
	}
	class := func(entry int64, kind EventKind, c secrecy.Class, until string) GridAct {
		return GridAct{Day: "2026-06-01", Entry: entry, Kind: kind, Class: &GridClass{place, c, entry, until}}
	}
	s := GridInForce{}.after([]GridAct{
		pack(1, "2026-06-01", "a"), pack(2, "2026-06-05", "b"), pack(3, "2026-06-05", "c"), pack(4, "2026-06-03", "d"),
		class(5, EventClassified, secrecy.Closed, "2026-06-04"),
		{Day: "2026-06-01", Entry: 6, Kind: EventMarginReduced, Reduction: &GridReduction{Entry: 6, Trafo: 2}},
		{Day: "2026-06-01", Entry: 7, Kind: EventMarginReduced, Reduction: &GridReduction{Entry: 7, Trafo: 1}},
		{Day: "2026-06-02", Entry: 8, Kind: EventMarginReduced, Reduction: &GridReduction{Entry: 8, Trafo: 2}},
	})
	if s.Day != "2026-06-02" || len(s.Packs) != 4 || len(s.Reductions) != 2 || s.Reductions[1].Entry != 8 {
		t.Errorf("%+v", s)
	}
	for day, want := range map[string]string{"2026-06-02": "a", "2026-06-03": "d", "2026-06-04": "d", "2026-06-05": "c", "2027-01-01": "c"} {
		on := s.On(day)
		if on.Packs[0].Hash != want || (len(on.Classes) == 1) != (day <= "2026-06-04") {
			t.Errorf("on %s: %+v", day, on)
		}
	}
	for name, c := range map[string]struct {
		act  GridAct
		left int
	}{
		"given for longer": {class(9, EventClassified, secrecy.Closed, "2026-07-04"), 1},
		"opened":           {class(9, EventClassified, secrecy.Exact, ""), 0},
		"an old one ended": {class(9, EventDeclassified, secrecy.Closed, "2026-05-04"), 1},
	} {
		if got := s.after([]GridAct{c.act}); len(got.Classes) != c.left || c.left == 1 && got.Classes[0].Until < "2026-06-04" {
			t.Errorf("%s: %+v", name, got.Classes)
		}
	}
	if got := s.withdrawn(2, 7); got != 8 {
		t.Errorf("withdrawn by %d", got)
	}
	if got := s.withdrawn(2, 8) + s.withdrawn(3, 0); got != 0 {
		t.Errorf("withdrawn by %d", got)
	}
	if none := (GridInForce{}).after(nil); len(none.Packs) > 0 || none.Day != "" {
		t.Errorf("%+v", none)
	}
}
