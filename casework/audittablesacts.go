package casework

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"

	"aiqyn/access"
	"aiqyn/grid"
)

// tablesInForce are the tables of an act, as what was computed is held to them.
type tablesInForce struct {
	*tablesAct
	entry    int64
	costs    grid.Costs
	places   trafoPlaces
	owned    []grid.OwnedTrafo
	upgrades string // key
}

// readActs reads the tables of each act by which tables came into force. What cannot be
// read is told by [auditor.tablesActs], and suits nothing.
func (a *auditor) readActs(ctx context.Context) error {
	for _, ev := range inForceOf(a.figures.tables) {
		d := ev.data.(*tablesAct)
		t := tablesInForce{tablesAct: d, entry: ev.index}
		var upgrades grid.Upgrades
		if d.Upgrades != "" && a.e.readTable(ctx, upgradesKind, d.Upgrades, &upgrades) != nil {
			upgrades.Trafos = []grid.TrafoSize{{RatedVA: -1}}
		}
		t.upgrades = upgradesKey(upgrades)
		if a.e.readTable(ctx, costsKind, d.Costs, &t.costs) != nil {
			t.costs = grid.Costs{Levels: []grid.Level{{MaxV: -1}}}
		}
		var places placesKept
		if a.e.readTable(ctx, placesKind, d.Places, &places) == nil {
			t.places, t.owned = placesOf(places.Trafos), (&Tables{Places: places.Trafos}).owned()
		}
		a.tables.acts = append(a.tables.acts, t)
	}
	return nil
}

// at are the tables in force before an entry, by the last act; nil before the first.
func (t *powerTables) at(entry int64) *tablesInForce {
	i := sort.Search(len(t.acts), func(i int) bool { return t.acts[i].entry >= entry })
	if i == 0 {
		return nil
	}
	return &t.acts[i-1]
}

// suits holds what a computation was asked by to the tables of an act.
func (t *tablesInForce) suits(q *asksFor, byStreets bool) error {
	not := func(what string) error {
		return fmt.Errorf("%s is not that in force by entry %d", what, t.entry)
	}
	switch {
	case q.Detour != t.Detour:
		return not("the detour")
	case byStreets && q.Streets != t.Streets:
		return not("its graph of streets")
	case byStreets && upgradesKey(q.Upgrades) != t.upgrades:
		return not("its table of what reinforcing costs")
	}
	return nil
}

// tablesActs holds each act about tables to those before it, to who may do it and to what
// it names, and looks for tables that no act names.
func (a *auditor) tablesActs(ctx context.Context) error {
	acts := a.figures.tables
	for i, ev := range acts {
		if err := a.tablesAct(ctx, ev, acts[:i]); err != nil {
			a.wrong(ev.index, "tables of the network: %v", err)
		}
	}
	a.unheldTables()
	if len(acts) == 0 {
		return nil
	}
	return a.unnamedTables(ctx)
}

// tablesAct holds one act.
func (a *auditor) tablesAct(ctx context.Context, ev *event, before []*event) error {
	d := ev.data.(*tablesAct)
	came := inForceOf(before)
	if ev.kind == EventTables && len(came) == 0 && d.Asked < 0 {
		return a.firstTables(ctx, ev, d, before)
	}
	if len(came) == 0 || d.Was != came[len(came)-1].index {
		return fmt.Errorf("it is not about those that were in force")
	}
	if ev.kind != EventTablesAsked {
		if err := answersTables(ev, d, before); err != nil || ev.kind != EventTables {
			return err
		}
		return a.keepsMeters(ev, d, came[len(came)-1].data.(*tablesAct))
	}
	switch {
	case d.Asked >= 0 || d.Ground != "":
		return fmt.Errorf("it asks, and says that it answers")
	case ev.actor.Officer == "" || !access.Allowed(ev.actor.Role, access.ActionImport, access.None).OK:
		return fmt.Errorf("somebody brings them who may not")
	case !slices.Contains(TablesReasons, d.Reason) || d.Words == "":
		return fmt.Errorf("it gives no reason")
	}
	was := came[len(came)-1].data.(*tablesAct)
	change, err := a.e.changeOf(ctx, was, d)
	if err != nil {
		return err
	}
	_, hash, err := change.kept()
	if err != nil {
		return err
	}
	if hash != d.Change || !reflect.DeepEqual(change.Counts, d.Changed) || !reflect.DeepEqual(change.Largest, d.Largest) {
		return fmt.Errorf("what it says that changes is not what does")
	}
	_, err = snapshotOf(ctx, a.e.Store, changeKind, hash)
	return err
}

