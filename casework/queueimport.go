package casework

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/allocation"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

// A queue that was kept elsewhere is taken over with its dates. First the table is
// committed to, in an entry of the system: the hash of its file, how many people it
// has, and the root of a tree over who they are and since when they wait. A second
// person answers it (queueconfirm.go). Only then each gets a case as if they had filed,
// by what registers say today, and an entry of its own that gives it the date of its
// row, with the way to that root. So a date is one that the table had when everybody
// could see that it was brought; that it was true there, nothing proves, and it is
// marked so for good.

// QueueRow is one person of a former queue.
type QueueRow struct {
	Row       int // where it stands in the table
	Number    string
	Applicant aiqyn.PersonID
	First     time.Time // since when they wait
}

// FormerQueue is a former system's queue, with whoever brings it.
type FormerQueue struct {
	Service aiqyn.ServiceID
	Source  string // names the former system
	Hash    string // of the file
	Rows    []QueueRow
	Entry   int64 // that has committed to it
	tree    allocation.Tree
}

// ImportQueue commits to a table before anybody gets a date from it. Brought again,
// it is the same entry.
type ImportQueue struct {
	ID      aiqyn.CommandID
	Actor   aiqyn.Actor // an operator
	Service aiqyn.ServiceID
	Source  string // names the former system
	Hash    string // of the file
	Root    string // of the tree over its rows
	Rows    int64
	Firsts  []int64 // since when its people wait, the earliest first: microseconds
}

// ImportPlace gives somebody the place in a queue that a row of a table claims. Who
// waits here already gets the date if it is earlier than theirs.
type ImportPlace struct {
	ID      aiqyn.CommandID
	Actor   aiqyn.Actor // an operator
	Service aiqyn.ServiceID
	Source  string
	Table   int64 // entry that has committed to it
	Row     QueueRow
	Leaf    int64 // of the row
	Proof   []tlog.Hash
	Answers map[string]string // by question, as typed
	Lang    aiqyn.Lang
}

// Commitment is what commits to a former queue: its tree grows here, where the keys
// are that keep who is in it from whoever tries numbers.
func (e *Engine) Commitment(f *FormerQueue) ImportQueue {
	c := ImportQueue{Service: f.Service, Source: f.Source, Hash: f.Hash, Rows: int64(len(f.Rows))}
	if len(f.Rows) > 0 {
		leaves := make([]tlog.Hash, len(f.Rows))
		for i, r := range f.Rows {
			leaves[i] = e.keys.rowHash(f.Service, f.Source, r)
			c.Firsts = append(c.Firsts, r.First.UnixMicro())
		}
		slices.Sort(c.Firsts)
		f.tree = allocation.NewTree(leaves)
		root := f.tree.Root()
		c.Root = fmt.Sprintf("%x", root[:])
	}
	return c
}

// Place is what gives the person of a row their place, answers apart.
func (f *FormerQueue) Place(row int) ImportPlace {
	return ImportPlace{Service: f.Service, Source: f.Source, Table: f.Entry, Row: f.Rows[row], Leaf: int64(row), Proof: f.tree.Proof(row)}
}

type (
	// queueTableBrought is a former queue that was brought, whole. Earliest and Latest are
	// its first dates, zero in an entry from before a table took two; Before is how many of
	// its people would come before somebody who waited here then, and Behind how many
	// waited here by a later date than its earliest.
	queueTableBrought struct {
		Before   int64           `json:"before,omitempty"`
		Behind   int64           `json:"behind,omitempty"`
		Earliest time.Time       `json:"earliest,omitzero"`
		File     string          `json:"file"` // hash
		Latest   time.Time       `json:"latest,omitzero"`
		Root     string          `json:"root"` // of the tree over its rows
		Rows     int64           `json:"rows"`
		Service  aiqyn.ServiceID `json:"service"`
		Source   string          `json:"source"`
	}
	// dateImported gives a case the first date that a former system claims: the row of
	// the table of an entry, with its leaf and the way from there to the root.
	dateImported struct {
		First  time.Time   `json:"first"`
		Leaf   int64       `json:"leaf"`
		Number string      `json:"number"`
		Proof  []tlog.Hash `json:"proof"`
		Row    int         `json:"row"`
		Source string      `json:"source"`
		Table  int64       `json:"table"` // entry
		Was    time.Time   `json:"was"`
	}
)

// queueChannel is how somebody came who was brought with a queue.
const queueChannel = "queue-import"

