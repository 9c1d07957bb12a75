package grid

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"aiqyn"
)

func readPGMCase(t *testing.T, name string) []byte {
	data, err := os.ReadFile(filepath.Join(reference(t), "pgm_validation", name, "input.json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPGMReference solves power-grid-model's own validation cases. Their results
// come from other programs and are rounded; tolerances are those of params.json.
func TestPGMReference(t *testing.T) {
	for _, c := range []struct {
		name    string
		u, flow float64 // in V, and in W or var
	}{
		{"1os2msr", 5.1e-3, 20}, {"generic_branch", 4e-6, 1e-2}, {"single-transformer", 1e-6, 1e-3}, {"vision-validation-network", 0.65, 600},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := Read(readPGMCase(t, c.name))
			if err != nil {
				t.Fatal(err)
			}
			m, err := Compile(n)
			if err != nil {
				t.Fatal(err)
			}
			f, err := m.Flow(nil, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			checkPGM(t, f, n, c.name, c.u, c.flow)
		})
	}
}

func checkPGM(t *testing.T, f *Flow, n *Network, name string, tolU, tolFlow float64) {
	data, err := os.ReadFile(filepath.Join(reference(t), "pgm_validation", name, "sym_output.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Data map[string][]struct {
			ID    int
			U     float64
			Angle *float64 `json:"u_angle"`
			PFrom float64  `json:"p_from"`
			QFrom float64  `json:"q_from"`
			IFrom float64  `json:"i_from"`
			PTo   float64  `json:"p_to"`
			QTo   float64  `json:"q_to"`
			ITo   float64  `json:"i_to"`
		}
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for _, want := range out.Data["node"] {
		got, ok := f.Bus(want.ID)
		if !ok {
			t.Fatalf("node %d is missing", want.ID)
		}
		var vn float64
		for _, b := range n.Buses {
			if b.ID == want.ID {
				vn = b.VnKV * 1000
			}
		}
		worst = max(worst, math.Abs(got.VmPU*vn-want.U))
		if math.Abs(got.VmPU*vn-want.U) > tolU {
			t.Errorf("node %d: %.9g V, want %.9g", want.ID, got.VmPU*vn, want.U)
		}
		if want.Angle != nil && math.Abs(wrap(got.VaDeg-*want.Angle*180/math.Pi)) > 1e-3 {
			t.Errorf("node %d: %v°, want %v°", want.ID, got.VaDeg, *want.Angle*180/math.Pi)
		}
	}
	t.Logf("furthest voltage: %.2g V", worst)
	for _, kind := range []string{"line", "link", "transformer", "generic_branch"} {
		for _, want := range out.Data[kind] {
			for _, b := range f.Branches {
				if b.ID != want.ID {
					continue
				}
				for _, d := range []float64{b.PFromKW*1000 - want.PFrom, b.QFromKVAr*1000 - want.QFrom, b.PToKW*1000 - want.PTo, b.QToKVAr*1000 - want.QTo} {
					if math.Abs(d) > tolFlow+1e-4*math.Hypot(want.PFrom, want.QFrom) {
						t.Errorf("%s %d: %+v, want %+v", kind, want.ID, b, want)
						break
					}
				}
				if math.Abs(b.IFromA-want.IFrom) > 0.5+1e-5*want.IFrom || math.Abs(b.IToA-want.ITo) > 0.5+1e-4*want.ITo {
					t.Errorf("%s %d: currents %v, %v A, want %v, %v", kind, want.ID, b.IFromA, b.IToA, want.IFrom, want.ITo)
				}
			}
		}
	}
}

// TestPGMRefused: what cannot be solved is refused with its first element named.
func TestPGMRefused(t *testing.T) {
	for _, c := range []struct {
		name, key, element string
		id                 int
	}{
		{"vision-example", "grid.unsupported", "asym_load", 10},
		{"gaia-example", "grid.unsupported", "asym_load", 9},
		{"pandapower/networks/symmetric/distribution-case", "grid.unsupported", "asym_load", 22},
		{"pandapower/networks/symmetric/transmission-case", "grid.loop", "", 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := Read(readPGMCase(t, c.name))
			if err == nil {
				_, err = Compile(n)
			}
			var e *aiqyn.Error
			if !errors.As(err, &e) || e.Kind != aiqyn.Invalid || e.Key != c.key {
				t.Fatalf("got %v, want %s", err, c.key)
			}
			if id := e.Args["id"]; id != c.id || c.element != "" && e.Args["element"] != c.element {
				t.Errorf("named %v %v, want %s %d", e.Args["element"], id, c.element, c.id)
			}
		})
	}
}
