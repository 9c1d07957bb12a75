package casework

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn/ledger"
	"aiqyn/store"
)

// tree hashes the leaves up to the head and holds every stored tile, the head
// and its signature, and all that witnesses cosigned against the result.
func (a *auditor) tree(ctx context.Context) error {
	if err := a.hashed(ctx, a.tiles); err != nil {
		return err
	}
	return a.noMoreTiles(ctx)
}

// noMoreTiles names tiles that the tree does not have, which strangers would get
// all the same, and those of another size than it gives them.
// The log may be growing meanwhile: what is there then must be of a tree between
// the one that is audited and the one that it has become.
func (a *auditor) noMoreTiles(ctx context.Context) error {
	var others []store.TileSize
	for t, err := range a.Store.TileSizes(ctx) {
		if err != nil {
			return err
		}
		if t.Bytes != 32*max(0, tileHashes(a.head.Size, t.Level, t.Index)) && len(others) < auditSlice {
			others = append(others, *t)
		}
	}
	now, err := a.Store.Head(ctx)
	if err != nil {
		return err
	}
	for _, t := range others {
		least, most := tileHashes(a.head.Size, t.Level, t.Index), tileHashes(now.Size, t.Level, t.Index)
		if t.Bytes%32 != 0 || t.Bytes == 0 || t.Bytes < 32*least || t.Bytes > 32*most {
			a.wrong(0, "tile %d/%d is not one that the entries give", t.Level, t.Index)
		}
	}
	return nil
}

// hashed is tree but for the tiles: those that have changed are for the caller,
// who takes them from the tree.
func (a *auditor) hashed(ctx context.Context, tiles func(*ledger.Tree)) error {
	t, err := ledger.NewTree(0, a.Store)
	if err != nil {
		return err
	}
	cosigned, stop := iter.Pull2(a.Store.AllCosigned(ctx))
	defer stop()
	c, failed, more := cosigned()
	var last time.Time
	next := int64(0)
	for e, err := range a.Store.Headers(ctx, 0, a.head.Size) {
		if err != nil {
			return err
		}
		if e.Index != next {
			a.wrong(next, "is missing; entry %d follows", e.Index)
			return nil
		}
		if last, err = follows(e, last); err != nil {
			a.wrong(e.Index, "%v", err)
		}
		next++
		t.Append(ledger.LeafHash(e.Leaf))
		if next%256 == 0 || next == a.head.Size {
			tiles(t)
		}
		for ; more && failed == nil && c.Size <= next; c, failed, more = cosigned() {
			a.cosigned(t, *c)
		}
		if next%auditSlice == 0 {
			a.progress(auditSlice)
		}
	}
	if next != a.head.Size {
		a.wrong(next, "is missing; the head says that there are %d", a.head.Size)
		return nil
	}
	a.signature(t, last)
	if more && failed == nil {
		failed = a.cosignedBeyond(ctx, c)
	}
	return failed
}

// follows checks that an entry was not recorded before the one in front of it,
// and returns when the log was at least. Of an erased entry the day is left.
func follows(e *store.Header, last time.Time) (time.Time, error) {
	const day = 24 * time.Hour
	latest := e.Recorded
	if e.Wiped {
		if e.Left || !e.Recorded.Equal(e.Recorded.Truncate(day)) {
			return last, errors.New("is erased, and more is left of it than its day")
		}
		latest = e.Recorded.Add(day - time.Microsecond)
	}
	if latest.Before(last) {
		return last, errors.New("is recorded before the entry in front of it")
	}
	if e.Recorded.After(last) {
		last = e.Recorded
	}
	return last, nil
}

// tiles holds what the tree has changed against what is stored, and names the
// first entry below each hash that is another.
func (a *auditor) tiles(t *ledger.Tree) {
	for _, tile := range t.Changed() {
		stored, err := a.Store.ReadTile(tile.Level, tile.Index, len(tile.Data)/32)
		for at := 0; at < len(tile.Data); at += 32 {
			if err != nil || !bytes.Equal(stored[at:at+32], tile.Data[at:at+32]) {
				first := (tile.Index*256 + int64(at/32)) << (8 * tile.Level)
				a.wrong(min(first, a.head.Size-1), "tile %d/%d is not what its entries give", tile.Level, tile.Index)
				if err != nil {
					break
				}
			}
		}
	}
}

// signature holds the head against the tree and the log's key.
func (a *auditor) signature(t *ledger.Tree, recorded time.Time) {
	if a.head.Size == 0 {
		return
	}
	last := a.head.Size - 1
	if t.Root() != ledger.Hash(a.head.Root) {
		a.wrong(last, "the head's root is not what the entries give")
	}
	if !a.head.Recorded.Equal(recorded) {
		a.wrong(last, "the head says that it was recorded at another time")
	}
	key, err := ledger.ParseKey(a.VerifierKey)
	if err != nil {
		a.wrong(last, "verifier key: %v", err)
		return
	}
	c, err := ledger.OpenCheckpoint([]byte(a.head.Checkpoint), key)
	if err != nil || c.Origin != a.head.Origin || c.Size != a.head.Size || c.Root != ledger.Hash(a.head.Root) {
		a.wrong(last, "the head is not signed by the log's key")
	}
}

// cosigned holds a cosigned checkpoint against the tree of that size.
func (a *auditor) cosigned(t *ledger.Tree, c store.Cosigned) {
	key, err := ledger.ParseKey(a.VerifierKey)
	if err != nil {
		return // said with the head
	}
	keys := []note.Verifier{key}
	if a.Policy != nil {
		keys = append(keys, a.Policy.WitnessKeys()...)
	}
	signed, err := ledger.OpenCheckpoint([]byte(c.Checkpoint), keys...)
	switch {
	case err != nil || !slices.ContainsFunc(signed.Signatures, func(s ledger.Signature) bool { return s.Name == key.Name() && s.KeyHash == key.KeyHash() }):
		a.wrong(max(0, c.Size-1), "what the witnesses cosigned is not signed by the log's key")
	case signed.Size != c.Size || t.Size() != c.Size || signed.Root != t.Root():
		if !a.forked { // what they cosigned after it is another log too
			a.wrong(max(0, c.Size-1), "the witnesses cosigned another log of this size")
		}
		a.forked = true
	case a.Policy == nil: // nobody's signature but the log's own can be told
	case !a.Policy.Satisfied(signed.Signatures) || !witnessedAt(signed.Signatures).Equal(c.At):
		a.wrong(c.Size-1, "the witnesses cosigned it otherwise or at another time")
	}
}

// cosignedBeyond looks at a cosigned checkpoint of more entries than the audit
// has seen: the log has grown since, or it has lost them.
func (a *auditor) cosignedBeyond(ctx context.Context, c *store.Cosigned) error {
	head, err := a.Store.Head(ctx)
	if err == nil && c.Size > head.Size {
		a.wrong(a.head.Size-1, "the witnesses cosigned %d entries, the log has %d", c.Size, head.Size)
	}
	return err
}

// witnessedAt is when the last of the witnesses signed.
func witnessedAt(sigs []ledger.Signature) (at time.Time) {
	for _, s := range sigs {
		if s.Time.After(at) {
			at = s.Time
		}
	}
	return at.UTC()
}
