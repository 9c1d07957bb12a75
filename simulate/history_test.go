package simulate

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/service"
)

func TestHistory(t *testing.T) {
	w := world(t, 1)
	cases := slices.Collect(w.History(5000))
	if len(cases) != 5000 {
		t.Fatalf("%d cases", len(cases))
	}
	known, parcels := make(map[aiqyn.PersonID]bool), make(map[string]bool)
	for _, p := range w.People {
		known[p.IIN] = true
	}
	for _, b := range w.Businesses {
		known[b.BIN] = true
	}
	mine := make(map[string]bool)
	for _, p := range w.Personas {
		mine[p.Parcel] = p.Parcel != ""
	}
	acts, silent, load := make(map[ActKind]int), 0, 0
	for i, c := range cases {
		if i > 0 && c.At.Before(cases[i-1].At) || c.At.After(today) || c.At.Before(today.AddDate(-1, 0, -2)) {
			t.Fatalf("case %d filed at %v", i, c.At)
		}
		if !known[c.Applicant] || c.At.Nanosecond() != 0 {
			t.Fatalf("case %d: %+v", i, c)
		}
		for k, a := range c.Conduct {
			if a.After <= 0 || k > 0 && a.After < c.Conduct[k-1].After || a.After > 60*24*time.Hour {
				t.Fatalf("case %d: act %d after %v", i, k, a.After)
			}
			acts[a.Kind]++
		}
		if c.Service == ServiceConnection {
			if mine[c.Parcel] {
				t.Fatalf("case %d takes the parcel of a persona", i)
			}
			if parcels[c.Parcel] || c.Answers["parcel"] != c.Parcel {
				t.Fatalf("case %d asks again for %s", i, c.Parcel)
			}
			parcels[c.Parcel] = true
			kw, err := strconv.Atoi(c.Answers["load"])
			if err != nil || kw < 1 {
				t.Fatalf("case %d asks for %q", i, c.Answers["load"])
			}
			load += kw
		}
		if c.Silent {
			silent++
		}
	}
	if n := len(parcels); n < 650 || n > 850 || silent < 30 || load > 9*n {
		t.Errorf("%d connections, %d silent, %d kW in all", n, silent, load)
	}
	for _, kind := range []ActKind{ActSurvey, ActGrant, ActRefuse, ActObject, ActAppeal, ActWithdraw, ActCorrect} {
		if acts[kind] < 3 {
			t.Errorf("only %d of %s", acts[kind], kind)
		}
	}
}

// TestHistorySpeaksThePack: services, questions, choices, records and reasons
// are those of the pack that the demonstration runs.
func TestHistorySpeaksThePack(t *testing.T) {
	pack := readPack(t)
	w := generate(t, Config{Seed: 2, People: 4000})
	for c := range w.History(600) {
		s, found := pack.Service(c.Service)
		if !found {
			t.Fatalf("the pack has no service %s", c.Service)
		}
		for name, value := range c.Answers {
			i := slices.IndexFunc(s.Ask, func(q service.Question) bool { return q.Name == name })
			if i < 0 {
				t.Fatalf("%s does not ask for %s", s.ID, name)
			}
			q := s.Ask[i]
			if len(q.Of) > 0 && !slices.ContainsFunc(q.Of, func(c service.Choice) bool { return c.Value == value }) {
				t.Fatalf("%s: %s cannot be %q", s.ID, name, value)
			}
		}
		for _, a := range c.Conduct {
			if a.Reason != "" && !slices.ContainsFunc(s.Refuse, func(r service.Reason) bool { return r.Name == a.Reason }) {
				t.Fatalf("%s has no reason %s", s.ID, a.Reason)
			}
		}
	}
	for _, o := range w.Officers {
		if o.Role != aiqyn.RoleReader && o.Role != aiqyn.RoleSurveyor {
			continue
		}
		if !slices.ContainsFunc(pack.Bodies, func(b service.Body) bool { return b.ID == o.Body }) {
			t.Errorf("the pack has no body %s", o.Body)
		}
	}
}

