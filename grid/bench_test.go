package grid

import (
	"fmt"
	"testing"
	"time"
)

// Benchmarks report beside the time what share of the machine's bandwidth they
// use: x-stream is how many times longer they take than reading the arrays of
// the same tree once for each sweep and doing nothing else.

func BenchmarkFlow(b *testing.B) {
	for _, name := range []string{"kerber_dorfnetz", "composite_1k", "composite_10k"} {
		b.Run(name, func(b *testing.B) {
			m := refModel(b, name)
			f := new(Flow)
			lim := DefaultLimits()
			b.ReportAllocs()
			for b.Loop() {
				if err := m.FlowInto(f, nil, lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSolve is the flow without writing out the result.
func BenchmarkSolve(b *testing.B) {
	for _, name := range []string{"kerber_dorfnetz", "composite_1k", "composite_10k"} {
		m := refModel(b, name)
		w := new(workspace)
		sweeps := 0
		solve := func() {
			sweeps = 0
			for tree := range m.Trees() {
				m.load(w, tree, nil, 0)
				m.flat(w, tree)
				n, ok := m.solve(w, tree, &probe{node: -1})
				if !ok {
					b.Fatal("no solution")
				}
				sweeps = max(sweeps, n)
			}
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				solve()
			}
			own := b.Elapsed() / time.Duration(b.N)
			start, rounds := time.Now(), 0
			for ; rounds < 20 || time.Since(start) < 20*time.Millisecond; rounds++ {
				for range sweeps {
					stream(m)
				}
			}
			b.ReportMetric(float64(own)/float64(time.Since(start)/time.Duration(rounds)), "x-stream")
			b.ReportMetric(float64(sweeps), "sweeps")
		})
	}
}

var sink float64

// stream reads what a sweep reads: eleven arrays.
func stream(m *Model) {
	h := &m.hot
	for _, a := range [][]float64{h.r, h.x, h.z2, h.p, h.q, h.g, h.b, h.r, h.x, h.p, h.q} {
		s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
		for len(a) >= 4 {
			s0, s1, s2, s3 = s0+a[0], s1+a[1], s2+a[2], s3+a[3]
			a = a[4:]
		}
		sink = s0 + s1 + s2 + s3
	}
}

func BenchmarkBusCapacity(b *testing.B) {
	for _, name := range []string{"kerber_dorfnetz", "composite_1k", "composite_10k"} {
		b.Run(name, func(b *testing.B) {
			m := refModel(b, name)
			lim := DefaultLimits()
			w := m.borrow()
			q := m.study(w, 0, nil, lim)
			lo, hi := m.span(0)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q.capacity(1 + i*7919%(hi-lo-1))
			}
		})
	}
}

func BenchmarkTreeCapacity(b *testing.B) {
	for _, name := range []string{"kerber_dorfnetz", "synth_village_1", "mv_oberrhein", "composite_1k"} {
		b.Run(name, func(b *testing.B) {
			m := refModel(b, name)
			lim := DefaultLimits()
			lo, hi := m.span(0)
			b.ReportMetric(float64(hi-lo), "buses")
			for b.Loop() {
				if _, err := m.TreeCapacity(0, nil, lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPoints asks in the middle of a town of some thousands of buses.
func BenchmarkPoints(b *testing.B) {
	for _, size := range []struct{ trees, stations, perStation int }{{1, 6, 16}, {40, 10, 120}} {
		n := randomNetwork(9, size.trees, size.stations, size.perStation)
		m, err := Compile(n)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(m.Buses()), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				at := n.Buses[i*7919%len(n.Buses)]
				if _, err := m.Points(PointsQuery{X: *at.X + 20, Y: *at.Y - 30, LoadW: int64(1000 * (1 + i%40)), Limits: DefaultLimits(), Costs: testCosts()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	data := randomNetwork(9, 10, 10, 100).Encode()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Read(data); err != nil {
			b.Fatal(err)
		}
	}
}