// rowHash is a person's leaf of a table. Its salt keeps who is in it from whoever
// tries numbers.
func (k *keyring) rowHash(svc aiqyn.ServiceID, source string, r QueueRow) tlog.Hash {
	salt := k.hash("queue-row", fmt.Sprintf("%s\x00%s\x00%s\x00%s", svc, source, r.Number, r.Applicant))
	return tlog.RecordHash(fmt.Appendf(nil, "%x\n%d\n%s\n%s\n%d\n", salt, r.Row, r.Number, r.Applicant, r.First.UnixMicro()))
}

type importQueue struct {
	apart
	ImportQueue
}

func (c *importQueue) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionImport, access.None); err != nil {
		return err
	}
	if _, err := e.importable(c.Service); err != nil {
		return err
	}
	if _, ok := secretBytes(c.Root); c.Source == "" || c.Rows <= 0 || !ok || int64(len(c.Firsts)) != c.Rows || !slices.IsSorted(c.Firsts) {
		return aiqyn.E(aiqyn.Invalid, "error.import-empty")
	}
	return nil
}

// importable is a service whose queue can be brought from elsewhere.
func (e *Engine) importable(id aiqyn.ServiceID) (*service.Service, error) {
	svc, ok := e.packs.current().Service(id)
	if !ok || svc.Queue == nil || svc.Queue.Slots != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.import-queue")
	}
	return svc, nil
}

func (c *importQueue) decide(t *turn) error {
	done, err := c.once(t)
	if err == nil && !done {
		d := &queueTableBrought{
			Earliest: time.UnixMicro(c.Firsts[0]).UTC(), File: c.Hash, Latest: time.UnixMicro(c.Firsts[len(c.Firsts)-1]).UTC(), Root: c.Root, Rows: c.Rows, Service: c.Service, Source: c.Source,
		}
		var last time.Time
		last, d.Behind = t.e.queues.waitSince(c.Service, d.Earliest)
		before, _ := slices.BinarySearch(c.Firsts, last.UnixMicro())
		d.Before = int64(before)
		ev := t.emitSystem(EventQueueTable, c.actor, d)
		if err := t.queueSystem(ev); err != nil {
			return err
		}
		c.finish(t)
	}
	return err
}

// importPlace opens a case or gives the open one its date.
type importPlace struct {
	file
	ImportPlace
	no int64 // of the case that there is
}

func (c *importPlace) id() aiqyn.CommandID { return c.ImportPlace.ID }
func (c *importPlace) about() int64        { return c.no }
func (c *importPlace) by() aiqyn.Actor     { return c.ImportPlace.Actor }

func (c *importPlace) prepare(ctx ctx, e *Engine) error {
	if c.id() == "" {
		return aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	if err := access.Check(c.by().Role, access.ActionImport, access.None); err != nil {
		return err
	}
	svc, err := e.importable(c.Service)
	if err != nil {
		return err
	}
	if err := e.checkRow(c.Row); err != nil {
		return err
	}
	answers, err := e.checkAnswers(svc, c.ImportPlace.Answers)
	if err != nil {
		return err
	}
	c.file = file{
		File: File{ID: c.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleSystem, Person: c.Row.Applicant}, Service: svc.ID, Channel: queueChannel, Lang: c.ImportPlace.Lang},
		svc:  svc, pack: e.packs.current().Hash(), answers: answers, told: "message.queue-imported", asOf: e.newest.Load(),
	}
	f := &c.file
	f.applicant = e.keys.hash("applicant", string(f.Actor.Behalf()))
	f.name(e)
	if err := f.refer(ctx, e); err != nil || f.was != 0 {
		return err
	}
	if err := f.recall(ctx, e); err != nil {
		return err
	}
	if err := c.stands(); err != nil || c.no != 0 {
		return err
	}
	if err := f.lookUp(ctx, e); err != nil {
		return err
	}
	return c.known(e)
}

// checkRow tells what is wrong with a row by itself.
func (e *Engine) checkRow(r QueueRow) error {
	today := deadline.DateOf(e.Clock().In(e.Zone))
	switch {
	case !e.isNumber(string(r.Applicant)):
		return aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("applicant")
	case r.Number == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("number")
	case r.First.IsZero() || !r.First.Before(today.Start(e.Zone)):
		return aiqyn.E(aiqyn.Invalid, "error.import-future").On("since")
	}
	return nil
}