func readPack(t *testing.T) *service.Pack {
	t.Helper()
	root := "../packs/kz"
	var files []service.File
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".txtar") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		files = append(files, service.File{Name: filepath.ToSlash(name), Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pack, err := service.ParsePack(files)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestAfterWork(t *testing.T) {
	p := planner{}
	friday := time.Date(2026, 11, 20, 17, 30, 0, 0, zone5)
	for _, c := range []struct {
		from  time.Time
		hours float64
		want  time.Time
	}{
		{friday, 0.5, time.Date(2026, 11, 20, 18, 0, 0, 0, zone5)},
		{friday, 2, time.Date(2026, 11, 23, 10, 0, 0, 0, zone5)},
		{friday.Add(12 * time.Hour), 1, time.Date(2026, 11, 23, 10, 0, 0, 0, zone5)},
		{time.Date(2026, 11, 23, 3, 0, 0, 0, zone5), 10, time.Date(2026, 11, 24, 9, 30, 0, 0, zone5)},
	} {
		if got := p.afterWork(c.from, c.hours); !got.Equal(c.want) {
			t.Errorf("%v hours after %v: %v, want %v", c.hours, c.from, got, c.want)
		}
	}
}

// TestPersonas: what the demonstration promises about its people is so.
func TestPersonas(t *testing.T) {
	for seed := range uint64(4) {
		w := world(t, seed)
		model, err := grid.Compile(w.Network)
		if err != nil {
			t.Fatal(err)
		}
		roles := make(map[aiqyn.Role]int)
		byID := make(map[string]Persona)
		people := make(map[aiqyn.PersonID]bool)
		for _, p := range w.Personas {
			if len(p.Title.Missing())+len(p.Try.Missing()) > 0 || p.Phone == "" || people[p.IIN] {
				t.Errorf("persona %+v", p)
			}
			roles[p.Actor.Role]++
			byID[p.ID], people[p.IIN] = p, true
		}
		for _, role := range aiqyn.Roles {
			if role != aiqyn.RoleAnonymous && role != aiqyn.RoleSystem && roles[role] == 0 {
				t.Errorf("seed %d: nobody is %s", seed, role)
			}
		}
		if byID["mother"].Lang != aiqyn.Kazakh {
			t.Errorf("seed %d: the mother speaks %s", seed, byID["mother"].Lang)
		}
		for id, c := range map[string]struct {
			least, most int
			holds       bool
		}{"builder": {3, 5, true}, "builder-no-margin": {0, 0, true}, "stranger": {3, 5, false}, "entrepreneur": {1, 5, true}} {
			p := byID[id]
			at := slices.IndexFunc(w.Parcels, func(x registry.Parcel) bool { return x.Number == p.Parcel })
			holds := slices.ContainsFunc(w.Rights[at].Holders, func(h registry.Holder) bool { return h.Person == cmp.Or(p.Company, p.Actor.Person) })
			result, err := model.Points(grid.PointsQuery{X: w.Parcels[at].X, Y: w.Parcels[at].Y, LoadW: int64(p.KW) * 1000,
				Limits: grid.DefaultLimits(), Costs: Costs()})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(result.Feasible()); n < c.least || n > c.most || holds != c.holds || !result.Certified {
				t.Errorf("seed %d: %s at %s: %d points, holds %v, certified %v", seed, id, p.Parcel, n, holds, result.Certified)
			}
		}
	}
}

// TestTheNeighbourOfASubstation: the part promises that their best point lies below a
// substation that is somebody's, another does not, and no past is kept from the owner.
func TestTheNeighbourOfASubstation(t *testing.T) {
	w := generate(t, Config{Seed: 1, People: 3000})
	if len(w.Substations) != 1 {
		t.Fatalf("%d substations are somebody's", len(w.Substations))
	}
	own := w.Substations[0]
	if h := own.Right.Holders; len(h) != 2 || h[0].Person == h[1].Person {
		t.Fatalf("its owners are %v", h)
	}
	model, err := grid.Compile(w.Network)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range w.Personas {
		switch p.ID {
		case "owner":
			if p.IIN != own.Right.Holders[0].Person || p.Phone == "" {
				t.Errorf("the owner is %s with %q", p.IIN, p.Phone)
			}
		case "co-owner":
			if p.IIN != own.Right.Holders[1].Person || p.Phone == "" {
				t.Errorf("the other owner is %s with %q", p.IIN, p.Phone)
			}
		case "neighbour":
			at := slices.IndexFunc(w.Parcels, func(x registry.Parcel) bool { return x.Number == p.Parcel })
			found, err := model.Points(grid.PointsQuery{X: w.Parcels[at].X, Y: w.Parcels[at].Y, LoadW: int64(p.KW) * 1000, Limits: grid.DefaultLimits(), Costs: Costs()})
			if err != nil {
				t.Fatal(err)
			}
			below := func(q grid.Point) bool { trafo, _ := model.Above(q.Bus); return trafo == own.Trafo }
			if points := found.Feasible(); !below(points[0]) || !slices.ContainsFunc(points, func(q grid.Point) bool { return !below(q) }) {
				t.Errorf("of %d points the first below it: %v", len(points), below(points[0]))
			}
		}
	}
	asks, ok := w.AskingOwners()
	at := slices.IndexFunc(w.Rights, func(r registry.Right) bool { return r.Parcel == asks.Parcel })
	if !ok || !slices.ContainsFunc(w.Rights[at].Holders, func(h registry.Holder) bool { return h.Person == asks.Applicant }) {
		t.Errorf("somebody has asked for %+v", asks)
	}
	for p := range w.History(300) {
		if p.Service == ServiceConnection && p.Parcel == asks.Parcel {
			t.Error("the parcel was asked about before")
		}
	}
	if w.ParcelOf(own.Trafo) != own.Right.Parcel || w.ParcelOf(-1) != "" {
		t.Error("the transformer has another parcel")
	}
}
