package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// CapacitySetting is the name of the setting that says which tables a log begins with,
// until the first act names those that are in force: a JSON object whose "detour" is in permille of the straight line, and whose "limits" are
// those where the pack has none.
const CapacitySetting = "share.grid.capacity"

// powerTables are what a search for connection points may rest on: tables and networks
// that were kept to be published, and which network was announced when.
type powerTables struct {
	set       bool // there is a setting that puts a network into force
	permille  int
	network   string // in force, as it was surveyed
	limits    grid.Limits
	streets   keptTables
	upgrades  keptTables
	places    []trafoPlaces
	surveyed  map[string]bool // networks that were kept, as surveyed or as published
	published []announcedNetwork
	acts      []tablesInForce // by which tables came into force, in order
}

// announcedNetwork is one publication of free power.
type announcedNetwork struct {
	entry         int64
	base, network string
}

// keptTables are tables of one kind by what tells them apart, with the first instant at
// which there was one.
type keptTables struct {
	names []string
	first time.Time
}

func (k *keptTables) add(name string, at time.Time) {
	if len(k.names) == 0 {
		k.first = at
	}
	k.names = append(k.names, name)
}

// had reports whether a table was kept, or is none and there was none yet. Where none was
// ever kept any counts, unless strict.
func (k *keptTables) had(name string, at time.Time, strict bool) bool {
	none := name == "" && (len(k.names) == 0 || at.Before(k.first))
	return none || slices.Contains(k.names, name) || len(k.names) == 0 && !strict
}

// detour reports whether it is the one that a log begins with; where no network was put
// into force by a setting any counts.
func (t *powerTables) detour(permille int) bool { return !t.set || permille == t.permille }

// upgradesKey tells tables of upgrades apart; "" is none.
func upgradesKey(u grid.Upgrades) string {
	if len(u.Conductors)+len(u.Trafos) == 0 {
		return ""
	}
	text, err := canonical.Marshal(u.Listed())
	if err != nil {
		panic(err) // whole numbers always encode
	}
	return string(text)
}

// readTables reads what was kept to be published.
func (a *auditor) readTables(ctx context.Context) error {
	t := &a.tables
	text, err := a.Store.Setting(ctx, CapacitySetting)
	if err != nil {
		return err
	}
	if t.set = text != ""; t.set {
		var is struct {
			Detour  int         `json:"detour"`
			Limits  grid.Limits `json:"limits"`
			Network string      `json:"network"`
		}
		if err := json.Unmarshal([]byte(text), &is); err != nil {
			return fmt.Errorf("setting %s: %w", CapacitySetting, err)
		}
		t.permille, t.limits, t.network = is.Detour, is.Limits, is.Network
	}
	streets, err := a.Store.Snapshots(ctx, "streets")
	if err != nil {
		return err
	}
	for _, s := range streets {
		t.streets.add(s.Hash, s.Added)
	}
	upgrades, err := a.Store.Snapshots(ctx, "upgrades")
	if err != nil {
		return err
	}
	for _, s := range upgrades {
		data, err := a.Store.SnapshotOf(ctx, s.Kind, s.Hash)
		if err != nil {
			return err
		}
		var table grid.Upgrades
		if err := json.Unmarshal(data, &table); err != nil {
			if err := a.malformedFile(s.Kind, s.Hash, err); err != nil {
				return err
			}
			continue
		}
		t.upgrades.add(upgradesKey(table), s.Added)
	}
	networks, err := a.Store.Snapshots(ctx, networkKind)
	if err != nil {
		return err
	}
	t.surveyed = make(map[string]bool, len(networks))
	for _, s := range networks {
		t.surveyed[s.Hash] = true
	}
	return nil
}

// announced takes in what the system's entries have published.
func (t *powerTables) announced(f *publicFigures) {
	for entry, ev := range f.publications {
		d := ev.data.(*capacityPublished)
		t.published = append(t.published, announcedNetwork{entry, d.Base, d.Network})
	}
	slices.SortFunc(t.published, func(a, b announcedNetwork) int { return cmp.Compare(a.entry, b.entry) })
}

// before is how many publications there are before an entry.
func (t *powerTables) before(entry int64) int {
	return sort.Search(len(t.published), func(i int) bool { return t.published[i].entry >= entry })
}

// inForce reports whether a network was in force before an entry: the one that was
// published last, or another that was surveyed since, which the next publication rests
// on. After the last publication any network counts that was kept and is not one of
// those that were published before. From the first act about tables on it is that of the
// last act, or the one that was published last and rests on it.
func (t *powerTables) inForce(hash string, entry int64) bool {
	next := t.before(entry)
	var last announcedNetwork
	if next > 0 {
		last = t.published[next-1]
	}
	act := t.at(entry)
	switch {
	case act != nil && last.base == act.Network:
		return hash == last.network
	case act != nil:
		return hash == act.Network
	case next > 0 && hash == last.network:
		return true
	case next < len(t.published):
		base := t.published[next].base
		return base == "" || hash == base && base != last.base
	}
	older := func(p announcedNetwork) bool { return p.network == hash || p.base == hash }
	return t.surveyed[hash] && !slices.ContainsFunc(t.published, older)
}
