package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/simulate"
	"aiqyn/store"
)

// TestImportOfMetersAndPeaks is a utility's day at the command line: it registers its
// meters and sends what they have counted. A dry run writes nothing, a table is taken in
// once, and what cannot be is named by row.
func TestImportOfMetersAndPeaks(t *testing.T) { onBoth(t, importMetersInto) }

func importMetersInto(t *testing.T, url string) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	keys := filepath.Join(dir, "k")
	call := func(args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		code = run(t.Context(), args, &stdout, &stderr)
		return code, stdout.String(), stderr.String()
	}
	if code, _, errs := call("keys", "init", "--keys", keys, "--origin", "log.example/import"); code != 0 {
		t.Fatal(errs)
	}
	data, err := os.ReadFile(filepath.Join(root, "grid", "testdata", "networks", "town.json"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := grid.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	trafo := n.Trafos[0].ID
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	power := powerInForce{network: n, costs: simulate.Costs(), places: []casework.TrafoPlace{{Trafo: trafo, Name: "ТП-7"}}}
	if _, err := db.Begin(t.Context(), "log.example/import"); err != nil {
		t.Fatal(err)
	}
	if err := putCapacity(t.Context(), db, power, time.Now()); err != nil {
		t.Fatal(err)
	}
	db.Close()
	entries := func() (size int64) {
		t.Helper()
		db, err := store.Open(t.Context(), url, store.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		head, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return head.Size
	}
	day := time.Now().AddDate(0, 0, -2).Format("2006-01-02")
	for _, c := range []struct {
		name, kind, table string
		more              []string
		code              int
		out, errs         string
		entries           int64 // that came
	}{
		{"tried", "meters", fmt.Sprintf("trafo,meter,since\n%d,M-1,%s\n%d,M-2,%s\n", trafo, day, trafo, day), []string{"--dry-run"}, 0, "Can be imported: 2", "", 0},
		{"registered", "meters", fmt.Sprintf("trafo,meter,since\n%d,M-1,%s\n%d,M-2,%s\n", trafo, day, trafo, day), nil, 0, "Imported: 2", "", 1},
		{"again", "meters", fmt.Sprintf("trafo,meter,since\n%d,M-1,%s\n%d,M-2,%s\n", trafo, day, trafo, day), nil, 0, "Imported: 2", "", 0},
		{"one row cannot be", "meters", fmt.Sprintf("trafo,meter,since\n%d,M-3,%s\n999999,M-4,%s\n", trafo, day, day), nil, 1, "Imported: 0", "3,trafo,", 0},
		{"no table of meters", "meters", "meter,since\nM-1," + day + "\n", nil, 2, "", "trafo", 0},
		{"what they counted", "peaks", fmt.Sprintf("trafo,day,peak_kw,meter\n%d,%s,10.5,M-1\n999999,%s,1,M-1\n", trafo, day, day), nil, 1, "Imported: 1", "3,trafo,", 1},
	} {
		file := filepath.Join(dir, c.kind+".csv")
		if err := os.WriteFile(file, []byte(c.table), 0o600); err != nil {
			t.Fatal(err)
		}
		was := entries()
		code, out, errs := call(append([]string{"import", "--db", url, "--without-standby", "--pack", filepath.Join(root, "packs", "kz"), "--keys", keys, "--" + c.kind, "--in", file}, c.more...)...)
		if came := entries() - was; code != c.code || came != c.entries || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: exit code %d, %d entries, %s%s", c.name, code, came, out, errs)
		}
	}
}
