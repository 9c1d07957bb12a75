package casework

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/secrecy"
	"aiqyn/store"
)

// A difference of two publications begins with what was in force when its first entry
// was written, and names each act from there on. So whoever has it knows at every entry
// which tables and packs power was computed by, whose published power was withdrawn and
// what was classified, and not only as of the last publication.
//
// It is handed out while nothing is classified, like the rest of it: see [withheld].

// GridInForce is what power is computed from, and what of it is open, at an entry of the
// log and on a day. A pack comes into force on its day and a class ends after its last one
// without an entry, so both say which.
type GridInForce struct {
	Classes []GridClass `json:"classes,omitempty"` // in the order of [secrecy.Subjects]
	Day     string      `json:"day"`
	// Packs are the one in force on the day and those to come, by their days. Before one
	// was published it is that which the log began with, and no entry names it.
	Packs      []GridPack      `json:"packs,omitempty"`
	Reductions []GridReduction `json:"reductions,omitempty"` // the newest of each transformer, ascending
	// Tables are nil in a log of before acts put them into force.
	Tables *GridTables `json:"tables,omitempty"`
}

// GridTables are tables that have come into force, by their hashes.
type GridTables struct {
	Costs    string       `json:"costs"`
	Detour   int          `json:"detour"` // permille of the straight line
	Entry    int64        `json:"entry"`
	Limits   grid.Limits1 `json:"limits"` // where the pack has none
	Network  string       `json:"network"`
	Places   string       `json:"places"`
	Streets  string       `json:"streets,omitempty"`
	Upgrades string       `json:"upgrades,omitempty"`
}

// GridPack is a pack that was published, and its first day.
type GridPack struct {
	Entry int64  `json:"entry"`
	From  string `json:"from"`
	Hash  string `json:"hash"`
}

// GridReduction says that what was published as free of a transformer before an entry
// binds nobody any more.
type GridReduction struct {
	Asked int64 `json:"asked"` // entry that asked for it
	Entry int64 `json:"entry"`
	Trafo int   `json:"trafo"`
	W     int64 `json:"w"` // the lower of what two meters have counted
}

// GridClass is how much of a subject the public sees, through its last day.
type GridClass struct {
	secrecy.Subject
	Class secrecy.Class `json:"class"`
	Entry int64         `json:"entry"`
	Until string        `json:"until,omitempty"` // none of what is open
}

// GridAct is an act that bears on free power, or on who may see it. Of registrations of
// meters, and of wishes that a second person has not signed yet, it says no more than that
// they were, and not on which day: they change nothing.
type GridAct struct {
	Class     *GridClass     `json:"class,omitempty"`
	Day       string         `json:"day,omitempty"`
	Entry     int64          `json:"entry"`
	Hash      string         `json:"hash,omitempty"` // of what was taken in of readings, or corrected
	Kind      EventKind      `json:"kind"`
	Pack      *GridPack      `json:"pack,omitempty"`
	Reduction *GridReduction `json:"reduction,omitempty"`
	Tables    *GridTables    `json:"tables,omitempty"`
}

// bearsOnPower reports whether an entry of a kind is an act that differences name.
func bearsOnPower(kind EventKind) bool {
	switch kind {
	case EventTables, EventPublished, EventMarginReduced, EventReductionAsked, EventClassified, EventDeclassified, EventMeasured, EventPeaksCorrected, EventMeters:
		return true
	}
	return false
}

// gridAct is what is published of an act; not ok of what is none. What has become part
// of the measured load is none either: it is one with the publication beside it.
func gridAct(ev *event, zone *time.Location) (a GridAct, ok bool) {
	if !bearsOnPower(ev.kind) {
		return a, false
	}
	a = GridAct{Day: day(ev.at, zone), Entry: ev.index, Kind: ev.kind}
	switch d := ev.data.(type) {
	case *tablesAct:
		a.Tables = &GridTables{Costs: d.Costs, Detour: d.Detour, Entry: ev.index, Limits: d.Limits, Network: d.Network, Places: d.Places, Streets: d.Streets, Upgrades: d.Upgrades}
		return a, true
	case *marginReduction:
		if a.Day = ""; ev.kind == EventMarginReduced {
			a.Day = day(ev.at, zone)
			a.Reduction = &GridReduction{Asked: d.Asked, Entry: ev.index, Trafo: d.Trafo, W: d.Watt}
		}
		return a, true
	case *classified:
		a.Class = &GridClass{Subject: d.Subject, Class: d.Class, Entry: ev.index}
		if d.Class != secrecy.Exact {
			a.Class.Until = d.Until.String()
		}
		return a, true
	case *published:
		a.Pack = &GridPack{Entry: ev.index, From: d.From, Hash: d.Pack}
		_, err := deadline.ParseDate(d.From)
		return a, err == nil
	case *measured:
		a.Hash = d.Hash
		return a, true
	case *peaksCorrected:
		a.Hash = d.Hash
		return a, true
	case *metersRegistered:
		a.Day = ""
		return a, true
	}
	return a, false
}

