package citizen

import (
	"cmp"
	"slices"

	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// others lead from the institutions that a question offers to the rest of them.
type others struct {
	Filter ui.Filter
	Pager  ui.Pager
}

// offered is how many institutions a question offers at once. Of more it offers those
// that are looked for.
const offered = 50

// institutions puts who gives places into a question for an institution: those that the
// address looks for, but for what an earlier wish names. Nil if these are all.
func (a *application) institutions(v *visit.Visit, q *service.Question) *others {
	if q.Type != service.TypeInstitution {
		return nil
	}
	f := casework.PlaceFilter{District: v.Query("district"), Name: v.Query("name")}
	list := v.Engine.Givers(a.service.ID, f, casework.Page{After: v.Query("after"), Limit: offered})
	chosen := q.Of // what was answered stays among them
	q.Of = nil
	for _, g := range list.Items {
		if !slices.ContainsFunc(chosen, func(c service.Choice) bool { return c.Value == g.ID }) {
			q.Of = append(q.Of, show.GiverChoice(v, g))
		}
	}
	slices.SortStableFunc(q.Of, func(x, y service.Choice) int { return cmp.Compare(v.In(x.Label), v.In(y.Label)) })
	q.Of = slices.DeleteFunc(append(slices.Clone(chosen), q.Of...), func(c service.Choice) bool { return a.named(q.Name, c.Value) })
	listing := show.NewListing(v, []any{"apply", a.service.ID, "questions", q.Name}, "district", "name", "from")
	if list.Next == "" && v.Query("after") == "" && f == (casework.PlaceFilter{}) {
		return nil
	}
	return &others{Filter: ui.Filter{
		Action: listing.Bare(), Selects: []ui.Select{show.Districts(v, v.Engine.PlaceFacets(a.service.ID))},
		Inputs: []ui.Input{{Name: "name", Label: v.T("web.places.name"), Value: f.Name}}, Reset: listing.Plain(),
	}, Pager: listing.Pager(list.Next)}
}

// named reports whether an earlier wish of the queue names an institution.
func (a *application) named(question, institution string) bool {
	for _, wish := range a.service.Queue.List {
		if wish == question {
			return false
		}
		if a.answers[wish] == institution {
			return true
		}
	}
	return false
}
