package casework

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/ledger"
)

// problemAt reports whether an audit names an entry, with a text if one is given.
func problemAt(rep AuditReport, index int64, what string) bool {
	return slices.ContainsFunc(rep.Problems, func(p Problem) bool {
		return p.Where == fmt.Sprint("entry ", index) && strings.Contains(p.What, what)
	})
}

// TestEntriesMoved drops, exchanges and forges whole records.
func TestEntriesMoved(t *testing.T) {
	r := tamperRig(t)
	r.Engine.Close()
	exec := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			r.raw(s)
		}
	}
	two, err := r.db.EntriesOf(t.Context(), 3, 2)
	if err != nil || len(two) != 2 {
		t.Fatalf("%d entries, %v", len(two), err)
	}
	first, second := two[0].Index, two[1].Index
	exec("CREATE TABLE keep AS SELECT * FROM entry", "CREATE TABLE keep_head AS SELECT * FROM head")
	back := []string{"DELETE FROM entry", "INSERT INTO entry SELECT * FROM keep", "DELETE FROM head", "INSERT INTO head SELECT * FROM keep_head"}
	swap := func(columns ...string) string {
		var set []string
		for _, c := range columns {
			set = append(set, fmt.Sprintf("%s = (SELECT %s FROM keep WHERE idx = %d - entry.idx)", c, c, first+second))
		}
		return fmt.Sprintf("UPDATE entry SET %s WHERE idx IN (%d, %d)", strings.Join(set, ", "), first, second)
	}
	last := r.size() - 1
	for _, c := range []struct {
		name, statement string
		at              int64
		what            string
	}{
		{"drop one", fmt.Sprint("DELETE FROM entry WHERE idx = ", first), first, "is missing"},
		{"drop the last", fmt.Sprint("DELETE FROM entry WHERE idx = ", last), last, "is missing"},
		{"exchange two", swap("leaf", "fields", "sealed", "kind", "recorded"), first, "tile 0/0"},
		{"exchange two sealed parts", swap("sealed"), first, "does not open"},
		{"exchange two leaves", swap("leaf"), second, "is not what its leaf commits to"},
		{"shorten the log", "UPDATE head SET size = size - 1", last - 1, "the head"},
		{"another root", "UPDATE head SET root = (SELECT leaf FROM entry WHERE idx = 1)", last, "root"},
	} {
		exec(c.statement)
		if rep := r.audit(); rep.OK || !problemAt(rep, c.at, c.what) {
			t.Errorf("%s: entry %d is not named: %+v", c.name, c.at, rep.Problems)
		}
		exec(back...)
	}
	forged := r.forgedHead()
	r.raw("UPDATE head SET checkpoint = $1", forged)
	if rep := r.audit(); !problemAt(rep, last, "not signed by the log's key") {
		t.Errorf("a head signed by another key: %+v", rep.Problems)
	}
	exec(back...)
	r.wantClean()
}

// forgedHead is the head's checkpoint, signed by somebody else under the same name.
func (r *rig) forgedHead() string {
	r.t.Helper()
	skey, _, err := ledger.GenerateKey(strings.NewReader(strings.Repeat("x", 64)), "test.aiqyn.example/log")
	if err != nil {
		r.t.Fatal(err)
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		r.t.Fatal(err)
	}
	h, err := r.db.Head(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	signed, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: h.Origin, Size: h.Size, Root: h.Root}, signer)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(signed)
}

// TestLookUpRewritten: somebody with the database and every key rewrites what a
// register had answered, and makes the leaf anew so that the entry itself is in
// order. The audit names the ruling that rested on it, and the tree.
func TestLookUpRewritten(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.granted(holder, plot, 20)
	row, _, err := r.db.CaseByRef(t.Context(), string(ref))
	if err != nil {
		t.Fatal(err)
	}
	key, err := r.keys.unwrap(row.Key)
	if err != nil {
		t.Fatal(err)
	}
	var looked, ruling int64
	for _, ev := range r.entries() {
		if ev.no != row.No {
			continue
		}
		switch ev.kind {
		case EventLookedUp:
			looked = ev.index
		case EventRuled:
			ruling = ev.index
		}
	}
	e, err := r.db.Entry(t.Context(), looked)
	if err != nil {
		t.Fatal(err)
	}
	entry, plain, err := r.openEntry(e, key)
	if err != nil {
		t.Fatal(err)
	}
	rewritten := bytes.Replace(plain, []byte(`"area":600`), []byte(`"area":900`), 1)
	if bytes.Equal(rewritten, plain) {
		t.Fatalf("nothing to rewrite in %s", plain)
	}
	entry.Fields[ledger.FieldPrivate] = ledger.PrivateHash(rewritten)
	leaf := entry.Commitment()
	r.raw(`UPDATE entry SET sealed = $1, leaf = $2 WHERE idx = $3`, seal(key.gcm, rewritten, place(row.No, e.Seq)), leaf[:], looked)
	rep := r.audit()
	if !problemAt(rep, ruling, "rests on other facts") {
		t.Errorf("ruling %d is not named: %+v", ruling, rep.Problems)
	}
	if !problemAt(rep, looked, "tile 0/0") {
		t.Errorf("the tree is not named at %d: %+v", looked, rep.Problems)
	}
	if problemAt(rep, looked, "commits to") {
		t.Errorf("entry %d was made anew and is called inconsistent: %+v", looked, rep.Problems)
	}
}

