package simulate

import (
	"cmp"
	"math"
	"slices"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
)

// Persona is somebody that a visitor of the demonstration can be.
type Persona struct {
	ID      string // "mother"
	Actor   aiqyn.Actor
	IIN     aiqyn.PersonID
	Name    registry.Name
	Phone   string
	Lang    aiqyn.Lang
	Title   aiqyn.Text
	Try     aiqyn.Text     // one sentence: what they can try
	Parcel  string         // the one that the sentence is about
	KW      int            // how much they would ask for
	Company aiqyn.PersonID // whose head they are, and for which they apply
}

// What the builders and the entrepreneur of the demonstration ask for.
const (
	builderKW      = 150
	entrepreneurKW = 60
)

// keepClear is how far from the builder's parcel no past case takes capacity.
const keepClear = 450.0

// cast chooses the personas: citizens by what they hold and where, then one or
// two officers of each role.
func (w *World) cast() error {
	model, err := grid.Compile(w.Network)
	if err != nil {
		return err
	}
	c := casting{w: w, model: model, taken: make(map[aiqyn.PersonID]bool), byIIN: make(map[aiqyn.PersonID]int, len(w.lives))}
	for i := range w.lives {
		c.byIIN[w.lives[i].iin] = i
	}
	for _, o := range w.Officers {
		c.taken[o.IIN] = true
	}
	if err := c.survey(); err != nil {
		return err
	}
	c.citizens()
	shown := make(map[aiqyn.Role]int)
	for _, o := range w.Officers {
		limit := 1
		switch o.Role {
		case aiqyn.RolePublisher, aiqyn.RoleEngineer:
			limit = 2
		case aiqyn.RoleInstitution, aiqyn.RoleReader:
			limit = 3
		}
		if shown[o.Role]++; shown[o.Role] > limit {
			continue
		}
		w.Personas = append(w.Personas, o.Persona())
	}
	return nil
}

// Persona is the officer as somebody that a visitor can be.
func (o Officer) Persona() Persona {
	text := officerTexts[o.Role]
	switch o.Body {
	case Schools:
		text = schoolText
	case firstSurgery:
		text = surgeryText
	case LandSeller:
		text = landText
	}
	return Persona{ID: string(o.ID), IIN: o.IIN, Actor: o.Actor(), Name: o.Name, Phone: o.Phone, Lang: o.Lang, Title: text.title, Try: text.try}
}

// casting looks for people who fit a part.
type casting struct {
	w     *World
	model *grid.Model
	taken map[aiqyn.PersonID]bool
	byIIN map[aiqyn.PersonID]int
	free  []int64 // by transformer
}

func (c *casting) citizens() {
	plots := c.plots()
	roomy, crowded := c.roomiest(plots), c.tightest(plots)
	mother := c.mother()
	c.add("mother", mother, mother.home, 0)
	c.add("builder", c.holder(roomy), roomy, builderKW)
	c.add("builder-no-margin", c.holder(crowded), crowded, builderKW)
	c.add("stranger", c.stranger(), roomy, builderKW)
	lot, company := c.entrepreneur()
	c.add("entrepreneur", person{i: c.byIIN[company.Head]}, lot, entrepreneurKW)
	c.w.Personas[len(c.w.Personas)-1].Company = company.BIN
	c.add("student", c.anybody(func(p *resident, age int) bool { return !p.female && age >= 18 && age < 23 }), noLot, 0)
	c.add(patient, c.anybody(func(_ *resident, age int) bool { return age > 45 && age < 70 }), noLot, 0)
	c.add("seeker", c.anybody(func(_ *resident, age int) bool { return age > 28 && age < 55 }), noLot, 0)
	c.subscriber(plots, roomy, crowded, lot)
}

// patient is the part of who has a referral to a specialist.
const patient = "patient"

// Patient is whoever plays the patient.
func (w *World) Patient() (aiqyn.PersonID, bool) {
	for _, p := range w.Personas {
		if p.ID == patient {
			return p.IIN, true
		}
	}
	return "", false
}

// noLot is of a part that is about no parcel.
const noLot = -1

// anybody is the first who fits and plays no part yet, or else any grown-up.
func (c *casting) anybody(fits func(p *resident, age int) bool) person {
	other := -1
	for i := range c.w.lives {
		p := &c.w.lives[i]
		if p.phone == "" || c.taken[p.iin] || !p.adult(c.w.Today) {
			continue
		}
		if fits(p, p.age(c.w.Today)) {
			return person{i, p.lot}
		}
		other = i
	}
	return person{other, c.w.lives[other].lot}
}

// person is a resident and, where it matters, the lot they live on.
type person struct{ i, home int }

func (c *casting) add(id string, p person, lot, kw int) {
	who := &c.w.lives[p.i]
	c.taken[who.iin] = true
	text := citizenTexts[id]
	persona := Persona{ID: id, IIN: who.iin, Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: who.iin},
		Name: who.name(), Phone: who.phone, Lang: who.lang, Title: text.title, Try: text.try, KW: kw}
	if lot != noLot {
		persona.Parcel = c.w.lots[lot].number
	}
	c.w.Personas = append(c.w.Personas, persona)
}

// mother is a Kazakh-speaking woman of thirty or so with a child at home.
func (c *casting) mother() person {
	best := -1
	for i := 1; i+1 < len(c.w.lives); i++ {
		p, child := &c.w.lives[i], &c.w.lives[i+1]
		fits := p.female && p.lang == aiqyn.Kazakh && child.household == p.household && !c.taken[p.iin]
		if age := p.age(c.w.Today); fits && age >= 27 && age <= 38 && child.age(c.w.Today) < 7 {
			return person{i, p.lot}
		}
		if best < 0 && p.female && p.phone != "" && p.adult(c.w.Today) {
			best = i
		}
	}
	return person{best, c.w.lives[best].lot}
}

