package casework

import (
	"context"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// EntryView is what the public sees of an entry: that it is there, and what
// commits to its closed content.
type EntryView struct {
	Index int64
	Leaf  string    // hex
	At    time.Time // recorded; pages show the day only
	Size  int64     // of the log
	Proof string    // tlog-proof of the commitment

	Proven Standing
}

// Receipt returns the receipt of an entry in its canonical form, for those whom
// the case concerns. Its private part stays closed where it names others.
func (e *Engine) Receipt(ctx context.Context, viewer aiqyn.Actor, index int64) ([]byte, error) {
	row, err := e.entry(ctx, index)
	if err != nil {
		return nil, err
	}
	key, rec, err := e.keyFor(ctx, viewer, row)
	if err != nil {
		return nil, err
	}
	x, err := e.strangersOf(ctx, rec, viewer)
	if err != nil {
		return nil, err
	}
	entry, plain, err := e.openEntry(row, key)
	if err != nil {
		return nil, err
	}
	checkpoint, proof, err := e.prove(ctx, index)
	if err != nil {
		return nil, err
	}
	return ledger.NewReceipt(entry, x.private(plain), index, proof, []byte(checkpoint)).MarshalCanonical(), nil
}

func (e *Engine) entry(ctx context.Context, index int64) (store.Entry, error) {
	for row, err := range e.Store.Entries(ctx, index, index+1) {
		if err != nil {
			return store.Entry{}, err
		}
		return *row, nil
	}
	return store.Entry{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// keyFor finds the key that opens an entry, if the viewer may open it, and the case
// that it is of; nil for one of the system's.
func (e *Engine) keyFor(ctx context.Context, viewer aiqyn.Actor, row store.Entry) (*caseKey, *record, error) {
	if err := e.looks(ctx, viewer); err != nil {
		return nil, nil, err
	}
	if row.Case == 0 {
		if viewer.Role == aiqyn.RoleAuditor || viewer.Role == aiqyn.RoleOverseer || viewer.Role == aiqyn.RoleSystem {
			return e.keys.system, nil, nil
		}
		if own, err := e.concerns(ctx, viewer, row.Index); err != nil || own {
			return e.keys.system, nil, err
		}
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	rows, err := e.Store.CasesByNo(ctx, []int64{row.Case})
	if err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 || rows[0].Status == string(StatusErased) {
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.erased")
	}
	rec, err := e.keys.openRecord(rows[0])
	if err != nil {
		return nil, nil, err
	}
	if see(rec, viewer, e.Clock()) < seesAll {
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if err := e.lookedBy(ctx, viewer, rec, LookReceipt); err != nil {
		return nil, nil, err
	}
	return rec.key, rec, nil
}

// openEntry opens a row of the log with the key of its case.
func (e *Engine) openEntry(row store.Entry, key *caseKey) (ledger.Entry, []byte, error) {
	var entry ledger.Entry
	plain, err := openRow(&entry, &row, key, false)
	return entry, plain, err
}

// openRow opens a stored entry into a fresh one and returns its private part, which
// takes the place of the sealed one if that is not needed any more.
func openRow(entry *ledger.Entry, row *store.Entry, key *caseKey, instead bool) ([]byte, error) {
	opened := open
	if instead {
		opened = openInstead
	}
	plain, err := opened(key.gcm, row.Sealed, place(row.Case, row.Seq))
	if err != nil {
		return nil, err
	}
	fields := entry.Fields[:ledger.FieldPrivate]
	rest, more := row.Fields, true
	for i := 0; more && i < len(fields)-1; i++ {
		fields[i], rest, more = strings.Cut(rest, "\n")
	}
	if more {
		fields[len(fields)-1] = rest
	}
	entry.Fields[ledger.FieldPrivate] = ledger.PrivateHash(plain)
	entry.Salts = key.salts(row.Seq)
	return plain, nil
}

// prove returns the strongest checkpoint that holds an entry, with the proof
// that it does.
func (e *Engine) prove(ctx context.Context, index int64) (string, []ledger.Hash, error) {
	e.witness.mu.RLock()
	cosigned := e.witness.last
	e.witness.mu.RUnlock()
	size, checkpoint := cosigned.Size, cosigned.Checkpoint
	if index >= size {
		head, err := e.Store.Head(ctx)
		if err != nil {
			return "", nil, err
		}
		size, checkpoint = head.Size, head.Checkpoint
	}
	proof, err := ledger.InclusionProof(index, size, e.Store)
	return checkpoint, proof, err
}

// Entry returns what anybody may see of an entry.
func (e *Engine) Entry(ctx context.Context, index int64) (EntryView, error) {
	row, err := e.entry(ctx, index)
	if err != nil {
		return EntryView{}, err
	}
	checkpoint, proof, err := e.prove(ctx, index)
	if err != nil {
		return EntryView{}, err
	}
	head, err := e.Store.Head(ctx)
	if err != nil {
		return EntryView{}, err
	}
	text := ledger.Proof{Index: index, Hashes: proof, Checkpoint: checkpoint}
	return EntryView{Index: index, Leaf: ledger.Hash(row.Leaf).String(), At: row.Recorded, Size: head.Size, Proof: text.String(), Proven: e.standing(index)}, nil
}

// Check verifies a receipt with this server's own key and policy. It is a
// convenience: who doubts the server checks offline.
func (e *Engine) Check(_ context.Context, receipt []byte) (ledger.Verdict, error) {
	r, err := ledger.ParseReceipt(receipt)
	if err != nil {
		return ledger.Verdict{}, err
	}
	return e.verifier.Verify(r)
}

// Tile returns one of the log's public files (C2SP tlog-tiles), by its path
// below the log's prefix.
func (e *Engine) Tile(ctx context.Context, path string) ([]byte, error) {
	head, err := e.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if path == "checkpoint" {
		e.witness.mu.RLock()
		cosigned := e.witness.last.Checkpoint
		e.witness.mu.RUnlock()
		if cosigned != "" {
			return []byte(cosigned), nil
		}
		return []byte(head.Checkpoint), nil
	}
	level, index, width, err := ledger.ParseTilePath(path)
	if err != nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found").Because(err)
	}
	if have := (head.Size >> (8 * max(level, 0))) - index*256; int64(width) > have {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if level >= 0 {
		return e.Store.ReadTile(level, index, width)
	}
	leaves, err := e.Store.Leaves(ctx, index*256, index*256+int64(width))
	if err != nil {
		return nil, err
	}
	hashes := make([]ledger.Hash, len(leaves))
	for i, l := range leaves {
		hashes[i] = l
	}
	return ledger.EntryBundle(hashes), nil
}

// Head is the state of the log, for anybody.
func (e *Engine) Head(ctx context.Context) (Head, error) {
	h, err := e.Store.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	waiting, err := e.waiting(ctx, h)
	if err != nil {
		return Head{}, err
	}
	e.witness.mu.RLock()
	defer e.witness.mu.RUnlock()
	out := Head{
		Origin: h.Origin, Size: h.Size, Root: ledger.Hash(h.Root).String(), At: h.Recorded, Checkpoint: h.Checkpoint,
		Witnessed: e.witness.last.Size, WitnessedAt: e.witness.last.At, VerifierKey: e.VerifierKey, Practice: e.Practice,
		Waiting: waiting, Late: e.isLate(waiting),
	}
	if e.Policy != nil {
		out.Needed, out.Policy = e.Policy.Needs(), e.Policy.String()
	}
	for _, w := range e.Witnesses {
		out.Witnesses = append(out.Witnesses, e.witness.seen[w.Name()])
	}
	return out, nil
}
