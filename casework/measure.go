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

// Filling enlarges a database, while no engine is open on it, by repeating one
// finished case under new numbers: for measuring how an engine fares beside
// many cases. Each copy holds its place in the tree and in every index, and is
// its applicant's to open.
type Filling struct {
	Store    *store.DB
	DataKey  [32]byte
	Example  int64                               // number of the case
	Cases    int                                 // how many more
	Of       func(no int64) aiqyn.PersonID       // whose a copy is
	Made     func(no int64, ref aiqyn.Reference) // optional: told of each copy
	Progress func(done, total int)               // optional
}

// Fill does so. Leaves are the example's own: an audit finds that they are.
func (f Filling) Fill(ctx context.Context) error {
	w, err := f.begin(ctx)
	if err != nil {
		return err
	}
	for done := 0; done < f.Cases; done += len(w.batch.Cases) {
		if err := w.next(min(500, f.Cases-done)); err != nil {
			return err
		}
		if err := f.Store.Commit(ctx, &w.batch); err != nil {
			return err
		}
		if f.Progress != nil {
			f.Progress(done, f.Cases)
		}
	}
	return f.Store.Settle(ctx)
}

// filler is a filling in progress.
type filler struct {
	Filling
	keys    *keyring
	head    store.Head
	tree    *ledger.Tree
	last    int64 // number of a case
	record  *record
	entries []store.Entry
	plain   [][]byte // their private parts
	batch   store.Batch
}

func (f Filling) begin(ctx context.Context) (*filler, error) {
	w := &filler{Filling: f, keys: newKeyring(f.DataKey)}
	var err error
	if w.head, err = f.Store.Head(ctx); err != nil {
		return nil, err
	}
	rows, err := f.Store.CasesByNo(ctx, []int64{f.Example})
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if w.record, err = w.keys.openRecord(rows[0]); err != nil {
		return nil, err
	}
	if w.entries, err = f.Store.EntriesOf(ctx, f.Example, maxEvents); err != nil {
		return nil, err
	}
	for _, e := range w.entries {
		plain, err := open(w.record.key.gcm, e.Sealed, place(e.Case, e.Seq))
		if err != nil {
			return nil, err
		}
		w.plain = append(w.plain, plain)
	}
	if w.last, _, err = f.Store.LastNumbers(ctx); err != nil {
		return nil, err
	}
	w.tree, err = ledger.NewTree(w.head.Size, f.Store)
	return w, err
}

// next makes a batch of n copies. Their checkpoint is not signed: the next batch
// of an engine signs for them.
func (f *filler) next(n int) error {
	b := store.Batch{Was: f.head, Head: f.head}
	for range n {
		f.last++
		row, err := f.copy(f.last)
		if err != nil {
			return err
		}
		b.Cases = append(b.Cases, row)
		for i, e := range f.entries {
			e.Case, e.Index, e.Recorded = f.last, f.tree.Size(), f.head.Recorded
			e.Sealed = seal(f.record.key.gcm, f.plain[i], place(e.Case, e.Seq))
			f.tree.Append(ledger.LeafHash(e.Leaf))
			b.Entries = append(b.Entries, e)
		}
	}
	for _, t := range f.tree.Changed() {
		b.Tiles = append(b.Tiles, store.Tile{Level: int64(t.Level), Index: t.Index, Data: t.Data})
	}
	b.Head.Size, b.Head.Root = f.tree.Size(), f.tree.Root()
	f.head, f.batch = b.Head, b
	return nil
}

// copy makes the row of a copy, about an object of its own.
func (f *filler) copy(no int64) (store.Case, error) {
	rec, s := *f.record, f.record.state.clone()
	of := f.Of(no)
	s.No, s.Applicant = no, of
	s.Ref = f.keys.reference(of, aiqyn.CommandID(caseID(no)), 0)
	s.Object = string(caseID(no))
	rec.state = s
	rec.row.No, rec.row.Ref = no, string(s.Ref)
	rec.row.Applicant, rec.row.Object = f.keys.hash("applicant", string(of)), f.keys.hash("object", string(s.Service)+"\x00"+s.Object)
	if err := rec.sealRow(); err != nil {
		return store.Case{}, err
	}
	if f.Made != nil {
		f.Made(no, s.Ref)
	}
	return rec.row, nil
}
