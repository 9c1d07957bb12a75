package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/simulate"
	"aiqyn/store"
)

// TestImportOfANetwork: another survey is asked for in the place of the one in force, and
// waits for an overseer; one that has lost a transformer below which power is reserved is
// refused, named, and nothing has changed. What was in force by the setting of an older
// version becomes the first entry.
func TestImportOfANetwork(t *testing.T) { onBoth(t, importNetworkInto) }

func importNetworkInto(t *testing.T, url string) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	keys := filepath.Join(dir, "k")
	offline := &call{ctx: t.Context(), stderr: new(bytes.Buffer)}
	call := func(args ...string) (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = run(t.Context(), args, &out, &errs)
		return code, out.String(), errs.String()
	}
	importing := func(file string, more ...string) (int, string, string) {
		return call(append([]string{"import", "--db", url, "--without-standby", "--pack", filepath.Join(root, "packs", "kz"), "--keys", keys, "--network", file, "--reason", "works", "--why", "TP-7 was replaced", "--operator", "operator-01"}, more...)...)
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
	with(func(db *store.DB) error { _, err := db.Begin(t.Context(), "log.example/import"); return err })
	if code, _, errs := importing(file("first.json")); code != 2 || !strings.Contains(errs, "no network yet") {
		t.Fatalf("before there is one: exit code %d, %s", code, errs)
	}
	trafo := n.Trafos[0].ID
	power := powerInForce{network: n, costs: simulate.Costs(), places: []casework.TrafoPlace{{Trafo: trafo, Name: "ТП-7"}}}
	with(func(db *store.DB) error { return putCapacity(t.Context(), db, power, time.Now()) })
	raw, err := behind(url)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`INSERT INTO reservation (case_no, share, place, amount, granted, expires) VALUES (1, 'grid.capacity', $1, 12500, 0, $2)`, n.Trafos[0].LV, time.Now().AddDate(1, 0, 0).UnixNano()); err != nil {
		t.Fatal(err)
	}
	opened := func(do func(o *office)) {
		t.Helper()
		f := importFlags{serve: serveFlags{url: url, pack: filepath.Join(root, "packs", "kz"), keys: keys, alone: true}}
		o, err := f.office(offline)
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		do(o)
	}
	inForce := func() (entry int64, hash string) {
		t.Helper()
		opened(func(o *office) {
			if v, ok, err := o.TablesInForce(t.Context()); err != nil {
				t.Error(err)
			} else if ok {
				entry, hash = v.Entry, v.Network
			}
		})
		return entry, hash
	}
	was := n.Hash()
	n.Trafos[0].ID = 999_999
	for _, dry := range [][]string{{"--dry-run"}, nil, {"--dry-run"}} {
		code, out, errs := importing(file("lost.json"), dry...)
		if _, is := inForce(); code == 0 || out != "" || is != "" && is != was {
			t.Errorf("a network that loses it, %v: exit code %d, %s%s", dry, code, out, errs)
		}
		if named := strings.Contains(errs, strconv.Itoa(trafo)+" ТП-7: 12.5 (1)"); !named && !strings.Contains(errs, "No entry names the tables") {
			t.Errorf("a network that loses it, %v: %s", dry, errs)
		}
	}
	n.Trafos[0].ID, n.Trafos[0].SnKVA = trafo, n.Trafos[0].SnKVA*2
	if code, out, errs := importing(file("bigger.json"), "--dry-run"); code != 0 || !strings.Contains(out, n.Hash()) || !strings.Contains(out, "transformer: 0 added, 0 removed, 1 changed") {
		t.Errorf("tried: exit code %d, %s%s", code, out, errs)
	}
	if code, _, errs := importing(file("bigger.json"), "--reason", "because"); code == 0 {
		t.Errorf("for no reason of the list: %s", errs)
	}
	first, _ := inForce()
	code, out, errs := importing(file("bigger.json"), "--detour", "1400")
	if _, is := inForce(); code != 0 || !strings.Contains(out, "waits for an overseer") || is != was {
		t.Errorf("with a bigger transformer: exit code %d, %s%s", code, out, errs)
	}
	opened(func(o *office) {
		overseer := aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
		list, err := o.TablesWait(t.Context(), overseer)
		if err != nil || len(list) != 1 || list[0].By != "operator-01" || list[0].Was != first {
			t.Fatalf("the overseer sees %+v %v", list, err)
		}
		if _, err := o.Do(t.Context(), casework.ConfirmTables{ID: "yes", Actor: overseer, Entry: list[0].Entry, Ground: "Held against the act of works"}); err != nil {
			t.Fatal(err)
		}
	})
	if _, is := inForce(); is != n.Hash() {
		t.Errorf("confirmed, %s is in force", is)
	}
	if code, _, errs := importing(file("bigger.json")); code == 0 || !strings.Contains(errs, "in force already") {
		t.Errorf("brought again: exit code %d, %s", code, errs)
	}
	for name, args := range map[string][]string{
		"prices with a field of their own": {"--costs", put(t, dir, `{"levels":[],"tariff":1}`)}, "prices of nothing": {"--costs", put(t, dir, `{"from":"","levels":[],"max_route_m":1,"source":""}`)},
		"two tables of places": {"--places", put(t, dir, `{"trafos":[]}{}`)}, "no streets": {"--streets", put(t, dir, `[]`)}, "a negative upgrade": {"--upgrades", put(t, dir, `{"conductors":[],"trafos":[{"rated_va":-1}]}`)},
	} {
		if code, out, _ := importing(file("bigger.json"), append(args, "--dry-run")...); code == 0 {
			t.Errorf("%s: taken: %s", name, out)
		}
	}
}

// put writes a file of its own.
func put(t *testing.T, dir, text string) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "*.json")
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