// firstTables holds the act that a log begins with, or began with when acts became entries.
func (a *auditor) firstTables(ctx context.Context, ev *event, d *tablesAct, before []*event) error {
	switch {
	case len(before) > 0 || d.Was >= 0 || d.Reason != ReasonFirst || d.Change != "" || len(d.Changed) > 0 || d.Largest != nil || d.Ground != "":
		return fmt.Errorf("the first says more than what there is")
	case d.Words == "":
		return fmt.Errorf("it gives no reason")
	case ev.actor.Officer == "" || !access.Allowed(ev.actor.Role, access.ActionImport, access.None).OK:
		return fmt.Errorf("somebody brings them who may not")
	}
	_, err := a.e.partsOf(ctx, d)
	return err
}

// answersTables holds the word of a second person to what the first has asked for.
func answersTables(ev *event, d *tablesAct, before []*event) error {
	waits := waitingTables(before)
	i := slices.IndexFunc(waits, func(first *event) bool { return first.index == d.Asked })
	if i < 0 {
		return fmt.Errorf("nobody has asked for them, somebody has answered, or others came since")
	}
	asked := *waits[i].data.(*tablesAct)
	asked.Asked, asked.Ground = d.Asked, d.Ground
	switch {
	case !reflect.DeepEqual(&asked, d):
		return fmt.Errorf("something else was asked for")
	case d.Ground == "":
		return fmt.Errorf("it is answered without a ground")
	case access.Countersigned(access.ActTables, waits[i].actor, ev.actor) != nil:
		return fmt.Errorf("they are not answered by an overseer who has not brought them")
	}
	return nil
}

// keepsMeters finds a network that has lost a transformer at which a meter stood: its
// readings would be of nothing, or of whatever has the number next.
func (a *auditor) keepsMeters(ev *event, d, before *tablesAct) error {
	if d.Network == before.Network || len(a.figures.meters) == 0 {
		return nil
	}
	was, err := a.e.model(before.Network)
	if err != nil {
		return err
	}
	is, err := a.e.model(d.Network)
	if err != nil {
		return err
	}
	stands := make(map[string]int)
	for _, of := range a.figures.meters {
		if of.index > ev.index {
			break
		}
		for _, m := range of.data.(*metersRegistered).Meters {
			stands[m.Meter] = m.Trafo
		}
	}
	had, has := ratedOf(was), ratedOf(is)
	for _, meter := range slices.Sorted(maps.Keys(stands)) {
		if loses(had, has, stands[meter]) {
			return fmt.Errorf("the network has lost transformer %d, at which meter %q stood", stands[meter], meter)
		}
	}
	return nil
}

// unheldTables remarks what no act holds: what was computed before the first.
func (a *auditor) unheldTables() {
	first := a.head.Size
	if len(a.tables.acts) > 0 {
		first = a.tables.acts[0].entry
	}
	by := slices.ContainsFunc(a.books.said, func(s bookSaid) bool { return s.entry < first })
	if a.tables.set && (by || len(a.tables.published) > 0 && a.tables.published[0].entry < first) {
		a.remark(min(first, a.head.Size-1), "before this entry none says which network, prices, places, streets and detour are in force: what was computed until then is held to all that were ever kept")
	}
}

// unnamedTables finds tables that are kept, and that no entry names: whoever reads what
// is published would take them for what was in force.
func (a *auditor) unnamedTables(ctx context.Context) error {
	named := make(map[string]bool)
	for _, ev := range a.figures.tables {
		d := ev.data.(*tablesAct)
		for hash := range maps.Values(d.names()) {
			named[hash] = true
		}
		named[d.Change] = true
	}
	for _, p := range a.tables.published {
		named[p.base], named[p.network] = true, true
	}
	first := a.figures.tables[0]
	for _, kind := range []string{networkKind, costsKind, placesKind, streetsKind, upgradesKind, changeKind} {
		kept, err := a.Store.Snapshots(ctx, kind)
		if err != nil {
			return err
		}
		for _, s := range kept {
			switch {
			case named[s.Hash] || s.Added.After(a.head.Recorded): // by an entry that came since
			case s.Added.Before(first.at):
				a.remark(first.index, "%s %s was kept before, and no entry names it", kind, s.Hash)
			default:
				a.wrong(a.figures.tables[len(a.figures.tables)-1].index, "%s %s is kept, and no entry names it", kind, s.Hash)
			}
		}
	}
	return nil
}
