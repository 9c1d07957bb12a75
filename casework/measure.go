package casework

import (
	"context"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// decided is an entry about which nothing is left to decide.
type decided struct {
	apart
	text string
}

func (d *decided) prepare(context.Context, *Engine) error { return nil }

func (d *decided) decide(t *turn) error {
	t.emitSystem(EventDemanded, d.actor, &demanded{Text: d.text})
	t.result = Result{First: t.s.next, Last: t.s.next}
	return nil
}

// AppendDecided records an entry about which nothing is left to decide: what
// remains is to hash, sign and write it. Measurements of the log use it, on
// databases of their own.
func (e *Engine) AppendDecided(ctx context.Context, text string) (Result, error) {
	r := &request{cmd: &decided{apart: apart{actor: aiqyn.System}, text: text}, reply: make(chan reply, 1)}
	e.queue <- r
	return e.await(ctx, r)
}

// Fill enlarges a database of its own, while no engine is open on it, by
// repeating the entries of one finished case under new numbers: for measuring
// how an engine fares beside many cases. The copies hold their place in the
// tree and in every index; nobody holds their keys. Progress may be nil.
func Fill(ctx context.Context, db *store.DB, example int64, cases int, progress func(done, total int)) error {
	head, err := db.Head(ctx)
	if err != nil {
		return err
	}
	rows, err := db.CasesByNo(ctx, []int64{example})
	if err != nil {
		return err
	}
	entries, err := db.EntriesOf(ctx, example, maxEvents)
	if err != nil {
		return err
	}
	lastCase, _, err := db.LastNumbers(ctx)
	if err != nil {
		return err
	}
	tree, err := ledger.NewTree(head.Size, db)
	if err != nil {
		return err
	}
	f := &filler{db: db, head: head, tree: tree, entries: entries, row: rows[0], keys: newKeyring([32]byte{})}
	for done := 0; done < cases; done += len(f.batch.Cases) {
		f.next(lastCase+int64(done), min(500, cases-done))
		if err := db.Commit(ctx, &f.batch); err != nil {
			return err
		}
		if progress != nil {
			progress(done, cases)
		}
	}
	return nil
}

type filler struct {
	db      *store.DB
	head    store.Head
	tree    *ledger.Tree
	entries []store.Entry
	row     store.Case
	keys    *keyring
	batch   store.Batch
}

// next makes a batch of n copies after case number last. Their checkpoint is
// not signed: the next batch of an engine signs for them.
func (f *filler) next(last int64, n int) {
	b := store.Batch{Was: f.head, Head: f.head}
	for i := range n {
		no := last + int64(i) + 1
		c := f.row
		c.No = no
		name := string(caseID(no))
		c.Ref = string(f.keys.reference(aiqyn.PersonID(name), "fill", 0))
		c.Applicant, c.Object = f.keys.hash("a", name), f.keys.hash("o", name)
		b.Cases = append(b.Cases, c)
		for _, e := range f.entries {
			e.Case, e.Index, e.Recorded = no, f.tree.Size(), f.head.Recorded
			f.tree.Append(ledger.LeafHash(e.Leaf))
			b.Entries = append(b.Entries, e)
		}
	}
	for _, t := range f.tree.Changed() {
		b.Tiles = append(b.Tiles, store.Tile{Level: int64(t.Level), Index: t.Index, Data: t.Data})
	}
	b.Head.Size, b.Head.Root = f.tree.Size(), f.tree.Root()
	f.head, f.batch = b.Head, b
}
