package simulate

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"aiqyn"
)

// Services that past cases are filed for.
const (
	ServiceConnection aiqyn.ServiceID = "energy.connection"
	ServiceAddress    aiqyn.ServiceID = "address.certificate"
	ServiceWater      aiqyn.ServiceID = "water.connection"
)

// Connections is the part of cases that ask for power, waters that of the
// others that ask for water; the rest are the certificates that most services are.
const (
	Connections = 0.15
	waters      = 0.02
)

// PlannedCase is one case of the past year: when it was filed and with what,
// and how the people in it then behaved. It is a plan. Who is drawn, what the
// rules say and whether an act is still possible, the engine decides; an act
// that it does not allow any more is left out.
type PlannedCase struct {
	At        time.Time
	Applicant aiqyn.PersonID
	Service   aiqyn.ServiceID
	Parcel    string            // empty where the case is about no parcel
	Answers   map[string]string // by question, as typed
	Channel   string            // "online", "centre"
	Lang      aiqyn.Lang
	Conduct   []Act // by time
	// Silent: nobody at the utility acts on the decision; the clock does.
	Silent bool
	Road   *Road // nil: they do not go on to light
}

// ActKind is what somebody does in a case.
type ActKind string

// What people do in a case after it is filed.
const (
	ActSurvey   ActKind = "survey"
	ActGrant    ActKind = "grant"
	ActRefuse   ActKind = "refuse"
	ActObject   ActKind = "object" // to the preliminary refusal
	ActAppeal   ActKind = "appeal"
	ActWithdraw ActKind = "withdraw"
	ActCorrect  ActKind = "correct" // a value that the survey got wrong
)

// Act is one thing that somebody does, so long after filing.
type Act struct {
	After   time.Duration
	Kind    ActKind
	By      aiqyn.Role
	Reason  string            // of a refusal, as the pack names it
	Text    string            // of an objection, an appeal, a correction's ground
	Records map[string]string // of a survey, or the one value that is corrected
}

// History plans n cases over the twelve months before the world's day, oldest
// first. The same world plans the same cases.
func (w *World) History(n int) iter.Seq[PlannedCase] {
	return func(yield func(PlannedCase) bool) {
		p := newPlanner(w)
		thirsty, builders := p.withStream("water"), p.withStream("road")
		for _, at := range p.filings(n) {
			c := p.certificate(at)
			if chance(p.r, Connections) {
				c = p.connection(at)
				c.Road = builders.road()
			} else if chance(thirsty.r, waters) {
				c = thirsty.water(at)
			}
			if !yield(c) {
				return
			}
		}
	}
}

// planner draws cases one after another.
type planner struct {
	w       *World
	r       *rand.Rand
	adults  []int
	parcels []int // that may ask for power, in the order in which they do
	next    int
	byIIN   map[aiqyn.PersonID]int
}

func newPlanner(w *World) *planner {
	p := &planner{w: w, r: stream(w.seed, "history"), adults: grownUps(w.lives, w.Today), byIIN: make(map[aiqyn.PersonID]int)}
	for i := range w.lives {
		p.byIIN[w.lives[i].iin] = i
	}
	kept := p.kept()
	for i := range w.lots {
		l := &w.lots[i]
		clear := !slices.ContainsFunc(kept, func(k keep) bool { return l.front.dist(k.at) < k.metres })
		if clear && l.use != School && l.use != Clinic && l.use != Flats {
			p.parcels = append(p.parcels, i)
		}
	}
	p.r.Shuffle(len(p.parcels), func(i, j int) { p.parcels[i], p.parcels[j] = p.parcels[j], p.parcels[i] })
	return p
}

// keep is ground on which no past case asks for power.
type keep struct {
	at     Point
	metres float64
}

// kept are the personas' own parcels, that of who waits for owners, and all around the builder with margin:
// what is free there shall be free when a visitor asks for it.
func (p *planner) kept() []keep {
	metres := make(map[string]float64)
	for _, persona := range p.w.Personas {
		if persona.Parcel != "" {
			metres[persona.Parcel] = max(metres[persona.Parcel], 1)
		}
		if persona.ID == "builder" {
			metres[persona.Parcel] = keepClear
		}
	}
	if a := p.w.asker; a != nil {
		metres[p.w.lots[a.lot].number] = 1
	}
	var kept []keep
	for i := range p.w.lots {
		if m := metres[p.w.lots[i].number]; m > 0 {
			kept = append(kept, keep{p.w.lots[i].front, m})
		}
	}
	return kept
}

