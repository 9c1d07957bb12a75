package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn/ledger"
)

// entryOf is what a history's leaf commits to.
func entryOf(name string) ledger.Entry {
	e := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{1})}
	e.Fields[ledger.FieldReason] = name
	e.Fields[ledger.FieldKind] = map[string]string{"a": "filed", "b": "granted"}[name]
	e.Fields[ledger.FieldSeq] = map[string]string{"a": "1", "b": "2"}[name]
	return e
}

// twoFaced is a log that signs whatever its owner wants somebody to see.
func twoFaced(t *testing.T, signer *ledger.Signer, names ...string) *history {
	t.Helper()
	h := newHistory(t, signer)
	for _, n := range names {
		e := entryOf(n)
		h.tree.Append(ledger.LeafHash(e.Commitment()))
	}
	return h
}

// receipt is what somebody gets of the history's entry.
func (h *history) receipt(t *testing.T, dir, file, name string, index int64) string {
	t.Helper()
	proof, err := ledger.InclusionProof(index, h.tree.Size(), h.tree)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, file)
	data := ledger.NewReceipt(entryOf(name), nil, index, proof, h.note(t)).MarshalCanonical()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (h *history) note(t *testing.T) []byte {
	t.Helper()
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: h.signer.Name(), Size: h.tree.Size(), Root: h.tree.Root()}, h.signer)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// publish writes the history's public files.
func (h *history) publish(t *testing.T, dir string) string {
	t.Helper()
	files := map[string][]byte{"checkpoint": h.note(t)}
	for _, tile := range h.tree.Changed() {
		files[ledger.TilePath(tile.Level, tile.Index, tile.Width())] = tile.Data
	}
	if err := writeAll(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTwoHistories: an operator who shows two people two histories is found as
// soon as they put their receipts side by side, or hold them against a copy of
// the log that somebody else has kept.
func TestTwoHistories(t *testing.T) {
	dir := t.TempDir()
	keys, err := makeKeys(filepath.Join(dir, "k"), "log.example/two-faced")
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "k", verifierKeyFile)
	mine := twoFaced(t, keys.signer, "granted", "b", "c")
	theirs := twoFaced(t, keys.signer, "refused", "b", "c")
	a := mine.receipt(t, dir, "a.json", "granted", 0)
	again := mine.receipt(t, dir, "again.json", "b", 1)
	b := theirs.receipt(t, dir, "b.json", "refused", 0)
	longer := twoFaced(t, keys.signer, "granted", "b", "c", "d", "e")
	copied := longer.publish(t, filepath.Join(dir, "log"))
	tooLong := twoFaced(t, keys.signer, "granted", "b", "c", "d", "e", "f").receipt(t, dir, "long.json", "d", 3)
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"each by itself holds", []string{b}, held, ""},
		{"one history", []string{a, again}, held, ""},
		{"two histories side by side", []string{a, b}, notHeld, "shown two histories"},
		{"the copy has gone through it", []string{a, again, "--log", copied}, held, ""},
		{"the copy has not", []string{b, "--log", copied}, notHeld, "shown two histories"},
		{"the copy is too old to say", []string{tooLong, "--log", copied}, notHeld, "older than the receipt"},
		{"no copy", []string{a, "--log", dir}, unusual, "cannot be read"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"verify", "--key", key}, c.args...), &out, &errs)
		if code != c.code || !strings.Contains(out.String()+errs.String(), c.want) {
			t.Errorf("%s: exit %d\n%s%s", c.name, code, out.String(), errs.String())
		}
	}
	tile := filepath.Join(copied, "tile", "0", "000.p", "5")
	data, err := os.ReadFile(tile)
	if err != nil {
		t.Fatal(err)
	}
	data[0] ^= 1
	if err := os.WriteFile(tile, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"verify", "--key", key, a, "--log", copied}, &errs, &errs); code != unusual || !strings.Contains(errs.String(), "not a whole") {
		t.Errorf("an altered copy: exit %d, %s", code, errs.String())
	}
	if _, err := readSmall(bigFile(t, dir)); err == nil {
		t.Error("a tile of a megabyte was read")
	}
}

func bigFile(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "big")
	if err := os.WriteFile(name, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
