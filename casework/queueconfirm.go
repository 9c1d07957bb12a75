package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aiqyn"
	"aiqyn/access"
)

// A table of a former queue is the word of one person until another has looked at it:
// an overseer, who holds the file against its hash and the former system, and confirms
// it or declines it with a ground. Nobody gets a place from a table before it was
// confirmed.

// tablesTakeTwo is since when no table gives a date that one person alone has brought.
// Dates given before from a table of that time stay what they were.
var tablesTakeTwo = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// ConfirmQueue is an overseer's yes to a former queue: its dates may be given.
type ConfirmQueue struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor
	Entry  int64  // that has committed to the table
	Ground string // what it was held against
}

// DeclineQueue is an overseer's no: it never gives a place. The same table may be
// brought again.
type DeclineQueue ConfirmQueue

// queueTableAnswered is what the second person says of a former queue.
type queueTableAnswered struct {
	Ground  string          `json:"ground"`
	Service aiqyn.ServiceID `json:"service"`
	Table   int64           `json:"table"` // entry
}

// formerTable is a former queue that was brought, and what was answered.
type formerTable struct {
	*queueTableBrought
	by       aiqyn.Actor // who has brought it
	answered EventKind   // "": nobody has
}

// table folds an event about a queue that was brought, and says how that is undone.
func (q *queue) table(ev *event) (undo func()) {
	if q.tables == nil {
		q.tables = make(map[int64]*formerTable)
	}
	switch d := ev.data.(type) {
	case *queueTableBrought:
		q.tables[ev.index] = &formerTable{queueTableBrought: d, by: ev.actor}
		return func() { delete(q.tables, ev.index) }
	case *queueTableAnswered:
		if t := q.tables[d.Table]; t != nil {
			was := t.answered
			t.answered = ev.kind
			return func() { t.answered = was }
		}
	}
	return func() {}
}

// waitSince is the latest first date of those who wait for a service, zero if nobody
// does, and how many wait by a later one than a date.
func (qs *queues) waitSince(svc aiqyn.ServiceID, date time.Time) (last time.Time, later int64) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil {
		return q.waitSince(date)
	}
	return last, 0
}

func (q *queue) waitSince(date time.Time) (last time.Time, later int64) {
	for _, w := range q.waits {
		if w.first.After(last) {
			last = w.first
		}
		if w.first.After(date) {
			later++
		}
	}
	return last, later
}

// answerQueue is a second person's word on a former queue.
type answerQueue struct {
	apart
	entry  int64
	ground string
	kind   EventKind
}

func (c *answerQueue) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	return access.Check(c.actor.Role, access.ActionConfirmQueue, access.None)
}

func (c *answerQueue) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	table := t.e.queues.tableOf(c.entry)
	switch {
	case table == nil:
		return aiqyn.E(aiqyn.NotFound, "error.not-found").On("entry")
	case table.answered != "":
		return aiqyn.E(aiqyn.Conflict, "error.import-answered").On("entry")
	case c.ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	if err := t.countersigned(access.ActQueue, table.by, c.actor); err != nil {
		return err
	}
	return c.write(t, table.Service)
}

func (c *answerQueue) write(t *turn, svc aiqyn.ServiceID) error {
	ev := t.emitSystem(c.kind, c.actor, &queueTableAnswered{Ground: c.ground, Service: svc, Table: c.entry})
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// tableOf is a copy of the table that an entry has committed to; nil if none has.
func (qs *queues) tableOf(entry int64) *formerTable {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	for _, q := range qs.of {
		if t := q.tables[entry]; t != nil {
			is := *t
			return &is
		}
	}
	return nil
}

// mayGive reports why a place is not given: its row is in no table that was confirmed.
func (qs *queues) mayGive(c *importPlace, leaf tlog.Hash) error {
	table := qs.tableOf(c.Table)
	switch {
	case table == nil || table.Service != c.Service || table.Source != c.Source || !table.has(&dateImported{First: c.Row.First, Leaf: c.Leaf, Proof: c.Proof}, leaf):
		return aiqyn.E(aiqyn.Conflict, "error.import-no-table")
	case table.answered == EventQueueDeclined:
		return aiqyn.E(aiqyn.Conflict, "error.import-declined", "entry", c.Table)
	case table.answered != EventQueueConfirmed:
		return aiqyn.E(aiqyn.Conflict, "error.import-waits", "entry", c.Table)
	}
	return nil
}

// has reports whether a leaf is in the table where a date says, and within its dates.
func (d *queueTableBrought) has(date *dateImported, leaf tlog.Hash) bool {
	root, ok := secretBytes(d.Root)
	within := d.Earliest.IsZero() || !date.First.Before(d.Earliest) && !date.First.After(d.Latest)
	return ok && within && tlog.CheckRecord(date.Proof, d.Rows, tlog.Hash(root), date.Leaf, leaf) == nil
}

// TableState is how far a former queue is that was brought.
type TableState string

// States of a former queue.
const (
	TableWaits     TableState = "waits"     // for an overseer
	TableConfirmed TableState = "confirmed" // its dates may be given
	TableDeclined  TableState = "declined"
)

// BroughtView is a former system's queue that was brought, as anybody may see it.
type BroughtView struct {
	Service          aiqyn.ServiceID
	Source           string
	File             string // hash
	Rows             int64  // people in it
	Earliest, Latest time.Time
	Before           int64 // of its people, who would come before somebody who waited here then
	Behind           int64 // of those who waited here then, by a later date than its earliest
	Entry            int64
	At               time.Time
	State            TableState
	Alone            bool   // from before a table took two
	Answer           int64  // entry; 0: nobody has answered
	Ground           string // of the answer; for officers
}

// BroughtWaiting is one as who answers it sees it: with who has brought it.
type BroughtWaiting struct {
	BroughtView
	By  aiqyn.OfficerID
	Own bool // the viewer has brought it, and cannot answer it
}

const (
	// mostBrought is how many former queues are shown, the newest.
	mostBrought = 50
	// mostTables is in how many of the newest former queues these are looked for.
	mostTables = 1000
)

// Brought lists the former queues that were brought for a service, the newest first.
func (e *Engine) Brought(ctx context.Context, svc aiqyn.ServiceID) (list []BroughtView, err error) {
	tables, err := e.formerTables(ctx)
	for _, t := range tables {
		if t.Service == svc && len(list) < mostBrought {
			list = append(list, t.BroughtView)
		}
	}
	return list, err
}

// BroughtWaits lists the former queues that wait for an overseer, the newest first.
func (e *Engine) BroughtWaits(ctx context.Context, viewer aiqyn.Actor) (list []BroughtWaiting, err error) {
	if err := access.Check(viewer.Role, access.ActionConfirmQueue, access.None); err != nil {
		return nil, err
	}
	tables, err := e.formerTables(ctx)
	for _, t := range tables {
		if t.State == TableWaits && len(list) < mostBrought {
			t.Own = t.By == viewer.Officer
			list = append(list, t)
		}
	}
	return list, err
}

// formerTables reads the newest former queues from the log, the newest first.
func (e *Engine) formerTables(ctx context.Context) (list []BroughtWaiting, err error) {
	answers := make(map[int64]*event)
	for _, kind := range []EventKind{EventQueueConfirmed, EventQueueDeclined} {
		rows, err := e.Store.Acts(ctx, string(kind), noEntry, mostTables)
		if err != nil {
			return nil, err
		}
		events, err := e.systemEvents(rows)
		if err != nil {
			return nil, err
		}
		for _, ev := range events {
			answers[ev.data.(*queueTableAnswered).Table] = ev
		}
	}
	rows, err := e.Store.Acts(ctx, string(EventQueueTable), noEntry, mostTables)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return nil, err
		}
		list = append(list, broughtView(ev, answers[ev.index]))
	}
	return list, nil
}

