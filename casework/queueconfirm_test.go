package casework

import (
	"context"
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// TestAFormerQueueTakesTwo: what an operator has brought gives nobody a place before an
// overseer, who sees what it would do to those who wait here, has confirmed it; who has
// brought it cannot, nobody answers twice, and what was declined gives no place ever,
// but may be brought again.
func TestAFormerQueueTakesTwo(t *testing.T) {
	r := nursery(t, 1, 4)
	r.reports(1, 0)
	r.queueUp(3, 1)
	table := r.formerQueue(20, 10, 15)
	r.commits(table)
	r.pass(time.Minute)
	r.fails(takeOver(table, 0), "error.import-waits")
	waits := func(n int) []BroughtWaiting {
		t.Helper()
		list, err := r.BroughtWaits(t.Context(), secondSigner)
		if err != nil || len(list) != n {
			t.Fatalf("%+v waits, %v", list, err)
		}
		return list
	}
	if w := waits(1)[0]; w.Before != 3 || w.Behind != 1 || w.Rows != 3 || w.By != importer.Officer || w.Own || w.Alone || !w.Earliest.Equal(table.Rows[1].First) || !w.Latest.Equal(table.Rows[0].First) || w.File != table.Hash || w.State != TableWaits {
		t.Errorf("the overseer sees %+v", w)
	}
	if _, err := r.BroughtWaits(t.Context(), importer); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("the operator sees what waits for an overseer: %v", err)
	}
	yes := ConfirmQueue{ID: r.id(), Actor: secondSigner, Entry: table.Entry, Ground: "Held against the former system"}
	bad := func(key string, change func(*ConfirmQueue)) {
		t.Helper()
		c := yes
		c.ID = r.id()
		change(&c)
		r.fails(c, key)
		r.fails(DeclineQueue(c), key)
	}
	bad("error.forbidden", func(c *ConfirmQueue) { c.Actor = importer })
	bad("error.two-signatures", func(c *ConfirmQueue) { c.Actor.Officer = importer.Officer })
	bad("error.answer-required", func(c *ConfirmQueue) { c.Ground = "" })
	bad("error.not-found", func(c *ConfirmQueue) { c.Entry++ })
	no := r.must(DeclineQueue(yes))
	for range 2 {
		bad("error.import-answered", func(*ConfirmQueue) {})
		r.fails(takeOver(table, 0), "error.import-declined")
		if b, err := r.Brought(t.Context(), kindergarten); err != nil || len(b) != 1 || b[0].State != TableDeclined || b[0].Answer != no.First {
			t.Errorf("anybody reads %+v %v", b, err)
		}
		waits(0)
		r.reopen()
	}
	again := r.Commitment(table)
	again.ID, again.Actor = "once more", importer
	table.Entry = r.must(again).First
	r.fails(takeOver(table, 0), "error.import-waits")
	yes.ID, yes.Entry = r.id(), table.Entry
	r.must(yes)
	for i := range table.Rows {
		r.must(takeOver(table, i))
	}
	if b, err := r.Brought(t.Context(), kindergarten); err != nil || len(b) != 2 || b[0].State != TableConfirmed || b[1].State != TableDeclined {
		t.Errorf("anybody reads %+v %v", b, err)
	}
	acts, err := r.Acts(t.Context(), secondSigner, Page{})
	if err != nil || !slices.ContainsFunc(acts.Items, func(a ActView) bool { return a.Kind == EventQueueDeclined && a.What != "" }) {
		t.Errorf("the overseer's acts are %+v %v", acts.Items, err)
	}
	r.sound()
}

// heedlessAnswer says of a former queue whatever it is told to: an engine that was
// tampered with.
type heedlessAnswer struct {
	answerQueue
	svc aiqyn.ServiceID
}

func (c *heedlessAnswer) prepare(ctx context.Context, e *Engine) error {
	return c.apart.prepare(ctx, e)
}
func (c *heedlessAnswer) decide(t *turn) error { return c.write(t, c.svc) }

func (r *rig) answers(table *FormerQueue, by aiqyn.Actor, kind EventKind, ground string) {
	r.t.Helper()
	if _, err := r.carryOut(r.t.Context(), &heedlessAnswer{answerQueue{apart{r.id(), by}, table.Entry, ground, kind}, table.Service}); err != nil {
		r.t.Fatal(err)
	}
}

