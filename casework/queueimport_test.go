package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// formerQueue is a table of a former system: children by number, each with a day.
func (r *rig) formerQueue(days ...int) *FormerQueue {
	t := &FormerQueue{Service: kindergarten, Source: "old-queue", Hash: strings.Repeat("a", 64)}
	for i, day := range days {
		t.Rows = append(t.Rows, QueueRow{Row: i + 2, Number: string(rune('1' + i)), Applicant: childOf(i), First: time.Date(2025, 1, day, 0, 0, 0, i, r.Zone).Truncate(time.Microsecond)})
	}
	return t
}

// brings commits to a table, and an overseer confirms it.
func (r *rig) brings(table *FormerQueue) {
	r.t.Helper()
	if res := r.commits(table); !res.Again {
		r.must(ConfirmQueue{ID: r.id(), Actor: secondSigner, Entry: table.Entry, Ground: "Held against the former system, 24 rows"})
	}
}

// commits commits to a table that nobody has confirmed.
func (r *rig) commits(table *FormerQueue) Result {
	r.t.Helper()
	c := r.Commitment(table)
	c.ID, c.Actor = aiqyn.CommandID("queue/"+table.Source+"/"+table.Hash), importer
	res := r.must(c)
	table.Entry = res.First
	return res
}

// heedlessPlace gives a place whatever stands against its table: an engine that was
// tampered with.
type heedlessPlace struct{ importPlace }

func (c *heedlessPlace) decide(t *turn) error { return c.give(t) }

// slips gives somebody a place that the engine refuses for a reason of the table.
func (r *rig) slips(table *FormerQueue, i int, refused string) {
	r.t.Helper()
	r.fails(takeOver(table, i), refused)
	c := &heedlessPlace{importPlace{ImportPlace: takeOver(table, i)}}
	c.ID += "/slipped"
	if _, err := r.carryOut(r.t.Context(), c); err != nil {
		r.t.Fatal(err)
	}
}

func takeOver(table *FormerQueue, i int) ImportPlace {
	c := table.Place(i)
	c.ID, c.Actor, c.Lang = aiqyn.CommandID("place/"+table.Source+"/"+table.Rows[i].Number), importer, "kk"
	c.Answers = map[string]string{"language": "kk", "first": "kg-1"}
	return c
}

// TestAFormerQueueKeepsItsDates: everybody has the date of the table, also who has
// filed here meanwhile; what is imported says so wherever it counts, survives leaving
// and coming back, and is the same after a restart, an audit and a rebuild.
func TestAFormerQueueKeepsItsDates(t *testing.T) {
	r := nursery(t, 1, 4)
	r.reports(1, 0)
	own := r.queueUp(0, 1) // files here before the former queue is brought
	r.pass(time.Hour)
	stranger := r.queueUp(3, 1)
	table := r.formerQueue(20, 10, 15)
	for range 2 { // killed in between and begun again
		r.brings(table)
		for i := range table.Rows {
			r.must(takeOver(table, i))
		}
	}
	r.pass(time.Minute)
	place := func(i int) *CaseView {
		t.Helper()
		list, err := r.Mine(t.Context(), payer(childOf(i)), Page{})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("child %d has %d cases, %v", i, len(list.Items), err)
		}
		return r.view(list.Items[0].Ref)
	}
	check := func() {
		t.Helper()
		for i, want := range []int{3, 1, 2, 4} {
			v := place(i)
			q := v.Queue
			if got := q.Lines[0].Position; got != want || (i < 3) != (q.Claim != nil) || i < 3 && !q.First.Equal(table.Rows[i].First) {
				t.Errorf("child %d stands at %d, want %d: %+v %+v", i, got, want, q, q.Claim)
			}
		}
		if c := place(1).Queue.Claim; c.Source != "old-queue" || c.Number != "2" || c.Row != 3 || c.Table != table.Entry {
			t.Errorf("its origin is %+v", c)
		}
		if g := r.Places(kindergarten, PlaceFilter{}, Page{}).Items[0]; g.Waiting != 4 || g.Unproven != 3 {
			t.Errorf("the public reads %+v", g)
		}
	}
	check()
	if place(0).Ref != own {
		t.Error("who had filed here has another case")
	}
	moves, err := r.PositionHistory(t.Context(), payer(childOf(3)), stranger, "kg-1/kk-2023", Page{})
	if err != nil || len(moves.Items) == 0 || moves.Items[0].Kind != EventDateImported {
		t.Errorf("who stands behind is told %+v, %v", moves.Items, err)
	}
	r.reopen()
	check()
	r.sound()
	ref := place(1).Ref
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(1)), Ref: ref})
	r.pass(time.Minute)
	if q := r.view(r.queueUp(1, 1)).Queue; q.Claim == nil || q.Claim.Entry == 0 || !q.First.Equal(table.Rows[1].First) || q.Lines[0].Position != 1 {
		t.Errorf("who came back is %+v", q)
	}
	r.sound()
	if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
	r.open()
	db := r.beside()
	if _, err := db.Exec(`UPDATE queue_place SET claimed = 0 WHERE case_no = 1`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	r.auditFinds("place in the queue is not what its entries give")
	if rep := r.rebuild(); rep.Differed != 1 {
		t.Errorf("the rebuild says %+v", rep)
	}
	r.open()
	r.sound()
}

