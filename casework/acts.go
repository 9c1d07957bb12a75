package casework

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// Whoever keeps the rules, the rosters or the keys, and whoever watches, acts in
// the log like everybody else: these are their acts, and what waits for them.

// actsOf are the kinds of act that a role answers for, and sees listed.
var actsOf = map[aiqyn.Role][]EventKind{
	aiqyn.RolePublisher: {EventPackSigned, EventPublished},
	aiqyn.RoleRegistrar: {EventRostered},
	aiqyn.RoleCustodian: {EventErased, EventReportAsked, EventReportErased, EventGlassOpened},
	aiqyn.RoleAuditor:   {EventAttested, EventPublished, EventRostered, EventErased, EventReportErased, EventHeld, EventUnheld, EventGlassOpened, EventQueueTable, EventQueueConfirmed, EventQueueDeclined, EventTablesAsked, EventTables, EventTablesDeclined},
	aiqyn.RoleOverseer:  {EventTables, EventTablesDeclined, EventQueueConfirmed, EventQueueDeclined, EventRefusalRejected, EventDearer, EventHeld, EventUnheld, EventReportAsked, EventGlassAsked, EventGlassOpened},
	aiqyn.RoleOperator:  {EventResent, EventQueueTable, EventTablesAsked, EventTables},
	aiqyn.RoleSecrecy:   {EventClassAsked, EventClassified, EventClassWarned, EventDeclassified},
}

// ActView is one act: what, when, by whom, and about which case if any.
type ActView struct {
	Index   int64
	Kind    EventKind
	At      time.Time
	Role    aiqyn.Role      // "" of an act on a case: its key opens that
	Officer aiqyn.OfficerID //
	Ref     aiqyn.Reference // of a case that is still there
	What    string          // the pack, the report, the size, the service
	From    string          // of a pack: the day it comes into force; "" of others
	Roster  *RosterShown    // of a roster; nil of others
}

// RosterShown is a roster as an act names it: whose, and how many are on it.
type RosterShown struct {
	Role aiqyn.Role
	Body aiqyn.BodyID
	N    int
}

// Acts lists the acts that a role answers for, the newest first.
func (e *Engine) Acts(ctx context.Context, viewer aiqyn.Actor, p Page) (List[ActView], error) {
	var out List[ActView]
	kinds := actsOf[viewer.Role]
	if kinds == nil || viewer.Officer == "" {
		return out, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	var rows []store.Entry
	for _, kind := range kinds {
		some, err := e.acts(ctx, kind, before, p.limit()+1)
		if err != nil {
			return out, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b store.Entry) int { return cmp.Compare(b.Index, a.Index) })
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	out.Items, err = e.actViews(ctx, rows)
	return out, err
}

// acts reads the newest entries of one kind of act.
func (e *Engine) acts(ctx context.Context, kind EventKind, before int64, limit int) ([]store.Entry, error) {
	if kind == EventDearer {
		return e.Store.Dearer(ctx, before, limit)
	}
	return e.Store.Acts(ctx, string(kind), before, limit)
}

// actViews opens acts that are the system's own, and names the cases of others.
func (e *Engine) actViews(ctx context.Context, rows []store.Entry) ([]ActView, error) {
	var list []ActView
	var cases []int64
	for _, row := range rows {
		view := ActView{Index: row.Index, Kind: EventKind(row.Kind), At: row.Recorded}
		if row.Case != 0 {
			cases = append(cases, row.Case)
		} else {
			ev, err := e.decodeEntry(row, e.keys.system)
			if err != nil {
				return nil, err
			}
			view.Role, view.Officer = ev.actor.Role, ev.actor.Officer
			view.about(ev)
		}
		list = append(list, view)
	}
	slices.Sort(cases)
	found, err := e.Store.CasesByNo(ctx, slices.Compact(cases))
	if err != nil {
		return nil, err
	}
	refs := make(map[int64]aiqyn.Reference, len(found))
	for _, row := range found {
		if row.Status != string(StatusErased) {
			refs[row.No] = aiqyn.Reference(row.Ref)
		}
	}
	for i, row := range rows {
		list[i].Ref = refs[row.Case]
	}
	return list, nil
}

// about says what an act was about, in a few letters.
func (v *ActView) about(ev *event) {
	switch d := ev.data.(type) {
	case *packSigned:
		v.What, v.From = d.Pack[:min(12, len(d.Pack))], d.From
	case *published:
		v.What, v.From = d.Pack[:min(12, len(d.Pack))], d.From
	case *rostered:
		v.Roster = &RosterShown{Role: d.Role, Body: d.Body, N: len(d.Officers)}
	case *reportErasure:
		v.What = strconv.FormatInt(d.Entry, 10)
	case *classified:
		v.What = d.Subject.String()
	case *tablesAct:
		v.What = d.Network[:min(12, len(d.Network))]
	case *queueTableBrought:
		v.What = d.Source
	case *queueTableAnswered:
		v.What = strconv.FormatInt(d.Table, 10)
	case *attested:
		v.What = strconv.FormatInt(d.Size, 10)
	case *residue:
		v.What = string(d.Service)
	}
}

// attest records that an auditor has recomputed the log.
type attest struct {
	apart
	Attest
	unsigned error
}

func (c *attest) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	c.unsigned = e.signs(ctx, c.actor, c.Signature, "signature")
	if c.unsigned != nil && aiqyn.KindOf(c.unsigned) != aiqyn.Invalid {
		return c.unsigned
	}
	return nil
}

