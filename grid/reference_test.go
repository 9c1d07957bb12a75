package grid

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reference is the folder with networks and results computed by pandapower and
// power-grid-model; see its SOURCES.md.
func reference(t testing.TB) string {
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set: the reference data must be there in CI")
		}
		t.Skip("AIQYN_REFERENCE is not set: no reference data to hold the results against")
	}
	return filepath.Join(dir, "grid")
}

func refNames(t testing.TB) []string {
	files, err := filepath.Glob(filepath.Join(reference(t), "nets", "*.json"))
	if err != nil || len(files) != 13 {
		t.Fatalf("found %d reference networks, want 13 (%v)", len(files), err)
	}
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".json")
	}
	return files
}

func refModel(t testing.TB, name string) *Model {
	data, err := os.ReadFile(filepath.Join(reference(t), "nets", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := Read(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	m, err := Compile(n)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

// refTable reads a reference CSV; nil when there is none of that kind.
func refTable(t testing.TB, file string) []map[string]string {
	f, err := os.Open(filepath.Join(reference(t), "reference", file))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, key := range rows[0] {
			r[key] = row[i]
		}
		out = append(out, r)
	}
	return out
}

func num(t testing.TB, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFlowReference(t *testing.T) {
	for _, name := range refNames(t) {
		t.Run(name, func(t *testing.T) {
			f, err := refModel(t, name).Flow(nil, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			var dv, da, dl, di float64
			buses, branches := refTable(t, name+".bus.csv"), refTable(t, name+".branch.csv")
			if len(buses) == 0 || len(branches) != len(f.Branches) {
				t.Fatalf("the reference has %d buses and %d branches", len(buses), len(branches))
			}
			for _, row := range buses {
				b, ok := f.Bus(int(num(t, row["bus"])))
				if !ok {
					t.Fatalf("bus %s is missing", row["bus"])
				}
				dv = max(dv, math.Abs(b.VmPU-num(t, row["vm_pu"])))
				da = max(da, math.Abs(wrap(b.VaDeg-num(t, row["va_deg"]))))
			}
			for i, row := range branches {
				b := f.Branches[i]
				if strconv.Itoa(b.ID) != row["id"] || b.Kind != row["kind"] {
					t.Fatalf("branch %d is %s %d, want %s %s", i, b.Kind, b.ID, row["kind"], row["id"])
				}
				di = max(di, math.Abs(b.PFromKW-num(t, row["p_from_kw"]))/1000, math.Abs(b.QToKVAr-num(t, row["q_to_kvar"]))/1000)
				if row["loading_pct"] != "" {
					dl = max(dl, math.Abs(b.LoadingPct-num(t, row["loading_pct"])))
				} else if b.LoadingPct != -1 {
					t.Errorf("branch %d has loading %v without a rating", b.ID, b.LoadingPct)
				}
			}
			if dv > 1e-8 || da > 1e-6 || dl > 1e-4 || di > 1e-5 {
				t.Errorf("furthest from the reference: %.2g p.u., %.2g°, %.2g %% loading, %.2g MW", dv, da, dl, di)
			}
			t.Logf("%d sweeps; furthest: %.2g p.u., %.2g°, %.2g %%, %.2g MW", f.Sweeps, dv, da, dl, di)
		})
	}
}

func refReserved(t testing.TB, name string) []Extra {
	data, err := os.ReadFile(filepath.Join(reference(t), "reference", name+".reserved.json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Reserved []struct {
			Bus int
			KW  float64
		}
	}
	if err := json.Unmarshal(data, &in); err != nil {
		t.Fatal(err)
	}
	var out []Extra
	for _, r := range in.Reserved {
		out = append(out, Extra{r.Bus, int64(math.Round(r.KW * 1000))})
	}
	return out
}

func TestCapacityReference(t *testing.T) {
	for _, name := range refNames(t) {
		if underRace && name == "composite_10k" {
			continue
		}
		m := refModel(t, name)
		for _, kind := range []string{"hc", "hc_sample", "hc_after_reserved"} {
			rows := refTable(t, name+"."+kind+".csv")
			if rows == nil {
				continue
			}
			t.Run(name+"."+kind, func(t *testing.T) {
				var reserved []Extra
				if kind == "hc_after_reserved" {
					reserved = refReserved(t, name)
				}
				compareCapacity(t, m, rows, reserved)
			})
		}
	}
}

func compareCapacity(t *testing.T, m *Model, rows []map[string]string, reserved []Extra) {
	trees, err := m.Capacity(reserved, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var all []BusCapacity
	violated := false
	for _, tc := range trees {
		all = append(all, tc.Buses...)
		violated = violated || tc.BaseViolation != nil
	}
	slices.SortFunc(all, func(a, b BusCapacity) int { return a.Bus - b.Bus })
	worst, otherBinding := 0.0, 0
	for _, row := range rows {
		bus, ref := int(num(t, row["bus"])), num(t, row["hc_kw"])
		at := slices.IndexFunc(all, func(b BusCapacity) bool { return b.Bus == bus })
		got := all[at]
		kw := float64(got.FreeW) / 1000
		if kw > ref+0.002 || kw < ref*(1-2e-3)-0.2 {
			t.Errorf("bus %d: %v kW, reference %v", bus, kw, ref)
		}
		if ref > 0 {
			worst = max(worst, (ref-kw)/ref)
		}
		if !violated && (got.Binding != row["binding"] || strconv.Itoa(got.Element) != row["element"]) {
			otherBinding++
			if otherBinding < 4 {
				t.Logf("bus %d: %+v, reference %v", bus, got, row)
			}
		}
	}
	t.Logf("%d buses, at most %.2g below the reference, %d with another binding element", len(rows), worst, otherBinding)
}