// TestRowsThatStandAgainstAnImport: each is named by its field, and nothing is written.
func TestRowsThatStandAgainstAnImport(t *testing.T) {
	r := nursery(t, 1, 2)
	r.reports(1, 1)
	ref := r.queueUp(0, 1)
	holdRound(r)
	r.replies(0, ref, "yes")
	r.must(Perform{ID: r.id(), Actor: payer(childOf(0)), Ref: ref, Step: "enrolment", Records: map[string]string{"first-day": "2026-12-01"}})
	r.reports(1, 2)
	table := r.formerQueue(1, 2, 3, 4, 5, 6)
	table.Rows[2].Applicant = "123"
	table.Rows[4].First = r.clock().AddDate(0, 0, 1)
	r.brings(table)
	before := r.view(ref).Queue.Lines
	for i, want := range map[int]string{0: "error.import-placed applicant", 2: "error.iin-wrong applicant", 3: "error.import-unknown applicant", 4: "error.import-future since"} {
		_, err := r.Do(t.Context(), takeOver(table, i))
		e, ok := asError(err)
		if !ok || e.Key+" "+e.Field != want {
			t.Errorf("row %d: %v, want %s", i, err, want)
		}
		if dry, _ := asError(r.CheckPlace(t.Context(), takeOver(table, i))); dry == nil || dry.Key != e.Key {
			t.Errorf("row %d, dry: %v", i, dry)
		}
	}
	for field, answers := range map[string]map[string]string{"first": {"language": "ru", "first": "kg-1"}, "second": {"language": "kk", "first": "kg-1", "second": "kg-7"}} {
		c := takeOver(table, 1)
		c.Answers = answers
		_, err := r.Do(t.Context(), c)
		if e, ok := asError(err); !ok || e.Key != "error.queue-no-group" || e.Field != field {
			t.Errorf("a group that does not suit: %v", err)
		}
	}
	if now := r.view(ref).Queue.Lines; !slices.EqualFunc(before, now, func(a, b LineView) bool { return a.Of == b.Of }) {
		t.Error("something was written")
	}
	for _, role := range []aiqyn.Role{aiqyn.RoleApplicant, aiqyn.RoleHead, aiqyn.RoleInstitution, aiqyn.RoleAuditor} {
		c := takeOver(table, 1)
		c.Actor.Role = role
		if _, err := r.Do(t.Context(), c); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
	r.must(takeOver(table, 1))
	again := takeOver(table, 1)
	again.ID = "later"
	if e, _ := asError(func() error { _, err := r.Do(t.Context(), again); return err }()); e == nil || e.Key != "error.import-earlier" {
		t.Errorf("the same person with no earlier date: %v", e)
	}
	r.sound()
}

// TestForgedFirstDates plays an operator who sells dates: each is found.
func TestForgedFirstDates(t *testing.T) {
	begin := func(t *testing.T) (*rig, *FormerQueue) {
		r := nursery(t, 1, 3)
		r.reports(1, 0)
		table := r.formerQueue(20, 10, 15)
		r.brings(table)
		r.must(takeOver(table, 0))
		return r, table
	}
	t.Run("a row exchanged after the table was committed to", func(t *testing.T) {
		r, table := begin(t)
		table.Rows[1].First = table.Rows[1].First.AddDate(-3, 0, 0)
		r.slips(table, 1, "error.import-no-table")
		r.auditFinds("no table of a former queue has")
	})
	t.Run("somebody else's row", func(t *testing.T) {
		r, table := begin(t)
		table.Rows[2].Applicant = childOf(1)
		r.slips(table, 2, "error.import-no-table")
		r.auditFinds("no table of a former queue has")
	})
	t.Run("no table", func(t *testing.T) {
		r, table := begin(t)
		table.Entry = 0
		r.slips(table, 1, "error.import-no-table")
		r.auditFinds("no table of a former queue has")
	})
	t.Run("a date by hand that is later", func(t *testing.T) {
		r, table := begin(t)
		table.Rows[1].First = r.clock().AddDate(0, 1, 0)
		r.gives(table, 1, importer)
		r.auditFinds("not earlier")
	})
	t.Run("by nobody who may", func(t *testing.T) {
		r, table := begin(t)
		r.gives(table, 1, aiqyn.System)
		r.auditFinds("nobody who may")
	})
	t.Run("let in without a date", func(t *testing.T) {
		r, table := begin(t)
		c := &importPlace{ImportPlace: takeOver(table, 1)}
		if err := c.prepare(t.Context(), r.Engine); err != nil {
			t.Fatal(err)
		}
		if _, err := r.send(t.Context(), &c.file); err != nil {
			t.Fatal(err)
		}
		r.auditFinds("import that gives no date")
	})
}

// gives has a child file, and gives it the date of a row by hand.
func (r *rig) gives(table *FormerQueue, leaf int, by aiqyn.Actor) {
	r.t.Helper()
	c := &giveDate{onCase{cid: r.id(), actor: by, ref: r.queueUp(leaf, 1)}, table, leaf}
	if err := c.onCase.prepare(r.t.Context(), r.Engine); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.send(r.t.Context(), c); err != nil {
		r.t.Fatal(err)
	}
}

// giveDate is an operator's: a date by hand.
type giveDate struct {
	onCase
	table *FormerQueue
	leaf  int
}

func (c *giveDate) prepare(ctx, *Engine) error { return nil }
func (c *giveDate) decide(t *turn) error {
	r, q := c.table.Rows[c.leaf], t.rec.state.Queue
	t.emit(EventDateImported, c.actor, &dateImported{
		First: r.First, Leaf: int64(c.leaf), Number: r.Number, Proof: c.table.tree.Proof(c.leaf), Row: r.Row, Source: c.table.Source, Table: c.table.Entry, Was: q.First}, atStep("offer"))
	return nil
}