func (c *attest) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	switch {
	case c.actor.Role != aiqyn.RoleAuditor || c.actor.Officer == "":
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case c.Size <= 0 || c.Size > t.s.next:
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 1, "max", t.s.next).On("size")
	case !c.Sound && c.Text == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	case c.unsigned != nil:
		return c.unsigned
	}
	t.emitSystem(EventAttested, c.actor, &attested{Size: c.Size, Sound: c.Sound, Text: c.Text})
	c.finish(t)
	return nil
}

// maxWaiting bounds what one office has before it.
const maxWaiting = 200

// ReportWaiting is a report whose text one of two wants erased.
type ReportWaiting struct {
	Entry  int64 // of the report
	Asked  time.Time
	Ground string
}

// ReportErasures lists reports whose erasure waits for the custodian.
func (e *Engine) ReportErasures(ctx context.Context, viewer aiqyn.Actor) ([]ReportWaiting, error) {
	if viewer.Role != aiqyn.RoleCustodian {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	acts, err := e.actsOf(ctx, EventReportErased, EventReportAsked)
	gone := make(map[int64]bool)
	var list []ReportWaiting
	for _, ev := range acts {
		switch d := ev.data.(*reportErasure); {
		case ev.kind == EventReportErased:
			gone[d.Entry] = true
		case !gone[d.Entry] && ev.actor.Role != viewer.Role:
			list = append(list, ReportWaiting{Entry: d.Entry, Asked: ev.at, Ground: d.Ground})
		}
	}
	return list, err
}

// actsOf returns the newest entries of each kind, kind after kind: what ends a
// matter is asked for first, then what began it and still waits.
func (e *Engine) actsOf(ctx context.Context, kinds ...EventKind) ([]*event, error) {
	var list []*event
	for _, kind := range kinds {
		rows, err := e.Store.Acts(ctx, string(kind), 1<<62, maxWaiting)
		if err != nil {
			return nil, err
		}
		events, err := e.systemEvents(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, events...)
	}
	return list, nil
}

// systemEvents opens entries that belong to no case.
func (e *Engine) systemEvents(rows []store.Entry) ([]*event, error) {
	list := make([]*event, 0, len(rows))
	for _, row := range rows {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return nil, err
		}
		list = append(list, ev)
	}
	return list, nil
}