// TestReceiptBytes changes a receipt byte by byte, as its holder might: none
// verifies, or it is the same receipt.
func TestReceiptBytes(t *testing.T) {
	r := newRig(t)
	ref := r.granted(holder, plot, 20)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	events := r.view(ref).Events
	receipt, err := r.Receipt(t.Context(), me, events[len(events)-1].Index)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Check(t.Context(), receipt); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for at := range receipt {
		changed := bytes.Clone(receipt)
		changed[at] ^= byte(1 + random.IntN(255))
		if v, err := r.Check(t.Context(), changed); err == nil {
			t.Errorf("byte %d %q → %q verifies: %+v", at, receipt[at], changed[at], v)
		}
	}
	for n := range 50 {
		if _, err := r.Check(t.Context(), receipt[:len(receipt)*n/50]); err == nil {
			t.Errorf("the first %d of 50 parts verify", n)
		}
	}
}

// TestExportedLogBytes changes the public files of the log byte by byte. Who
// follows the log from its tiles finds each: the leaves below no longer give
// the signed root, or the checkpoint no longer verifies.
func TestExportedLogBytes(t *testing.T) {
	r := newRig(t)
	for range 80 {
		r.must(ack{Kind: "certificate", ID: r.id()}.command())
	}
	key, err := ledger.ParseKey(r.VerifierKey)
	if err != nil {
		t.Fatal(err)
	}
	fetch := func(path string) []byte {
		t.Helper()
		b, err := r.Tile(t.Context(), path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return bytes.Clone(b)
	}
	checkpoint := fetch("checkpoint")
	c, err := ledger.OpenCheckpoint(checkpoint, key)
	if err != nil {
		t.Fatal(err)
	}
	for at := range checkpoint {
		changed := bytes.Clone(checkpoint)
		changed[at] ^= 1
		if got, err := ledger.OpenCheckpoint(changed, key); err == nil && (got.Size != c.Size || got.Root != c.Root || got.Origin != c.Origin) {
			t.Errorf("checkpoint with byte %d another: %+v", at, got)
		}
	}
	files := map[string][]byte{}
	for index, rest := int64(0), c.Size; rest > 0; index, rest = index+1, rest-256 {
		width := int(min(rest, 256))
		for _, level := range []int{0, ledger.EntriesLevel} {
			path := ledger.TilePath(level, index, width)
			files[path] = fetch(path)
		}
	}
	if err := follow(c.Checkpoint, files); err != nil {
		t.Fatal(err)
	}
	for path, whole := range files {
		for at := 0; at < len(whole); at += 13 {
			changed := bytes.Clone(whole)
			changed[at] ^= 0x10
			files[path] = changed
			if err := follow(c.Checkpoint, files); err == nil {
				t.Errorf("%s with byte %d another is taken for the log", path, at)
			}
		}
		files[path] = whole
	}
}

// follow checks a log from its files as a stranger would: the leaves are those
// of the entries, and make up the root that was signed.
func follow(c ledger.Checkpoint, files map[string][]byte) error {
	t, err := ledger.NewTree(0, nil)
	if err != nil {
		return err
	}
	for index, rest := int64(0), c.Size; rest > 0; index, rest = index+1, rest-256 {
		width := int(min(rest, 256))
		leaves, err := ledger.ParseEntryBundle(files[ledger.TilePath(ledger.EntriesLevel, index, width)])
		if err != nil {
			return err
		}
		tile := files[ledger.TilePath(0, index, width)]
		if len(leaves) != width || len(tile) != width*32 {
			return fmt.Errorf("tile %d has %d leaves and %d bytes", index, len(leaves), len(tile))
		}
		for i, leaf := range leaves {
			hash := ledger.LeafHash(leaf)
			if !bytes.Equal(hash[:], tile[i*32:i*32+32]) {
				return fmt.Errorf("entry %d: %s", index*256+int64(i), hex.EncodeToString(hash[:4]))
			}
			t.Append(hash)
		}
	}
	if t.Root() != c.Root {
		return fmt.Errorf("the leaves give another root")
	}
	return nil
}
