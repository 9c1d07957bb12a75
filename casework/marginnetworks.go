package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// Each publication is asked by what it was made with: the tables in force at its entry
// and the limits that it names. A limit that was tightened since, or a route that is
// dearer now, takes nothing back of what was shown.

// publishedWith finds what a publication was made with.
type publishedWith func(shownPower) (grid.MarginTables, error)

// networks4 are the publications that were in force at any moment since an instant, and
// below an entry, each network once by each of its tables: but for the network that is in
// force by those of now, which the search before has asked.
func (s *shownMargin) networks4(from time.Time, now string, by grid.MarginTables, before int64, with publishedWith) ([]grid.MarginNetwork4, []grid.MarginTables, error) {
	first := 0 // the last before the window was in force when it began
	for i, p := range s.all {
		if p.at.Before(from) && p.entry < before {
			first = i
		}
	}
	var tables []grid.MarginTables
	var list []grid.MarginNetwork4
	for _, p := range s.all[min(first, len(s.all)):] {
		if p.entry >= before {
			continue
		}
		t, err := with(p)
		if err != nil {
			return nil, nil, err
		}
		if p.network == now && reflect.DeepEqual(t, by) {
			continue
		}
		at := slices.IndexFunc(tables, func(x grid.MarginTables) bool { return reflect.DeepEqual(x, t) })
		if at < 0 {
			at, tables = len(tables), append(tables, t)
		}
		list = slices.DeleteFunc(list, func(n grid.MarginNetwork4) bool { return n.Network == p.network && n.Tables == at })
		list = append(list, grid.MarginNetwork4{Day: p.day, Entry: p.entry, Network: p.network, Settled: s.settledSince(p.entry, before), Tables: at, Without: s.withdrawn(p.entry, before)})
	}
	return list, tables, nil
}

