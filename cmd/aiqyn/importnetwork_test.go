package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/simulate"
	"aiqyn/store"
)

// TestImportOfANetwork: another survey takes the place of the one in force; one that
// has lost a transformer below which power is reserved is refused, named, and nothing
// has changed.
func TestImportOfANetwork(t *testing.T) {
	dir := t.TempDir()
	keys, url := filepath.Join(dir, "k"), "sqlite:"+filepath.Join(dir, "real.db")
	call := func(args ...string) (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = run(t.Context(), args, &out, &errs)
		return code, out.String(), errs.String()
	}
	importing := func(file string, more ...string) (int, string, string) {
		return call(append([]string{"import", "--db", url, "--pack", filepath.Join("..", "..", "packs", "kz"), "--keys", keys, "--network", file}, more...)...)
	}
	if code, _, errs := call("keys", "init", "--keys", keys, "--origin", "log.example/import"); code != 0 {
		t.Fatal(errs)
	}
	data, err := os.ReadFile(filepath.Join("..", "..", "grid", "testdata", "networks", "town.json"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := grid.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, n.Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	with := func(do func(*store.DB) error) {
		t.Helper()
		db, err := store.Open(t.Context(), url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := do(db); err != nil {
			t.Fatal(err)
		}
	}
	with(func(*store.DB) error { return nil })
	if code, _, errs := importing(file("first.json")); code != 2 || !strings.Contains(errs, "no network yet") {
		t.Fatalf("before there is one: exit code %d, %s", code, errs)
	}
	trafo := n.Trafos[0].ID
	power := powerInForce{network: n, costs: simulate.Costs(), places: []casework.TrafoPlace{{Trafo: trafo, Name: "ТП-7"}}}
	with(func(db *store.DB) error { return putCapacity(t.Context(), db, power, time.Now()) })
	raw, err := sql.Open("sqlite", filepath.Join(dir, "real.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`INSERT INTO reservation (case_no, share, place, amount, granted, expires) VALUES (1, 'grid.capacity', $1, 12500, 0, $2)`, n.Trafos[0].LV, time.Now().AddDate(1, 0, 0).UnixNano()); err != nil {
		t.Fatal(err)
	}
	inForce := func() (hash string) {
		t.Helper()
		with(func(db *store.DB) error {
			p, err := readPower(t.Context(), db)
			if err == nil {
				hash = p.Network
			}
			return err
		})
		return hash
	}
	was := inForce()

	n.Trafos[0].ID = 999_999
	for _, dry := range [][]string{nil, {"--dry-run"}} {
		code, out, errs := importing(file("lost.json"), dry...)
		if code == 0 || out != "" || !strings.Contains(errs, strconv.Itoa(trafo)+" ТП-7: 12.5 (1)") || inForce() != was {
			t.Errorf("a network that loses it, %v: exit code %d, %s%s", dry, code, out, errs)
		}
	}
	n.Trafos[0].ID, n.Trafos[0].SnKVA = trafo, n.Trafos[0].SnKVA*2
	if code, out, errs := importing(file("bigger.json"), "--dry-run"); code != 0 || !strings.Contains(out, n.Hash()) || inForce() != was {
		t.Errorf("tried: exit code %d, %s%s", code, out, errs)
	}
	if code, out, errs := importing(file("bigger.json")); code != 0 || !strings.Contains(out, n.Hash()) || inForce() != n.Hash() {
		t.Errorf("with a bigger transformer: exit code %d, %s%s", code, out, errs)
	}
}