func broughtView(ev, answer *event) BroughtWaiting {
	d := ev.data.(*queueTableBrought)
	v := BroughtWaiting{By: ev.actor.Officer, BroughtView: BroughtView{
		Service: d.Service, Source: d.Source, File: d.File, Rows: d.Rows, Earliest: d.Earliest, Latest: d.Latest, Before: d.Before, Behind: d.Behind,
		Entry: ev.index, At: ev.at, State: TableWaits, Alone: d.Earliest.IsZero(),
	}}
	if answer != nil {
		v.Answer, v.Ground = answer.index, answer.data.(*queueTableAnswered).Ground
		v.State = TableConfirmed
		if answer.kind == EventQueueDeclined {
			v.State = TableDeclined
		}
	}
	return v
}

// answersStand holds what was said of former queues to whom it was said by, and to
// whether anything was to be said.
func (f *queueFolds) answersStand(wrong func(int64, string, ...any)) {
	slices.SortFunc(f.answers, func(a, b *event) int { return cmp.Compare(a.index, b.index) })
	before := make(map[int64]bool)
	for _, ev := range f.answers {
		d := ev.data.(*queueTableAnswered)
		if err := f.answerOf(ev, d, before[d.Table]); err != nil {
			wrong(ev.index, "%v", err)
		}
		before[d.Table] = true
	}
}

func (f *queueFolds) answerOf(ev *event, d *queueTableAnswered, before bool) error {
	table := f.tables[d.Table]
	switch {
	case table == nil || d.Table >= ev.index || table.data.(*queueTableBrought).Service != d.Service:
		return fmt.Errorf("answers a table of a former queue that nobody has brought")
	case before:
		return fmt.Errorf("answers a table of a former queue that was answered before")
	case d.Ground == "":
		return fmt.Errorf("answers a table of a former queue without a ground")
	case access.Countersigned(access.ActQueue, table.actor, ev.actor) != nil:
		return fmt.Errorf("a table of a former queue is not answered by an overseer who has not brought it")
	}
	return nil
}

// confirmed reports whether a date was given when a second person had confirmed its
// table, and nobody had declined it before. Of a table that one person brought alone,
// dates stand that are from then.
func (f *queueFolds) confirmed(ev *event, table *event) bool {
	for _, a := range f.answers {
		if a.data.(*queueTableAnswered).Table == table.index && a.index < ev.index {
			return a.kind == EventQueueConfirmed && f.answerOf(a, a.data.(*queueTableAnswered), false) == nil
		}
	}
	return table.data.(*queueTableBrought).Earliest.IsZero() && ev.at.Before(tablesTakeTwo)
}

// toldTable holds what a table says of those who waited when it was brought.
func (t *queueTelling) toldTable(ev *event, d *queueTableBrought) {
	if d.Earliest.IsZero() {
		if !ev.at.Before(tablesTakeTwo) {
			t.wrong(ev.index, "brings a table of a former queue that says nothing of its dates")
		}
		return
	}
	if len(t.queueFolds.erased[d.Service]) > 0 {
		return // who waited then cannot be told to the last
	}
	last, behind := t.qs.at(d.Service).waitSince(d.Earliest)
	before := int64(0)
	for _, c := range t.queueFolds.claimed {
		if c.table == ev.index && c.first.Before(last) {
			before++
		}
	}
	if behind != d.Behind || before > d.Before || d.Latest.Before(d.Earliest) || d.Before > d.Rows {
		t.wrong(ev.index, "says otherwise than it is whom the people of a former queue come before")
	}
}