// stands finds the case in which somebody waits here already. Who has a place here
// does not wait.
func (c *importPlace) stands() error {
	c.no = 0
	if c.kept == nil || c.kept.state.Queue == nil {
		return nil
	}
	switch s := c.kept.state; {
	case s.Queue.State == QueuePlaced:
		return aiqyn.E(aiqyn.Conflict, "error.import-placed").On("applicant")
	case s.Step != "":
		c.no = s.No
	}
	return nil
}

// known refuses whom the register of people does not know.
func (c *importPlace) known(e *Engine) error {
	for _, r := range c.readings {
		if r.Register == registry.PeopleRegister && r.Key == string(c.Row.Applicant) && !r.Found {
			return aiqyn.E(aiqyn.Conflict, "error.import-unknown").On("applicant")
		}
	}
	c.ties = e.tiesTo(e.packs.current().Registers, c.readings, c.Row.Applicant, c.Row.Applicant)
	return nil
}

// CheckPlace tells what would stand against importing a place, and writes nothing.
func (e *Engine) CheckPlace(ctx ctx, cmd ImportPlace) error {
	c := &importPlace{ImportPlace: cmd}
	if err := c.prepare(ctx, e); err != nil || c.was != 0 || c.no != 0 {
		return err
	}
	s := &State{Applicant: c.Row.Applicant, Answers: c.answers, Facts: make(map[string]reading, len(c.readings))}
	for _, r := range c.readings {
		s.Facts[r.Name] = r
	}
	vars, err := e.variables(c.svc, &record{state: s}, e.Clock())
	if err != nil {
		return err
	}
	bar, err := c.svc.Queue.BarOf(vars)
	if err != nil {
		return err
	}
	if bar != nil {
		return aiqyn.E(aiqyn.Conflict, "error.queue-barred", "reason", bar.Text, "fix", bar.Fix)
	}
	_, err = e.groupsFor(c.svc, c.answers, vars, day(e.Clock(), e.Zone))
	return err
}

func (c *importPlace) decide(t *turn) error {
	if c.was == 0 {
		if err := t.e.queues.mayGive(c, t.e.keys.rowHash(c.Service, c.Source, c.Row)); err != nil {
			return err
		}
	}
	return c.give(t)
}

// give opens a case, or takes the open one, and gives it the date.
func (c *importPlace) give(t *turn) error {
	if c.no == 0 {
		if c.was == 0 && len(t.s.filings.about(c.objectKey, c.asOf)) > 0 {
			return errStale // they have filed meanwhile
		}
		if err := c.file.decide(t); err != nil || c.was != 0 {
			return err
		}
	}
	return c.date(t)
}

// date gives the case its first date, if that is the earlier one.
func (c *importPlace) date(t *turn) error {
	s, r := t.rec.state, c.Row
	switch {
	case s.Queue == nil || s.Queue.State == QueuePlaced || s.Queue.State == QueueLeft || s.Queue.State == QueueMoved:
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	case !r.First.Before(s.Queue.First) && c.no == 0:
		return nil // they had waited here since before, and were brought back with that date
	case !r.First.Before(s.Queue.First):
		return aiqyn.E(aiqyn.Conflict, "error.import-earlier", "date", s.Queue.First).On("since")
	}
	t.emit(EventDateImported, c.by(), &dateImported{
		First: r.First, Leaf: c.Leaf, Number: r.Number, Proof: c.Proof, Row: r.Row, Source: c.Source, Table: c.Table, Was: s.Queue.First,
	}, atStep(s.Step))
	return nil
}

// applyDate folds a date that a former system claims.
func (q *queued) applyDate(ev *event, d *dateImported) { q.First, q.Claimed = d.First, ev.index }

// firstFrom is the entry that somebody's first date is from.
func (q *queued) firstFrom() int64 {
	if q.Claimed != 0 {
		return q.Claimed
	}
	return q.Entered
}

// ClaimView is a first date that only a former system claims.
type ClaimView struct {
	Entry  int64 // that gave it
	Table  int64 // entry of the table that it stood in; 0 if an earlier case was given it, as what follows
	Source string
	Number string // in the former queue
	Row    int
}

// claim is where the first date is from, nil if it was given here.
func (v *viewing) claim() *ClaimView {
	q := v.rec.state.Queue
	if q.Claimed == 0 {
		return nil
	}
	view := &ClaimView{Entry: q.Claimed}
	for _, ev := range slices.Backward(v.events) {
		if d, ok := ev.data.(*dateImported); ok && ev.index == q.Claimed {
			view.Table, view.Source, view.Number, view.Row = d.Table, d.Source, d.Number, d.Row
		}
	}
	return view
}