// plots are the vacant lots that one free adult holds alone.
func (c *casting) plots() []int {
	var plots []int
	for i := range c.w.lots {
		h := c.w.Rights[i].Holders
		if c.w.lots[i].use != Vacant || len(h) != 1 || c.taken[h[0].Person] {
			continue
		}
		if at, found := c.byIIN[h[0].Person]; found && c.w.lives[at].phone != "" {
			plots = append(plots, i)
		}
	}
	return plots
}

func (c *casting) holder(lot int) person {
	return person{c.byIIN[c.w.Rights[lot].Holders[0].Person], lot}
}

// earnest is how many plots are asked about in earnest for one part.
const earnest = 40

// roomiest is a plot next to a transformer that has a builder's load twice
// over, where asking for it finds points; Russian-speaking holders first.
func (c *casting) roomiest(plots []int) int {
	return c.best(plots, func(lot int) float64 {
		return c.reach(lot, 2*builderKW*1000) + c.foreign(lot)
	}, func(points int) bool { return points >= 3 })
}

// tightest is a plot far from any transformer that could carry a builder's
// load, where asking for it finds nothing.
func (c *casting) tightest(plots []int) int {
	return c.best(plots, func(lot int) float64 {
		return c.foreign(lot) - c.reach(lot, builderKW*1000)
	}, func(points int) bool { return points == 0 })
}

// foreign is what a holder who does not speak Russian counts in metres.
func (c *casting) foreign(lot int) float64 {
	if c.w.lives[c.holder(lot).i].lang != aiqyn.Russian {
		return 150
	}
	return 0
}

// best is the plot with the least score of those where asking for a builder's
// load finds what is wanted, or simply the one with the least score when a
// network has no such place.
func (c *casting) best(plots []int, score func(int) float64, wanted func(points int) bool) int {
	type scored struct {
		lot   int
		score float64
	}
	var ranked []scored
	for _, p := range plots {
		if !c.taken[c.w.Rights[p].Holders[0].Person] {
			ranked = append(ranked, scored{p, score(p)})
		}
	}
	slices.SortStableFunc(ranked, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	at := ranked[0].lot
	for _, s := range ranked[:min(earnest, len(ranked))] {
		if wanted(c.ask(s.lot, builderKW)) {
			at = s.lot
			break
		}
	}
	c.taken[c.w.Rights[at].Holders[0].Person] = true
	return at
}

// ask counts the points at which a load could be connected.
func (c *casting) ask(lot, kw int) int {
	p := &c.w.Parcels[lot]
	result, err := c.model.Points(grid.PointsQuery{X: p.X, Y: p.Y, LoadW: int64(kw) * 1000,
		Limits: grid.DefaultLimits(), Costs: Costs()})
	if err != nil {
		return -1
	}
	return len(result.Feasible())
}

// reach is the way, as the crow flies, to the nearest transformer with so much
// to spare.
func (c *casting) reach(lot int, watts int64) float64 {
	p, least := c.w.lots[lot].front, 5000.0
	for i, t := range c.w.Trafos {
		if c.free[i] >= watts {
			least = math.Min(least, p.dist(Point{t.X, t.Y}))
		}
	}
	return least
}

// survey notes what every transformer can spare; unlimited is a great deal.
func (c *casting) survey() error {
	for _, t := range c.w.Trafos {
		capacity, err := c.model.BusCapacity(t.Bus, nil, grid.DefaultLimits())
		if err != nil {
			return err
		}
		if capacity.FreeW < 0 {
			capacity.FreeW = math.MaxInt64
		}
		c.free = append(c.free, capacity.FreeW)
	}
	return nil
}

// stranger holds nothing.
func (c *casting) stranger() person {
	holds := make(map[aiqyn.PersonID]bool)
	for _, r := range c.w.Rights {
		for _, h := range r.Holders {
			holds[h.Person] = true
		}
	}
	at := 0
	for i := range c.w.lives {
		if p := &c.w.lives[i]; p.adult(c.w.Today) && !holds[p.iin] && !c.taken[p.iin] {
			at = i
			if p.age(c.w.Today) > 25 {
				break
			}
		}
	}
	return person{at, c.w.lives[at].lot}
}

// entrepreneur heads a company that holds a shop, the nearest to the heart of
// the town where what they ask for can be had.
func (c *casting) entrepreneur() (lot int, company registry.Business) {
	active := make(map[aiqyn.PersonID]registry.Business)
	for _, b := range c.w.Businesses[1:] {
		if b.Active && !c.taken[b.Head] {
			active[b.BIN] = b
		}
	}
	var shops []int
	var heart Point
	for i := range c.w.lots {
		heart = heart.add(c.w.lots[i].front.scale(1 / float64(len(c.w.lots))))
		if _, found := active[c.w.Rights[i].Holders[0].Person]; found && c.w.lots[i].use == Shop {
			shops = append(shops, i)
		}
	}
	slices.SortStableFunc(shops, func(a, b int) int {
		return cmp.Compare(c.w.lots[a].front.dist(heart), c.w.lots[b].front.dist(heart))
	})
	lot = shops[0]
	for _, s := range shops[:min(earnest, len(shops))] {
		if c.ask(s, entrepreneurKW) > 0 {
			lot = s
			break
		}
	}
	return lot, active[c.w.Rights[lot].Holders[0].Person]
}
