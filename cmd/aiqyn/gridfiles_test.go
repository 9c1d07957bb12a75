package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"aiqyn"
	"aiqyn/grid"
)

// TestAPublishedChangeIsRead: a network that is published as what it changes of another
// is read like a whole one, by whoever has the folder; not under another name, nor when
// either file was altered or the other is missing.
func TestAPublishedChangeIsRead(t *testing.T) {
	base := benchFeeders(1, 1, 2, 2, 5)
	m, err := grid.Compile(base)
	if err != nil {
		t.Fatal(err)
	}
	n, err := base.Measured(m, []grid.Peak{{Trafo: 1, Watt: 77_000}}, grid.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	change := n.ChangeFrom(base, base.Hash()).Encode()
	dir := filepath.Join(t.TempDir(), "networks")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name+".json")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	whole, file := write(base.Hash(), base.Encode()), write(n.Hash(), change)
	got, err := readNetwork(file, "")
	if err != nil || !bytes.Equal(got.Encode(), n.Encode()) {
		t.Fatal(err)
	}
	if _, err := readNetwork(write("another", change), ""); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("under another name: %v", err)
	}
	write(n.Hash(), bytes.Replace(change, []byte(`"p_kw":`), []byte(`"p_kw":1`), 1))
	if _, err := readNetwork(file, ""); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("altered: %v", err)
	}
	write(n.Hash(), change)
	write(base.Hash(), bytes.Replace(base.Encode(), []byte(`"r_ohm":`), []byte(`"r_ohm":1`), 1))
	if _, err := readNetwork(file, ""); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("the other is altered: %v", err)
	}
	if err := os.Remove(whole); err != nil {
		t.Fatal(err)
	}
	if _, err := readNetwork(file, ""); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("the other is missing: %v", err)
	}
}
