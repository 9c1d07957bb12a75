package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/simulate"
	"aiqyn/store"
)

// Before its works the town's network had a smaller transformer. That it was replaced an
// operator has brought, and an overseer has put into force; new prices wait for one.

// worksBefore is how long before the present the works were recorded: before anything was
// published of the network.
const worksBefore = 35 * 24 * time.Hour

// ratings are those of which a transformer has had the next smaller one, in kVA.
var ratings = []float64{100, 160, 250, 400, 630, 1000}

// beforeWorks is the network as it was surveyed before one transformer was replaced: the
// one with the least load for its rating, so that nobody was refused for want of it. It is
// the network itself where none suits.
func beforeWorks(n *grid.Network) (*grid.Network, error) {
	m, err := grid.Compile(n)
	if err != nil {
		return nil, err
	}
	load := make(map[int]float64)
	for _, l := range n.Loads {
		if trafo, ok := m.Above(l.Bus); ok {
			load[trafo] += l.PKW
		}
	}
	replaced, least := -1, 0.3 // of the rating that it had
	for i := range n.Trafos {
		t := &n.Trafos[i]
		size := slices.Index(ratings, t.SnKVA)
		if size < 1 || t.VnLVKV > 1 || load[t.ID] <= 0 {
			continue
		}
		if share := load[t.ID] / ratings[size-1]; share < least {
			replaced, least = i, share
		}
	}
	if replaced < 0 {
		return n, nil
	}
	was := *n
	was.Trafos = slices.Clone(n.Trafos)
	t := &was.Trafos[replaced]
	smaller := ratings[slices.Index(ratings, t.SnKVA)-1]
	by := t.SnKVA / smaller
	t.SnKVA = smaller
	t.Model.RPU, t.Model.XPU, t.Model.GPU, t.Model.BPU, t.PfeKW = t.Model.RPU*by, t.Model.XPU*by, t.Model.GPU/by, t.Model.BPU/by, t.PfeKW/by
	return &was, nil
}

// works brings the network as it is since the works, and has an overseer confirm it.
func (s *seeding) works(ctx context.Context, o *office) error {
	overseer, ok := s.overseer()
	if !ok || s.before.Hash() == s.world.Network.Hash() {
		return nil
	}
	asked, err := o.Do(ctx, casework.BringTables{
		ID: "tables/works", Actor: s.operator(), Network: s.world.Network, Reason: casework.ReasonWorks,
		Words: "Трансформатор ауыстырылды, жұмыстардың актісі № 17",
	})
	if err != nil {
		return fmt.Errorf("the network since the works: %w", err)
	}
	_, err = o.Do(ctx, casework.ConfirmTables{
		ID: "tables/works/confirmed", Actor: overseer, Entry: asked.First, Ground: "Жұмыстардың актісімен және төлқұжат тақтайшасының суретімен салыстырылды",
	})
	return err
}

// prices brings what connecting will cost, which nobody has confirmed yet.
func (s *seeding) prices(ctx context.Context, o *office) error {
	if _, ok := s.overseer(); !ok {
		return nil
	}
	costs := simulate.Costs()
	costs.From = s.present.In(zone).AddDate(0, 0, 30).Format(time.DateOnly)
	for i := range costs.Levels {
		costs.Levels[i].Tap = costs.Levels[i].Tap / 100 * 104
	}
	_, err := o.Do(ctx, casework.BringTables{
		ID: "tables/prices", Actor: s.operator(), Costs: &costs, Reason: casework.ReasonPrices, Words: "Қосу бағасы 4 пайызға өзгереді, желі ұйымының № 204 бұйрығы",
	})
	return err
}

// overseer is who confirms what an operator has brought.
func (s *seeding) overseer() (aiqyn.Actor, bool) {
	list := s.world.Officers
	i := slices.IndexFunc(list, func(f simulate.Officer) bool { return f.Role == aiqyn.RoleOverseer })
	if i < 0 {
		return aiqyn.Actor{}, false
	}
	return list[i].Actor(), true
}

// writeCapacity keeps a town's network, as it was surveyed at first, with what belongs to it.
func writeCapacity(ctx context.Context, db *store.DB, w *simulate.World, n *grid.Network, at time.Time) error {
	places := make([]casework.TrafoPlace, len(w.Trafos))
	for i, t := range w.Trafos {
		places[i] = casework.TrafoPlace{
			Trafo: t.ID, Name: t.Name, District: t.District, Basis: string(t.Basis), Measured: t.Measured, Lat: t.Lat, Lon: t.Lon, Parcel: w.ParcelOf(t.ID),
		}
	}
	return putCapacity(ctx, db, powerInForce{network: n, streets: w.StreetGraph(), costs: simulate.Costs(), upgrades: simulate.Upgrades(), places: places}, at)
}