// after is what is in force after some acts, in their order.
func (s GridInForce) after(acts []GridAct) GridInForce {
	s.Classes, s.Packs, s.Reductions = slices.Clone(s.Classes), slices.Clone(s.Packs), slices.Clone(s.Reductions)
	for _, a := range acts {
		s.Day = max(s.Day, a.Day)
		switch {
		case a.Tables != nil:
			s.Tables = a.Tables
		case a.Pack != nil:
			s.Packs = append(s.Packs, *a.Pack)
		case a.Reduction != nil:
			s.Reductions = slices.DeleteFunc(s.Reductions, func(r GridReduction) bool { return r.Trafo == a.Reduction.Trafo })
			s.Reductions = append(s.Reductions, *a.Reduction)
		case a.Class != nil && a.Kind == EventClassified: // that one has ended follows from its last day
			s.Classes = slices.DeleteFunc(s.Classes, func(c GridClass) bool { return c.Subject == a.Class.Subject })
			if a.Class.Class != secrecy.Exact {
				s.Classes = append(s.Classes, *a.Class)
			}
		}
	}
	slices.SortFunc(s.Reductions, func(a, b GridReduction) int { return cmp.Compare(a.Trafo, b.Trafo) })
	slices.SortFunc(s.Classes, func(a, b GridClass) int {
		return cmp.Compare(slices.Index(secrecy.Subjects, a.Subject), slices.Index(secrecy.Subjects, b.Subject))
	})
	slices.SortStableFunc(s.Packs, func(a, b GridPack) int {
		return cmp.Or(strings.Compare(a.From, b.From), cmp.Compare(a.Entry, b.Entry))
	})
	return s.On(s.Day)
}

// On is what of it is in force on a day, if no act comes until then.
func (s GridInForce) On(day string) GridInForce {
	s.Day = day
	s.Classes = slices.DeleteFunc(slices.Clone(s.Classes), func(c GridClass) bool { return c.Until < day })
	now := 0
	for i, p := range s.Packs {
		if p.From <= day {
			now = i
		}
	}
	s.Packs = slices.Clone(s.Packs[min(now, len(s.Packs)):])
	return s
}

// withdrawn is the entry by which what an earlier one has published of a transformer was
// withdrawn, 0 if it was not.
func (s *GridInForce) withdrawn(trafo int, published int64) int64 {
	for _, r := range s.Reductions {
		if r.Trafo == trafo && r.Entry > published {
			return r.Entry
		}
	}
	return 0
}

// inForceFrom fills in what was in force when the difference begins, on the day on which
// the publication before it was written, and each act of it. The acts are all of the log
// below its end, in their order.
func (d *CapacityDifference) inForceFrom(acts []GridAct, day string) {
	begin, _ := slices.BinarySearchFunc(acts, d.From.Position, func(a GridAct, entry int64) int { return cmp.Compare(a.Entry, entry) })
	s := GridInForce{}.after(acts[:begin]).On(day)
	d.InForce, d.Acts = &s, acts[begin:]
}

// gridActs reads from the log what was in force at an entry from, by acts before it, and
// every act from there on and below another, in their order.
func (e *Engine) gridActs(ctx context.Context, from, to int64) ([]GridAct, error) {
	tables, err := e.tablesActs(ctx)
	if err != nil {
		return nil, err
	}
	classes, err := e.secrecyActs(ctx)
	if err != nil {
		return nil, err
	}
	var rows []store.Entry
	for _, kind := range []EventKind{EventPublished, EventMarginReduced, EventReductionAsked} {
		list, err := e.Store.Acts(ctx, string(kind), to, maxReductions)
		if err != nil {
			return nil, err
		}
		rows = append(rows, list...)
	}
	taken, err := e.Store.TakenIn(ctx, from, to)
	if err != nil {
		return nil, err
	}
	events, err := e.systemEvents(append(rows, taken...))
	if err != nil {
		return nil, err
	}
	return gridActsOf(slices.Concat(tables, classes, events), from, to, e.Zone), nil
}

// gridActsOf are the acts among some events below an entry: from another on all, and
// before it those that are still to be known.
func gridActsOf(events []*event, from, to int64, zone *time.Location) (acts []GridAct) {
	for _, ev := range events {
		if a, ok := gridAct(ev, zone); ok && a.Entry < to && (a.Entry >= from || a.changes()) {
			acts = append(acts, a)
		}
	}
	slices.SortFunc(acts, func(a, b GridAct) int { return cmp.Compare(a.Entry, b.Entry) })
	return acts
}

// changes reports whether it changes what is in force.
func (a *GridAct) changes() bool {
	return a.Tables != nil || a.Pack != nil || a.Reduction != nil || a.Class != nil
}

// classes reads what is classified. What is published while anything is has a salt.
func (p *publishCapacity) classes(ctx context.Context, e *Engine) error {
	acts, err := e.secrecyActs(ctx)
	if err != nil {
		return err
	}
	p.policy, p.classed, p.said.Salt = secrecy.InForce(given(acts), e.today()), newestAct(acts), ""
	if !p.policy.Open() {
		p.said.Salt = e.keys.withheldSalt(p.said.Day + "/" + strconv.FormatInt(p.said.Position, 10))
	}
	return nil
}

// withheldSalt is what a file that is withheld has in it, so that its hash, which the
// receipt of its entry tells anybody, cannot be come to by guessing what else is in it:
// of one day to the next only a few figures change. It follows from the key of the data.
func (k *keyring) withheldSalt(of string) string { return hex.EncodeToString(k.hash("withheld", of)) }
