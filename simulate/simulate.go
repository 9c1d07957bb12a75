package simulate

import (
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
)

// Generate makes the world of a configuration. It reports what it is doing to
// progress, which may be nil; the last report has done equal to total.
func Generate(cfg Config, progress func(done, total int, what string)) (*World, error) {
	if cfg.People == 0 {
		cfg.People = defaultPeople
	}
	if cfg.People < minPeople || cfg.People > maxPeople {
		return nil, aiqyn.E(aiqyn.Invalid, "error.people-out-of-range", "min", minPeople, "max", maxPeople, "people", cfg.People)
	}
	m := maker{cfg: cfg, progress: progress, w: &World{
		Town: Town, Districts: Districts, Today: cfg.Today, seed: cfg.Seed,
	}}
	for i, stage := range stages {
		m.report(i, stage.what)
		if err := stage.run(&m); err != nil {
			return nil, err
		}
	}
	m.report(len(stages), "")
	return m.w, nil
}

// stages of making a world, with the catalogue keys of what they are called.
var stages = []struct {
	what string
	run  func(*maker) error
}{
	{"simulate.people", (*maker).people},
	{"simulate.town", (*maker).town},
	{"simulate.registers", (*maker).registers},
	{"simulate.network", (*maker).network},
	{"simulate.officers", (*maker).officers},
}

// maker carries what one stage leaves for the next.
type maker struct {
	cfg      Config
	progress func(done, total int, what string)
	w        *World
	numbers  numbers
	populace *populace
	plan     *town
}

func (m *maker) report(done int, what string) {
	if m.progress != nil {
		m.progress(done, len(stages), what)
	}
}

func (m *maker) people() error {
	m.populace = &populace{r: stream(m.cfg.Seed, "people"), today: m.cfg.Today, numbers: &m.numbers}
	m.populace.settle(m.cfg.People)
	m.w.lives = m.populace.people
	return nil
}

func (m *maker) town() error {
	homes := len(m.populace.homes)
	n := needs{flats: homes / 5, schools: max(1, m.cfg.People/1600), clinics: max(1, m.cfg.People/5000)}
	n.houses = homes - n.flats
	m.plan = layTown(stream(m.cfg.Seed, "streets"), n.blocks())
	m.w.lots = layLots(stream(m.cfg.Seed, "lots"), m.plan, n)
	m.w.Streets, m.w.Features = m.plan.streets, m.plan.features
	m.populace.house(m.w.lots)
	return nil
}

func (m *maker) registers() error {
	w := m.w
	w.Businesses = companies(stream(m.cfg.Seed, "companies"), &m.numbers, w.lives, w.Today)
	for i := range w.lives {
		p := &w.lives[i]
		w.People = append(w.People, p.person())
		w.Addresses = append(w.Addresses, p.address(&w.lots[p.lot], w.Streets, w.Today))
	}
	w.Children = parents(m.populace)
	h := newHoldings(stream(m.cfg.Seed, "rights"), m.populace, w.Businesses, len(w.lots))
	for i := range w.lots {
		w.Parcels = append(w.Parcels, w.lots[i].parcel(w.Streets))
		w.Rights = append(w.Rights, registry.Right{Parcel: w.lots[i].number, Holders: h.of(i, w.lots[i])})
	}
	return nil
}

func (m *maker) network() error {
	if m.cfg.Network != nil {
		n, err := grid.Read(m.cfg.Network)
		if err != nil {
			return err
		}
		m.w.layOut(n, m.plan)
		return nil
	}
	u := electrify(stream(m.cfg.Seed, "network"), m.plan, m.w.lots, m.cfg.Today)
	if err := u.calm(); err != nil {
		return err
	}
	m.w.Stations, m.w.Network, m.w.Trafos, m.w.Supplies = u.stations, u.net, u.trafos, u.supplies
	return nil
}

// zone5 is the town's time, UTC+5 the year round.
var zone5 = time.FixedZone("+05", 5*60*60)
