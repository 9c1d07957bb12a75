package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// margins holds what a ruling says was published against the log: an office that
// left a network out could say that there never was room.
func (c *caseAudit) margins(ev *event, r *ruled) {
	for i := range r.Computed {
		if ofMargin(r.Computed[i].With) {
			if why := c.margin(ev, r, &r.Computed[i]); why != "" {
				c.wrong(ev.index, "%s", why)
			}
		}
	}
}

func ofMargin(with string) bool { return marginVersion(with) > 0 }

// marginVersion is which version of the published margin a computation is; 0: none.
func marginVersion(with string) int {
	return 1 + slices.Index([]string{grid.PublishedMargin1, grid.PublishedMargin2, grid.PublishedMargin3, grid.PublishedMargin4}, with)
}

func (c *caseAudit) margin(ev *event, r *ruled, by *computed) string {
	var in struct {
		Networks []grid.MarginNetwork `json:"networks"`
		Now      json.RawMessage      `json:"now"`
		Since    string               `json:"since"`
	}
	var found pointsFound
	if canonical.Unmarshal(by.In, &in) != nil {
		return "what it says was published cannot be read"
	}
	for _, x := range r.Computed {
		if x.Name == "points" && canonical.Unmarshal(x.Out, &found) != nil {
			return "its connection points cannot be read"
		}
	}
	if len(found.Best) == 0 {
		found.Best = json.RawMessage("null")
	}
	if !bytes.Equal(in.Now, found.Best) {
		return "the best point that it rests on is not the one that was computed"
	}
	if string(in.Now) != "null" {
		return ""
	}
	if marginVersion(by.With) == 4 {
		return c.margin4(ev, r, by, &found)
	}
	from, ok := c.windowSince(in.Since)
	if !ok {
		return "the days that it looks back are those of no pack"
	}
	want := passOver(c.figures.shown.networks(marginVersion(by.With), from, found.Network, ev.index), found.Without)
	same := slices.EqualFunc(in.Networks, want, func(a, b grid.MarginNetwork) bool {
		return a.Network == b.Network && a.Entry == b.Entry && a.Day == b.Day && slices.Equal(a.Without, b.Without) && slices.Equal(a.Settled, b.Settled)
	})
	if !same {
		return "the networks that it says were published are not those that the log announces"
	}
	return ""
}

// margin4 holds the networks of version 4, and what each is asked by.
func (c *caseAudit) margin4(ev *event, r *ruled, by *computed, found *pointsFound) string {
	var in grid.PublishedMargin4Input
	if canonical.Unmarshal(by.In, &in) != nil {
		return "what it says was published cannot be read"
	}
	return c.networks4(ev, searchIn(r.Computed), shownSaid{in.Since, found.Network, found.Without, in.Networks, in.Tables})
}

// shownSaid is what a ruling says was published besides the network in force.
type shownSaid struct {
	since    string
	now      string // network in force
	passed   []int
	networks []grid.MarginNetwork4
	tables   []grid.MarginTables
}

// networks4 holds what a ruling says was published to the log: each publication that
// binds, and the tables that it was made with.
func (c *caseAudit) networks4(ev *event, search *computed, said shownSaid) string {
	from, ok := c.windowSince(said.since)
	if !ok {
		return "the days that it looks back are those of no pack"
	}
	if search == nil {
		return "there is no search before it"
	}
	var asked struct {
		Limits grid.Limits1 `json:"limits"`
	}
	if canonical.Unmarshal(search.In, &asked) != nil {
		return "its search cannot be read"
	}
	var first grid.MarginTables // what a log from before acts was set up with, by the ruling's word
	if len(said.tables) > 0 {
		first = said.tables[0]
	}
	now := first
	if act := c.tables.at(ev.index); act != nil {
		now = act.asked()
	}
	now.Limits = asked.Limits
	want, tables, err := c.figures.shown.networks4(from, said.now, now, ev.index, func(p shownPower) (grid.MarginTables, error) { return c.madeWith(p, first) })
	if err != nil {
		return "what was published cannot be read: " + err.Error()
	}
	same := slices.EqualFunc(said.networks, passOver4(want, said.passed), func(a, b grid.MarginNetwork4) bool { return reflect.DeepEqual(a, b) })
	if !same || len(said.tables) != len(tables) || len(tables) > 0 && !reflect.DeepEqual(said.tables, tables) {
		return "the networks that it says were published, or what they were made with, are not those that the log announces"
	}
	return c.tablesOnce(ev, tables)
}

// tablesOnce holds tables from before acts to what was ever published.
func (c *caseAudit) tablesOnce(ev *event, tables []grid.MarginTables) string {
	if len(c.tables.acts) > 0 {
		return ""
	}
	for _, t := range tables {
		if !c.tables.detour(t.Detour) || !c.tables.streets.had(t.Streets, ev.at, c.tables.set) || len(c.prices) > 0 && !slices.ContainsFunc(c.prices, func(p grid.Costs) bool { return reflect.DeepEqual(p, t.Costs) }) {
			return "what it says a network was published with never was"
		}
	}
	return ""
}

// asked are the tables of an act, but for the limits.
func (t *tablesInForce) asked() grid.MarginTables {
	return grid.MarginTables{Costs: t.costs, Detour: t.Detour, Streets: t.Streets}
}

// madeWith is what a publication was made with: by the act before it, or as a log from
// before acts was set up.
func (c *caseAudit) madeWith(p shownPower, first grid.MarginTables) (grid.MarginTables, error) {
	t := first
	if act := c.tables.at(p.entry); act != nil {
		t = act.asked()
	} else if len(c.tables.acts) > 0 {
		t = c.tables.acts[0].asked()
	}
	if known, ok := c.published.Load(p.hash); ok {
		t.Limits = known.(grid.Limits1)
		return t, nil
	}
	limits, err := c.e.publishedLimits(context.Background(), p.hash)
	if t.Limits = limits; err == nil {
		c.published.Store(p.hash, limits)
	}
	return t, err
}

// windowSince is when the window of the case begins that some pack gives it, if
// that is the day said.
func (c *caseAudit) windowSince(said string) (from time.Time, ok bool) {
	var days []int
	for _, pack := range c.e.packs.byHash {
		if pack.Capacity != nil {
			days = append(days, pack.Capacity.Window)
		} else {
			days = append(days, 0)
		}
	}
	for _, n := range days {
		if from, since := windowOf(c.rec.state.Filed, n, c.e.Zone); since == said {
			return from, true
		}
	}
	return time.Time{}, false
}
