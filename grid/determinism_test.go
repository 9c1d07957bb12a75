package grid

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestBitForBit holds every bit of the solved states and every capacity of the
// corpus networks to a digest: another processor, compiler or order of work that
// rounds differently is found here.
func TestBitForBit(t *testing.T) {
	const want = "cc181f46e792beca9606baa2f3a4f8ae67dac466df7fcdab4c367d5d7d1af393"
	models := corpusModels(t)
	h := sha256.New()
	var hashes []string
	for hash := range models {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes)
	for _, hash := range hashes {
		m := models[hash]
		w := m.borrow()
		for tree := range m.Trees() {
			if !m.base(w, tree, nil, DefaultLimits()) {
				t.Fatal("no solution")
			}
			lo, _ := m.span(tree)
			for _, bus := range m.TreeBuses(tree) {
				k, _ := m.node(bus)
				binary.Write(h, binary.LittleEndian, math.Float64bits(w.u[k-lo]))
			}
		}
		all, err := m.Capacity(nil, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		h.Write([]byte(asJSON(t, all)))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// TestConcurrent: many askers of one model get what one gets.
func TestConcurrent(t *testing.T) {
	m := randomModel(t, 4, 6, 3, 10)
	lim := DefaultLimits()
	alone, err := m.Capacity(nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for tree := m.Trees() - 1; tree >= 0; tree-- {
				got, err := m.TreeCapacity(tree, nil, lim)
				if err != nil || asJSON(t, got) != asJSON(t, alone[tree]) {
					t.Errorf("tree %d differs (%v)", tree, err)
				}
			}
		})
	}
	group.Wait()
}

// TestNotTwice: capacities do not add up, and the joint check knows it.
func TestNotTwice(t *testing.T) {
	m := randomModel(t, 2, 1, 3, 10)
	lim := DefaultLimits()
	all, err := m.TreeCapacity(0, nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	last := all.Buses[len(all.Buses)-1]
	one := Extra{last.Bus, last.FreeW}
	if v, err := m.Verify([]Extra{one}, lim); err != nil || v != nil {
		t.Errorf("one grant of all that is free: %+v, %v", v, err)
	}
	v, err := m.Verify([]Extra{one, one}, lim)
	if err != nil || v == nil || v.Binding != last.Binding {
		t.Errorf("twice what is free: %+v, %v; bound by %+v", v, err, last)
	}
}

// TestFeeds: a bus feeds itself and what is below it, nothing else.
func TestFeeds(t *testing.T) {
	n, err := Read([]byte(smallPlain))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b int
		want bool
	}{{0, 2, true}, {1, 2, true}, {2, 2, true}, {2, 1, false}, {1, 0, false}, {1, 9, false}} {
		if got := m.Feeds(c.a, c.b); got != c.want {
			t.Errorf("%d feeds %d: %v", c.a, c.b, got)
		}
	}
}

// TestNoAllocation: the inner loops allocate nothing.
func TestNoAllocation(t *testing.T) {
	m := randomModel(t, 4, 1, 3, 10)
	w := m.borrow()
	q := m.study(w, 0, nil, DefaultLimits())
	q.capacity(5)
	if n := testing.AllocsPerRun(50, func() { q.capacity(7) }); n != 0 {
		t.Errorf("a capacity allocates %v times", n)
	}
	q.askAll()
	every := func() {
		for i := range w.u0 {
			q.capacity(i)
		}
	}
	every()
	if n := testing.AllocsPerRun(20, func() { q.askAll(); every() }); n != 0 {
		t.Errorf("the capacities of a tree allocate %v times", n)
	}
	f := new(Flow)
	if err := m.FlowInto(f, nil, DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	flow := func() {
		m.load(w, 0, nil, 0)
		m.flat(w, 0)
		m.solve(w, 0, &probe{node: -1})
		m.report(f, w, 0)
	}
	if n := testing.AllocsPerRun(50, flow); n > 0 {
		t.Errorf("a power flow allocates %v times", n)
	}
	g, err := CompileStreets(randomStreets(1, 0, 0, 90_000, 20, 20))
	if err != nil {
		t.Fatal(err)
	}
	way := g.walkFrom(400_000, 400_000)
	walk := func() {
		way.forget()
		way.begin(400_000, 400_000)
		way.to(5_000_000)
	}
	walk()
	if n := testing.AllocsPerRun(50, walk); n > 0 {
		t.Errorf("a search along streets allocates %v times", n)
	}
}

// TestCatalogueHasAllKeys: each text that this room can ask for is there.
func TestCatalogueHasAllKeys(t *testing.T) {
	catalogue, err := os.ReadFile("../locale/catalogue/grid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, b := range []string{BindVoltage, BindLine, BindTrafo, BindCollapse, BindBase, BindNone} {
		keys = append(keys, "grid.binding."+b)
	}
	for _, b := range []string{BecauseCapacity, BecauseObject, BecauseLosses, BecauseFar} {
		keys = append(keys, "grid.because."+b)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile(`"(grid\.[a-z0-9-]+)"`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range quoted.FindAllSubmatch(src, -1) {
			keys = append(keys, string(found[1]))
		}
	}
	for _, key := range keys {
		if !strings.Contains(string(catalogue), "\n"+key+":\n") {
			t.Errorf("%s has no text", key)
		}
	}
}

func ExampleModel_BusCapacity() {
	n, err := Read([]byte(smallPlain))
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := Compile(n)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := m.BusCapacity(2, nil, DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f kW are free at bus 2, limited by %s %d\n", float64(c.FreeW)/1000, c.Binding, c.Element)
	// Output: 132.8 kW are free at bus 2, limited by trafo 1
}

func asJSON(t *testing.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCoresMakeNoDifference: one core and many give the same capacities.
func TestCoresMakeNoDifference(t *testing.T) {
	m := randomModel(t, 5, 7, 3, 8)
	held := []Extra{{20, 3000}, {200, 1500}}
	want, err := m.Capacity(held, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		got, err := m.CapacityOnCores(held, DefaultLimits())
		if err != nil || asJSON(t, got) != asJSON(t, want) {
			t.Errorf("%d cores give another answer (%v)", cores, err)
		}
	}
	if _, err := m.CapacityOnCores([]Extra{{Bus: -1}}, DefaultLimits()); err == nil {
		t.Error("demand at a bus that is not there is taken")
	}
}
