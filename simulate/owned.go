package simulate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
)

// Substation is a transformer that is somebody's and not the utility's, with the right
// to the parcel on which it stands.
type Substation struct {
	Trafo int // in the network
	Right registry.Right
}

// neighbourKW is what somebody asks for whose best point lies below such a one.
const neighbourKW = 60

// subscriber casts the two who own a substation, and a neighbour whose best point lies
// below it and who could be connected elsewhere too. Another neighbour has asked by now,
// if there is one. Where a network has no such place nobody is cast.
func (c *casting) subscriber(plots []int, clear ...int) {
	lot, trafo, others, ok := c.below(plots, clear)
	if !ok {
		return
	}
	c.taken[c.w.Rights[lot].Holders[0].Person] = true
	c.add("neighbour", c.holder(lot), lot, neighbourKW)
	owner := c.anybody(func(_ *resident, age int) bool { return age > 38 && age < 65 })
	c.add("owner", owner, noLot, 0)
	other := c.anybody(func(_ *resident, age int) bool { return age > 30 && age < 70 })
	c.add("co-owner", other, noLot, 0)
	parcel := fmt.Sprintf("99-999-%03d-%03d", quarters, 900+len(c.w.Substations))
	c.w.Substations = append(c.w.Substations, Substation{Trafo: trafo, Right: registry.Right{
		Parcel: parcel, Holders: []registry.Holder{{Person: c.w.lives[owner.i].iin, Share: "1/2"}, {Person: c.w.lives[other.i].iin, Share: "1/2"}},
	}})
	for _, at := range others {
		if holder := c.w.Rights[at].Holders[0].Person; !c.taken[holder] {
			c.taken[holder] = true
			c.w.asker = &asker{at, holder}
			return
		}
	}
}

// asker is who has asked for power below a substation and waits for its owners.
type asker struct {
	lot int
	iin aiqyn.PersonID
}

// When somebody asks whose best point lies below a substation, and when their parcel is
// looked at: early enough that its owners are asked by today, late enough that they may
// still answer.
const (
	askedBefore  = 60 * time.Hour
	surveyedFrom = 34 * time.Hour
)

// AskingOwners is the application for which the owners of a substation are being asked
// today; false if nobody was cast for it.
func (w *World) AskingOwners() (PlannedCase, bool) {
	if w.asker == nil {
		return PlannedCase{}, false
	}
	l := &w.lots[w.asker.lot]
	c := PlannedCase{
		At: w.Today.Add(-askedBefore), Applicant: w.asker.iin, Service: ServiceConnection, Parcel: l.number, Channel: "online", Lang: aiqyn.Russian,
		Answers: map[string]string{"parcel": l.number, "load": strconv.Itoa(neighbourKW), "category": "III", "term": "permanent"},
		Conduct: []Act{{After: askedBefore - surveyedFrom, Kind: ActSurvey, By: aiqyn.RoleSurveyor, Records: map[string]string{"measured-load": "0"}}},
	}
	for i := range w.lives {
		if w.lives[i].iin == c.Applicant {
			c.Lang = w.lives[i].lang
		}
	}
	return c, true
}

// looked is at about how many plots a substation that could be somebody's is looked for.
const looked = 100

// below finds a plot whose cheapest point lies below another transformer than some
// other point of it, and below none that the other parts are shown by; and others of
// which the same holds for the same transformer.
func (c *casting) below(plots, clear []int) (lot, trafo int, others []int, ok bool) {
	shown := make(map[int]bool)
	for _, lot := range clear {
		for _, kw := range []int{builderKW, entrepreneurKW} {
			for _, t := range c.above(lot, kw) {
				shown[t] = true
			}
		}
	}
	best := make(map[int][]int)                              // by transformer: the plots that it is above
	for i := 0; i < len(plots); i += 1 + len(plots)/looked { // all over the town
		at := plots[i]
		list := c.above(at, neighbourKW)
		if len(list) < 2 || shown[list[0]] || !slices.ContainsFunc(list, func(t int) bool { return t != list[0] }) {
			continue
		}
		best[list[0]] = append(best[list[0]], at)
		if most := len(best[list[0]]); !c.taken[c.w.Rights[at].Holders[0].Person] && (!ok || most > len(best[trafo])) {
			lot, trafo, ok = at, list[0], true
		}
	}
	return lot, trafo, slices.DeleteFunc(best[trafo], func(at int) bool { return at == lot }), ok
}

// above are the transformers of the points where a load could be connected, the
// cheapest first.
func (c *casting) above(lot, kw int) (list []int) {
	p := &c.w.Parcels[lot]
	found, err := c.model.Points(grid.PointsQuery{X: p.X, Y: p.Y, LoadW: int64(kw) * 1000, Limits: grid.DefaultLimits(), Costs: Costs()})
	if err != nil {
		return nil
	}
	for _, point := range found.Feasible() {
		if t, ok := c.model.Above(point.Bus); ok {
			list = append(list, t)
		}
	}
	return list
}

// ParcelOf is the cadastral number under which a transformer has an owner, "" if it is
// the utility's.
func (w *World) ParcelOf(trafo int) string {
	for _, s := range w.Substations {
		if s.Trafo == trafo {
			return s.Right.Parcel
		}
	}
	return ""
}
