package casework

import (
	"fmt"
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/registry"
)

// TestPlacesArePaged: who gives places is listed a page at a time, each once, as it is
// narrowed; institutions are sums of their groups, and what can be narrowed by is told.
func TestPlacesArePaged(t *testing.T) {
	r := nursery(t, 5, 3)
	r.register(registry.KindergartenRegister, "kg-1-2", registry.Institution{
		ID: "kg-1-2", Title: aiqyn.Text{KK: "Тұлпар", RU: "Тулпар", EN: "Tulpar"}, Region: "110000000", District: "111000000", Lat: 51.1, Lon: 71.4,
		Groups: []registry.PlaceGroup{
			{ID: "kk-2023", Places: 9, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}},
			{ID: "ru-2022", Places: 9, Is: map[string]string{"language": "ru", "from": "2022-01-01", "to": "2022-12-31"}},
		}})
	for i := range 5 {
		r.reports(i+1, i)
	}
	for _, group := range []string{"kk-2023", "ru-2022"} {
		r.must(ReportPlaces{ID: r.id(), Actor: keeper("kg-1-2"), Service: kindergarten, Institution: "kg-1-2", Group: group, Places: 2})
	}
	for i := range 3 {
		r.queueUp(i, 1, 2)
	}
	pages := func(f PlaceFilter, limit int) (ids []string) {
		for p := (Page{Limit: limit}); ; {
			list := r.Places(kindergarten, f, p)
			for _, g := range list.Items {
				ids = append(ids, g.ID)
			}
			if p.After = list.Next; p.After == "" {
				return ids
			}
		}
	}
	all := pages(PlaceFilter{}, 100)
	if len(all) != 7 || !slices.IsSorted(all) || !slices.Equal(all, pages(PlaceFilter{}, 2)) {
		t.Errorf("the pages are %v", all)
	}
	for name, c := range map[string]struct {
		f    PlaceFilter
		want int
	}{
		"language": {PlaceFilter{Language: "ru"}, 1}, "born": {PlaceFilter{Born: "2023-01-01"}, 6}, "name": {PlaceFilter{Name: "ТУЛП"}, 2}, "district": {PlaceFilter{District: "711210000"}, 5},
		"elsewhere": {PlaceFilter{Elsewhere: "710000000"}, 2}, "group": {PlaceFilter{Group: "kk-2023", Region: "110000000"}, 1}, "timed": {PlaceFilter{Timed: true}, 0},
	} {
		if got := pages(c.f, 1); len(got) != c.want {
			t.Errorf("by %s: %v", name, got)
		}
	}
	var givers []string
	for p := (Page{Limit: 2}); ; {
		list := r.Givers(kindergarten, PlaceFilter{}, p)
		for _, g := range list.Items {
			givers = append(givers, fmt.Sprintf("%s %d %d %d", g.ID, g.Groups, g.Free, g.Waiting))
		}
		if p.After = list.Next; p.After == "" {
			break
		}
	}
	if want := []string{"kg-1-2 2 4 0", "kg-1 1 0 3", "kg-2 1 1 3", "kg-3 1 2 0", "kg-4 1 3 0", "kg-5 1 4 0"}; !slices.Equal(givers, want) {
		t.Errorf("givers\n%q, want\n%q", givers, want)
	}
	if g, ok := r.Giver(kindergarten, "kg-1"); !ok || g.Groups != 1 {
		t.Errorf("kg-1 is %+v", g)
	}
	if _, ok := r.Giver(kindergarten, "kg"); ok {
		t.Error("there is a kg")
	}
	has := r.PlaceFacets(kindergarten)
	if !slices.Equal(has.Languages, []string{"kk", "ru"}) || len(has.Born) != 2 || len(has.Kinds) != 2 || len(has.Districts) != 2 || len(has.Regions) != 2 {
		t.Errorf("narrowed by %+v", has)
	}
	i := slices.IndexFunc(r.Queues(), func(l QueueLine) bool { return l.Service == kindergarten })
	if l := r.Queues()[i]; l.Givers != 6 || l.Free != 14 || l.Waiting != 3 || l.Wait() != 0 {
		t.Errorf("as a whole %+v", l)
	}
	r.reports(1, 1)
	holdRound(r)
	if l := r.Queues()[i]; l.Given != 2 || l.Weeks != 1 || l.Waiting != 1 || l.Wait() != 1 || l.Last == "" {
		t.Errorf("after a round %+v", l)
	}
	r.reopen()
	if now := pages(PlaceFilter{}, 100); !slices.Equal(now, all) {
		t.Errorf("after a restart %v", now)
	}
}