// withdrawn are the transformers whose margin, as an entry has published it, no longer
// binds, ascending.
func (s *shownMargin) withdrawn(entry, before int64) []int {
	list := []int{}
	for _, r := range s.reductions {
		if r.entry > entry && r.entry < before {
			list = append(list, r.trafo)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// passOver4 is passOver for these.
func passOver4(list []grid.MarginNetwork4, trafos []int) []grid.MarginNetwork4 {
	for i := range list {
		all := slices.Concat(list[i].Without, trafos)
		slices.Sort(all)
		list[i].Without = append([]int{}, slices.Compact(all)...)
	}
	return list
}

// asked are some tables as a network that was published by them is asked.
func (t *Tables) asked(l grid.Limits1) grid.MarginTables {
	return grid.MarginTables{Costs: t.Costs, Detour: t.Detour, Limits: l, Streets: t.Streets.Hash}
}

// publishedWith reads what a publication was made with: the act before its entry never
// becomes another, so that it is read once.
func (e *Engine) publishedWith(p shownPower) (grid.MarginTables, error) {
	c, ctx := e.Capacity, context.Background()
	if known, ok := c.madeWith.Load(p.entry); ok {
		return known.(grid.MarginTables), nil
	}
	limits, err := e.publishedLimits(ctx, p.hash)
	if err != nil {
		return grid.MarginTables{}, err
	}
	acts, err := e.tablesActs(ctx)
	if err != nil {
		return grid.MarginTables{}, err
	}
	t := c.Tables.asked(limits)
	if came := inForceOf(acts); len(came) > 0 {
		act := came[0] // which names what a log from before acts was set up with
		for _, ev := range came[1:] {
			if ev.index < p.entry {
				act = ev
			}
		}
		d := act.data.(*tablesAct)
		t = grid.MarginTables{Detour: d.Detour, Limits: limits, Streets: d.Streets}
		if err := e.readTable(ctx, costsKind, d.Costs, &t.Costs); err != nil {
			return t, err
		}
	}
	c.madeWith.Store(p.entry, t)
	return t, nil
}

// publishedLimits reads the limits that a publication names, and no more of it: they
// stand before its transformers.
func (e *Engine) publishedLimits(ctx context.Context, hash string) (l grid.Limits1, err error) {
	data, err := e.Store.Snapshot(ctx, hash)
	if err != nil {
		return l, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return l, fmt.Errorf("publication %s: %w", hash, err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return l, fmt.Errorf("publication %s: %w", hash, err)
		}
		if name == "limits" {
			return l, d.Decode(&l)
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return l, fmt.Errorf("publication %s: %w", hash, err)
		}
	}
	return l, fmt.Errorf("publication %s names no limits", hash)
}

// model is the network of a hash, compiled.
func (b *Binding) model(hash string) (*grid.Model, error) {
	v, err := b.Snapshot(hash)
	m, _ := v.(*grid.Model)
	return m, err
}

// streets are those of a hash, compiled; nil of "".
func (b *Binding) streets(hash string) (*grid.StreetGraph, error) {
	if hash == "" {
		return nil, nil
	}
	v, err := b.Snapshot(hash)
	g, _ := v.(*grid.StreetGraph)
	return g, err
}

// shownBefore are the networks that bind a case besides the one in force, and what they
// are asked by; the stamp is marked with what they rest on.
func (b *Binding) shownBefore(now string, passed []int) (networks []grid.MarginNetwork4, tables []grid.MarginTables, unknown map[int]bool, err error) {
	c := b.Capacity
	from, _ := windowOf(b.Filed, b.Window, b.Zone)
	c.mu.RLock()
	shown := c.shown
	b.Stamp[reductionMark], b.Stamp[heldMark] = c.marks[reductionMark], c.marks[heldMark]
	c.mu.RUnlock()
	networks, tables, err = shown.networks4(from, now, c.tables().asked(grid.LimitsPPM(c.limits())), math.MaxInt64, b.Published)
	return passOver4(networks, passed), tables, shown.unknown, err
}

// margin4 gathers the input of grid.published-margin@4.
func (b *Binding) margin4(found *pointsFound, x, y, watt int64) error {
	_, since := windowOf(b.Filed, b.Window, b.Zone)
	in := grid.PublishedMargin4Input{LoadW: watt, Now: found.Best, Since: since, XMM: x, YMM: y}
	b.Stamp = make(Stamp)
	var err error
	if len(found.Best) == 0 || string(found.Best) == "null" {
		var unknown map[int]bool
		if in.Networks, in.Tables, unknown, err = b.shownBefore(found.Network, found.Without); err != nil {
			return err
		}
		if in.Unknown, err = b.unmeasured(found, unknown, b.model); err != nil {
			return err
		}
	}
	b.Input, b.Output, err = grid.PublishedMargin4Live(in, b.Capacity.heldOn, b.model, b.streets)
	return err
}

// BindIndependentSources4 gathers the input of grid.independent-sources@4: that of
// version 3, and the networks of the window where the one in force has fewer than two.
func BindIndependentSources4(b *Binding) error {
	if err := BindIndependentSources3(b); err != nil || b.Output == nil {
		return err
	}
	var in grid.IndependentSources4Input
	if err := canonical.Unmarshal(b.Input, &in); err != nil {
		return err
	}
	var is struct {
		Sources int `json:"sources"`
	}
	if err := canonical.Unmarshal(b.Output, &is); err != nil {
		return err
	}
	_, in.Since = windowOf(b.Filed, b.Window, b.Zone)
	stamp := b.Stamp
	b.Stamp = make(Stamp, len(stamp)+2) // that of the search is remembered with it
	for of, mark := range stamp {
		b.Stamp[of] = mark
	}
	if is.Sources < 2 {
		withheld, err := grid.Withheld(b.Input)
		if err != nil {
			return err
		}
		if in.Networks, in.Tables, _, err = b.shownBefore(in.Network, withheld); err != nil {
			return err
		}
	}
	var err error
	b.Input, b.Output, err = grid.IndependentSources4Live(in, b.Capacity.heldOn, b.model, b.streets)
	return err
}
