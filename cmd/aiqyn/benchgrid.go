package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/simulate"
)

// grid measures power flow, free capacity and connection points.
func (b *bench) grid() error {
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"grid.flow.10k", func() error {
			return b.flow("grid.flow.10k", "composite_10k", [4]int{1, 200, 140, 69}, 1.5, 7.8, "3 s")
		}},
		{"grid.flow.100", func() error {
			return b.flow("grid.flow.100", "kerber_dorfnetz", [4]int{1, 4, 2, 54}, 0.02, 0.083, "11.7 ms")
		}},
		{"grid.nation grid.nation.memory", b.nation},
		{"grid.grant", b.grant},
		{"grid.points", b.points},
		{"grid.tile grid.tile.size", b.tiles},
		{"grid.filing.queue", b.filingQueue},
	} {
		if !b.wanted(step.name) {
			continue
		}
		if err := step.run(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// benchNetwork reads a network of the reference data, or makes one of the same
// size (feeders, trunk, stations, buses below each) where there are none.
func benchNetwork(name string, like [4]int) (*grid.Network, error) {
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		return benchFeeders(1, like[0], like[1], like[2], like[3]), nil
	}
	data, err := os.ReadFile(filepath.Join(dir, "grid", "nets", name+".json"))
	if err != nil {
		return nil, err
	}
	return grid.Read(data)
}

// median is how long f takes: half of so many calls take no longer.
func median(calls int, f func() error) (time.Duration, error) {
	took := make(times, calls)
	for i := range took {
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		took[i] = time.Since(began)
	}
	return took.at(0.5), nil
}

// flow measures one power flow on one thread from a flat start, and beside it
// how long it takes to move as many bytes as its sweeps read and write.
func (b *bench) flow(name, network string, like [4]int, goal, peer float64, other string) error {
	n, err := benchNetwork(network, like)
	if err != nil {
		return err
	}
	m, err := grid.Compile(n)
	if err != nil {
		return err
	}
	var f grid.Flow
	limits := grid.DefaultLimits()
	took, err := median(401, func() error { return m.FlowInto(&f, nil, limits) })
	if err != nil {
		return err
	}
	moved := m.SweepBytes()
	from, to := make([]byte, moved/2), make([]byte, moved/2)
	bare, err := median(401, func() error {
		for range f.Sweeps {
			copy(to, from)
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.add(figure{Name: name, Value: ms(took), Unit: "ms", Better: "lower", Goal: goal, Limit: of(ms(bare)),
		LimitName: fmt.Sprintf("%d sweeps of %.1f kB moved and nothing else: %.1f times as long", f.Sweeps, float64(moved)/1e3, float64(took)/float64(bare)),
		Peer:      of(peer), PeerName: "power-grid-model C++ warm, as published for a like machine, not this run; pandapower " + other})
	return nil
}

// nation measures the certified capacity of every bus of an invented nation,
// region by region, on all cores: compiled from the network in memory, answers
// kept. The default run does one region of twenty.
func (b *bench) nation() error {
	regions := 1
	if b.long {
		regions = nationRegions
	}
	debug.FreeOSMemory()
	if err := forgetPeak(); err != nil {
		return err
	}
	answers, digest := make([][]*grid.TreeCapacity, 0, nationRegions), sha256.New()
	var spent time.Duration
	for r := range regions {
		n := benchRegion(r, regionFeeders)
		began := time.Now()
		m, err := grid.Compile(n)
		if err != nil {
			return err
		}
		n = nil
		trees, err := m.CapacityOnCores(nil, grid.DefaultLimits())
		if err != nil {
			return err
		}
		spent += time.Since(began)
		answers = append(answers, trees)
		if err := json.NewEncoder(digest).Encode(trees[0]); err != nil {
			return err
		}
	}
	peak, err := peakBytes()
	if err != nil {
		return err
	}
	buses, broken := 0, 0
	for _, trees := range answers {
		for _, t := range trees {
			buses += len(t.Buses)
			if t.BaseViolation != nil {
				broken++ // its buses have no capacity, which takes no time to find
			}
		}
	}
	b.add(figure{Name: "grid.nation", Value: spent.Seconds() * float64(nationRegions) / float64(regions), Unit: "s", Better: "lower", Goal: 20, Extrapolated: !b.long})
	// What one region needs for working is needed once; its answers stay.
	b.add(figure{Name: "grid.nation.memory", Value: (float64(peak) + float64(answerBytes*feederBuses*regionFeeders)*float64(nationRegions-regions)) / 1e6,
		Unit: "MB", Better: "lower", Goal: 600, Extrapolated: !b.long})
	fmt.Fprintf(b.stderr, "%d buses, %d feeders break a limit as they are, first feeders' answers %x\n", buses, broken, digest.Sum(nil)[:8])
	return nil
}

// answerBytes is what the answer of one bus takes.
const answerBytes = 48

// grant measures what a grant sets off on a tree of a thousand buses: it is
// solved again, the free power of each of its transformers is certified again,
// and their lines are published anew; beside it the same with the certified
// capacity of every bus, which is computed when somebody asks for it.
func (b *bench) grant() error {
	m, err := grid.Compile(benchFeeders(3, 1, 40, 40, 23))
	if err != nil {
		return err
	}
	took, err := republish(m.TreeTrafos)
	if err != nil {
		return err
	}
	all, err := republish(m.TreeCapacity)
	if err != nil {
		return err
	}
	b.add(figure{Name: "grid.grant", Value: ms(took), Unit: "ms", Better: "lower", Goal: 5})
	b.add(figure{Name: "grid.grant.buses", Value: ms(all), Unit: "ms", Better: "lower", Goal: 5})
	return nil
}

// republish is how long it takes to compute a tree after a grant and to write
// the lines of its transformers that have changed.
func republish(compute func(tree int, reserved []grid.Extra, lim grid.Limits) (*grid.TreeCapacity, error)) (time.Duration, error) {
	limits, before := grid.DefaultLimits(), map[int]grid.TrafoCapacity{}
	at, lines := 0, 0
	took, err := median(41, func() error {
		at++
		tree, err := compute(0, []grid.Extra{{Bus: 100 + 7*at%900, Watt: 500}}, limits)
		if err != nil {
			return err
		}
		if tree.BaseViolation != nil {
			return errors.New("the tree breaks a limit: nothing would be computed")
		}
		for _, t := range tree.Trafos {
			if before[t.Trafo] == t {
				continue
			}
			before[t.Trafo] = t
			line, err := json.Marshal(casework.TrafoLine{ID: t.Trafo, SnKVA: t.RatedVA / 1000, FreeW: t.FreeW, LoadPPM: t.LoadPPM, Binding: t.Binding, Element: t.Element})
			if err != nil {
				return err
			}
			lines += len(line)
		}
		return nil
	})
	if err == nil && lines == 0 {
		err = errors.New("no grant has changed a line")
	}
	return took, err
}

// points measures a search for connection points along the streets of a city;
// of the loads asked for, some find their place at once and some nowhere without
// reinforcing.
func (b *bench) points() error {
	n := benchRegion(7, regionFeeders)
	m, err := grid.Compile(n)
	if err != nil {
		return err
	}
	along, err := grid.CompileStreets(benchStreets())
	if err != nil {
		return err
	}
	at := 0
	took, err := median(201, func() error {
		at++
		bus := n.Buses[at*7919%len(n.Buses)]
		_, err := m.PointsByStreets(grid.StreetsQuery{Streets: along, Upgrades: simulate.Upgrades(), PointsQuery: grid.PointsQuery{X: *bus.X + 40, Y: *bus.Y - 25,
			LoadW: int64(1000 * (5 + 3*at%200)), Limits: grid.DefaultLimits(), Costs: illustrativeCosts()}})
		return err
	})
	if err != nil {
		return err
	}
	b.add(figure{Name: "grid.points", Value: ms(took), Unit: "ms", Better: "lower", Goal: 5})
	return nil
}