// TestForgedTables plays an operator who takes a queue over alone: each way is found.
func TestForgedTables(t *testing.T) {
	begin := func(t *testing.T) (*rig, *FormerQueue) {
		r := nursery(t, 1, 3)
		r.reports(1, 0)
		table := r.formerQueue(20, 10)
		r.commits(table)
		return r, table
	}
	bringer := aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: importer.Officer}
	t.Run("nobody has confirmed it", func(t *testing.T) {
		r, table := begin(t)
		r.slips(table, 0, "error.import-waits")
		r.auditFinds("no second person has confirmed")
	})
	t.Run("confirmed when the place was given already", func(t *testing.T) {
		r, table := begin(t)
		r.slips(table, 0, "error.import-waits")
		r.answers(table, secondSigner, EventQueueConfirmed, "x")
		r.auditFinds("no second person has confirmed")
	})
	t.Run("declined", func(t *testing.T) {
		r, table := begin(t)
		r.answers(table, secondSigner, EventQueueDeclined, "x")
		r.slips(table, 0, "error.import-declined")
		r.auditFinds("no second person has confirmed")
	})
	for name, by := range map[string]aiqyn.Actor{"by who has brought it": bringer, "by an operator": {Role: aiqyn.RoleOperator, Officer: "operator-02"}, "by nobody": aiqyn.System} {
		t.Run("confirmed "+name, func(t *testing.T) {
			r, table := begin(t)
			r.answers(table, by, EventQueueConfirmed, "x")
			r.must(takeOver(table, 0))
			r.auditFinds("is not answered by an overseer who has not brought it")
			r.auditFinds("no second person has confirmed")
		})
	}
	t.Run("confirmed after it was declined", func(t *testing.T) {
		r, table := begin(t)
		r.answers(table, secondSigner, EventQueueDeclined, "x")
		r.answers(table, secondSigner, EventQueueConfirmed, "x")
		r.must(takeOver(table, 0))
		r.auditFinds("was answered before")
		r.auditFinds("no second person has confirmed")
	})
	t.Run("without a ground, and of no table", func(t *testing.T) {
		r, table := begin(t)
		r.answers(table, secondSigner, EventQueueConfirmed, "")
		r.auditFinds("without a ground")
		table.Entry--
		r.answers(table, secondSigner, EventQueueConfirmed, "x")
		r.auditFinds("that nobody has brought")
	})
}

// bringsAlone commits to a table as it was done before it took two.
type bringsAlone struct {
	apart
	d queueTableBrought
}

func (c *bringsAlone) decide(t *turn) error {
	if err := t.queueSystem(t.emitSystem(EventQueueTable, c.actor, &c.d)); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

func (r *rig) bringsAs(table *FormerQueue, change func(*queueTableBrought)) {
	r.t.Helper()
	c := r.Commitment(table)
	d := queueTableBrought{File: c.Hash, Root: c.Root, Rows: c.Rows, Service: c.Service, Source: c.Source}
	change(&d)
	res, err := r.carryOut(r.t.Context(), &bringsAlone{apart{r.id(), importer}, d})
	if err != nil {
		r.t.Fatal(err)
	}
	table.Entry = res.First
}

// TestTablesFromBeforeTwo: what one person alone has brought, when that was enough, is
// read as it was, and its dates stand; from the day on that it takes two nobody gets one
// without them, and nothing is brought in the old form.
func TestTablesFromBeforeTwo(t *testing.T) {
	r := nursery(t, 1, 3)
	r.reports(1, 0)
	table := r.formerQueue(20, 10, 15)
	r.bringsAs(table, func(*queueTableBrought) {})
	r.slips(table, 0, "error.import-waits")
	r.sound()
	if w, err := r.BroughtWaits(t.Context(), secondSigner); err != nil || len(w) != 1 || !w[0].Alone || !w[0].Earliest.IsZero() {
		t.Errorf("the overseer sees %+v %v", w, err)
	}
	r.must(ConfirmQueue{ID: r.id(), Actor: secondSigner, Entry: table.Entry, Ground: "Held against the former system"})
	r.must(takeOver(table, 1))
	r.reopen()
	r.sound()
	r.at(tablesTakeTwo.Add(time.Hour))
	r.sound()
	late := r.formerQueue(3, 1, 2)
	late.Source = "older"
	r.bringsAs(late, func(*queueTableBrought) {})
	r.auditFinds("says nothing of its dates")
	r.slips(late, 2, "error.import-waits")
	r.auditFinds("no second person has confirmed")
}

// TestATableThatBelittlesItself: what the overseer reads of a table follows from those
// who waited then, and from the dates that it gives.
func TestATableThatBelittlesItself(t *testing.T) {
	for name, change := range map[string]func(*queueTableBrought){
		"fewer come before somebody": func(d *queueTableBrought) { d.Before-- },
		"nobody falls behind":        func(d *queueTableBrought) { d.Behind = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			r := nursery(t, 1, 4)
			r.reports(1, 0)
			r.queueUp(3, 1)
			table := r.formerQueue(20, 10)
			r.bringsAs(table, func(d *queueTableBrought) {
				d.Before, d.Behind, d.Earliest, d.Latest = 2, 1, table.Rows[1].First, table.Rows[0].First
				change(d)
			})
			r.must(ConfirmQueue{ID: r.id(), Actor: secondSigner, Entry: table.Entry, Ground: "Held against the former system"})
			r.must(takeOver(table, 0))
			r.must(takeOver(table, 1))
			r.auditFinds("whom the people of a former queue come before")
		})
	}
	r := nursery(t, 1, 4)
	r.reports(1, 0)
	table := r.formerQueue(20, 10)
	r.bringsAs(table, func(d *queueTableBrought) { d.Earliest, d.Latest = table.Rows[0].First, table.Rows[0].First })
	r.must(ConfirmQueue{ID: r.id(), Actor: secondSigner, Entry: table.Entry, Ground: "Held against the former system"})
	r.slips(table, 1, "error.import-no-table")
	r.auditFinds("no table of a former queue has")
}
