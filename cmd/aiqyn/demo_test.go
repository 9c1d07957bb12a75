package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// TestBeginning holds that a demonstration can be given in any year: where the
// calendar is not published it is another day there.
func TestBeginning(t *testing.T) {
	for now, want := range map[time.Time]time.Time{
		time.Date(2026, 11, 23, 9, 0, 0, 0, zone): time.Date(2026, 11, 23, 9, 0, 0, 0, zone),
		time.Date(2025, 3, 1, 9, 0, 0, 0, zone):   otherwise,
		time.Date(2031, 3, 1, 9, 0, 0, 0, zone):   otherwise,
	} {
		if got := beginning(now); !got.Equal(want) {
			t.Errorf("at %v it begins on %v, want %v", now, got, want)
		}
	}
	s := &seeding{present: otherwise}
	if got := time.Now().Add(s.offset()); got.Sub(otherwise).Abs() > time.Minute && time.Until(otherwise).Abs() > time.Hour {
		t.Errorf("its clock shows %v", got)
	}
}

// TestClockIsKept moves the clock of a demonstration; it stays moved.
func TestClockIsKept(t *testing.T) {
	ctx := t.Context()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := new(movedClock)
	if err := c.load(ctx, db); err == nil {
		t.Error("a database without an offset was taken for a demonstration's")
	}
	for range 2 {
		if err := c.advance(ctx, db, 36*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	again := new(movedClock)
	if err := again.load(ctx, db); err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(again.now()); ahead < 71*time.Hour || ahead > 73*time.Hour {
		t.Errorf("after a restart it is %v ahead", ahead)
	}
}

// TestMakeRoom clears what an interrupted start has left, and nothing else.
func TestMakeRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := makeRoom(dir); err != nil {
		t.Fatal(err)
	}
	for name := range ours {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeRoom(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	other := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := makeRoom(dir); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("a folder in use: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

func TestWorkingMorning(t *testing.T) {
	friday := time.Date(2026, 11, 20, 17, 0, 0, 0, zone)
	for n := range 500 {
		at := workingMorning(friday, n)
		if at.Weekday() != time.Monday || at.In(zone).Hour() < 9 || at.In(zone).Hour() > 12 || !at.After(friday) {
			t.Fatalf("%d: %v", n, at)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	for _, c := range [][3]string{
		{`{"a":1}`, `{"a":2}`, `a: 1 → 2`},
		{`{"a":[{"b":1},{"b":2}]}`, `{"a":[{"b":1},{"b":3}]}`, `a[1].b: 2 → 3`},
		{`{"a":[1]}`, `{"a":[1,2]}`, `a: [1] → [1,2]`},
		{`{"a":1}`, `{"a":1,"b":null,"c":7}`, `c: null → 7`},
		{`[]`, `{}`, `.: [] → {}`},
		{`{"a":1}`, `{"a": 1}`, `JSON`},
		{`9007199254740993`, `9007199254740992`, `.: 9007199254740993 → 9007199254740992`},
		{`not JSON`, `{}`, `JSON`},
	} {
		if got := firstDifference([]byte(c[0]), []byte(c[1])); got != c[2] {
			t.Errorf("%s, %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// TestRegisters joins registers of other bodies with our own.
func TestRegisters(t *testing.T) {
	file := filepath.Join(t.TempDir(), "registers.json")
	x := map[string]any{
		"server": "https://security-server.example", "client": "KZ/GOV/2002/aiqyn",
		"services": map[string]string{registry.ParcelRegister: "KZ/GOV/1001/cadastre/parcels", registry.PlaceService: "KZ/GOV/1001/cadastre/places"},
	}
	write(t, file, x)
	joined, err := openRegisters(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	routes := joined.(registry.Routes)
	if _, ok := routes[registry.ParcelRegister].(*registry.XRoad); !ok {
		t.Errorf("parcels are read from %T", routes[registry.ParcelRegister])
	}
	if _, ok := routes[registry.PeopleRegister].(*registry.Local); !ok {
		t.Errorf("people are read from %T", routes[registry.PeopleRegister])
	}
	x["services"] = map[string]string{"weather": "KZ/GOV/1001/weather/today"}
	write(t, file, x)
	if _, err := openRegisters(file, nil); err == nil {
		t.Error("a register that nobody knows")
	}
	x["serverr"] = "typing error"
	write(t, file, x)
	if _, err := openRegisters(file, nil); err == nil {
		t.Error("an unknown key")
	}
}

// TestProgress writes one line per stage where nobody watches a bar.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	for i := range 100 {
		p.show("first", i, 100)
	}
	p.show("second", 0, 0)
	p.end()
	if got := out.String(); strings.Count(got, "\n") != 2 || strings.Contains(got, "\r") {
		t.Errorf("%q", got)
	}
	p.live = true
	out.Reset()
	p.show("third", 50, 100)
	if got := out.String(); !strings.Contains(got, "50%  third") {
		t.Errorf("%q", got)
	}
}

func TestCalledAs(t *testing.T) {
	for program, want := range map[string]string{"/usr/local/bin/aiqyn": "aiqyn", "/tmp/go-build123/b001/exe/aiqyn": "go run ./cmd/aiqyn"} {
		if got := calledAs(program); got != want {
			t.Errorf("%s: %q", program, got)
		}
	}
}