// filings draws n instants of filing: more in the building season, on working
// days and in the evening, because the portal never closes.
func (p *planner) filings(n int) []time.Time {
	hours := [24]float64{1, .5, .3, .2, .2, .4, 1, 2, 4, 7, 9, 9, 8, 7, 8, 8, 7, 6, 6, 7, 8, 7, 5, 2}
	days := make([]float64, 365)
	first := time.Date(p.w.Today.Year(), p.w.Today.Month(), p.w.Today.Day(), 0, 0, 0, 0, zone5).AddDate(0, 0, -len(days))
	for k := range days {
		d := first.AddDate(0, 0, k)
		days[k] = 1 + 0.5*math.Sin(float64(d.YearDay()-105)/365*2*math.Pi)
		if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
			days[k] *= 0.35
		}
	}
	at := make([]time.Time, n)
	for k := range at {
		d := first.AddDate(0, 0, weighted(p.r, days...))
		second := weighted(p.r, hours[:]...)*3600 + p.r.IntN(3600)
		at[k] = d.Add(time.Duration(second) * time.Second)
	}
	slices.SortFunc(at, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	return at
}

// readers are the bodies that people let read their address, as the pack names
// them.
var readers = []string{string(Akimat), string(Schools), "akimat-astana", string(Utility)}

// certificate is a fact that somebody wants to have confirmed.
func (p *planner) certificate(at time.Time) PlannedCase {
	who := &p.w.lives[pick(p.r, p.adults)]
	answers := map[string]string{"use": "extract"}
	if chance(p.r, 0.62) {
		answers = map[string]string{"use": "consent", "reader": readers[weighted(p.r, 0.45, 0.35, 0.12, 0.08)]}
	}
	return PlannedCase{At: at, Applicant: who.iin, Service: ServiceAddress, Answers: answers,
		Channel: p.channel(), Lang: who.lang}
}

func (p *planner) channel() string {
	if chance(p.r, 0.72) {
		return "online"
	}
	return "centre"
}

// connection asks for power on a parcel that no earlier case has asked for, as
// long as there are such.
func (p *planner) connection(at time.Time) PlannedCase {
	i := p.parcels[p.next%len(p.parcels)]
	p.next++
	l := &p.w.lots[i]
	holder := pick(p.r, p.w.Rights[i].Holders).Person
	if chance(p.r, 0.035) { // somebody who only lives there, or hopes to
		holder = p.w.lives[pick(p.r, p.adults)].iin
	}
	lang := aiqyn.Russian
	if at, found := p.byIIN[holder]; found {
		lang = p.w.lives[at].lang
	}
	c := PlannedCase{At: at, Applicant: holder, Service: ServiceConnection, Parcel: l.number, Channel: p.channel(), Lang: lang}
	load := p.asks(l.use)
	c.Answers = p.answers(l, load)
	p.conduct(&c, load)
	return c
}

// answers are those that the form asks for such a load.
func (p *planner) answers(l *lot, load int) map[string]string {
	a := map[string]string{"parcel": l.number, "load": strconv.Itoa(load), "category": p.category(l.use), "term": "permanent"}
	switch {
	case load <= 7:
		a["phases"] = "one-phase"
	case load <= 15:
		a["phases"] = "three-phase"
	case load > 200:
		a["voltage"] = "medium"
	}
	switch existing := p.existing(l.use); {
	case chance(p.r, 0.06):
		a["term"] = "temporary"
	case existing > 0 && existing < load: // what is asked for is everything together
		a["existing-load"] = strconv.Itoa(existing)
	}
	return a
}

// asks is how many kilowatts are asked for on a parcel of that use.
func (p *planner) asks(use Use) int {
	switch use {
	case Shop:
		return 5 + p.r.IntN(20)
	case Workshop:
		return 8 + p.r.IntN(28)
	case Vacant:
		return []int{5, 8, 10, 15, 25, 60, 120}[weighted(p.r, 30, 30, 22, 12, 4, 1.4, 0.6)]
	}
	return []int{3, 5, 7, 10, 15}[weighted(p.r, 38, 36, 17, 7, 2)]
}

func (p *planner) existing(use Use) int {
	if use == Vacant {
		return 0
	}
	return []int{3, 5, 7}[p.r.IntN(3)]
}

// category of reliability: nearly everybody has the third.
func (p *planner) category(use Use) string {
	if use == Workshop || use == Shop {
		return []string{"I", "II", "III"}[weighted(p.r, 0.03, 0.17, 0.80)]
	}
	return "III"
}
