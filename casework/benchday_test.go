package casework

import (
	"crypto/sha256"
	"encoding/json"
	"runtime"
	"testing"

	"aiqyn/grid"
	"aiqyn/store"
)

// nationOfTrafos is so many feeders of six transformers each, in a square.
func nationOfTrafos(feeders int) *grid.Network {
	was := testNetwork(400)
	n := &grid.Network{Name: "nation", BaseHz: was.BaseHz, Radial: true, CRS: was.CRS}
	bus := func(kv, x, y float64) int {
		id := len(n.Buses) + 1
		n.Buses = append(n.Buses, grid.Bus{ID: id, VnKV: kv, X: &x, Y: &y})
		return id
	}
	for f := range feeders {
		x, y := 500_000+float64(f%100)*2000, 5_660_000+float64(f/100)*2000
		source := bus(10, x, y)
		n.Sources = append(n.Sources, grid.Source{Bus: source, VPU: 1})
		for k := range 6 {
			trafo := was.Trafos[0]
			trafo.ID, trafo.HV, trafo.LV = len(n.Trafos)+1, source, bus(0.4, x+float64(k)*100, y)
			n.Trafos = append(n.Trafos, trafo)
			n.Loads = append(n.Loads, grid.Load{Bus: trafo.LV, PKW: 100})
		}
	}
	return n
}

// BenchmarkAuditOfADay audits a log with one day's publication of 60 000 transformers:
// every figure of it is made again. Beside it stands how long hashing and reading the
// same bytes takes, and how large they are.
func BenchmarkAuditOfADay(b *testing.B) {
	n := nationOfTrafos(10_000)
	m, err := grid.Compile(n)
	if err != nil {
		b.Fatal(err)
	}
	r := newRig(b, func(c *Config) {
		c.Capacity = &Capacity{Tables: Tables{Model: m, Hash: n.Hash(), Limits: grid.DefaultLimits(), Costs: testCosts, Detour: 1300}}
	})
	if err := r.db.PutSnapshot(b.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		b.Fatal(err)
	}
	r.publishPower()
	last, ok, err := r.db.LastPublication(b.Context())
	if err != nil || !ok {
		b.Fatalf("nothing was published: %v", err)
	}
	day, err := snapshotOf(b.Context(), r.db, capacityKind, last.Hash)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("hash and read", func(b *testing.B) {
		b.SetBytes(int64(len(day)))
		for b.Loop() {
			var said publication
			if sum := sha256.Sum256(day); sum == [32]byte{} || json.Unmarshal(day, &said) != nil || len(said.Trafos) != 60_000 {
				b.Fatal("it cannot be read")
			}
		}
	})
	b.Run("audit", func(b *testing.B) {
		b.SetBytes(int64(len(day)))
		b.ReportAllocs()
		for b.Loop() {
			if rep := r.audit(); !rep.OK {
				b.Fatalf("found %+v", rep.Problems)
			}
		}
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.Sys)/(1<<20), "MB-of-the-process")
	})
}
