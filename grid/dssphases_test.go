package grid

import (
	"fmt"
	"math"
	"math/cmplx"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// phased is a circuit as OpenDSS assembles it: three phases at each bus, every element
// an admittance matrix between them by the rules of its documentation, loads as currents.
// It shares nothing with [ReadOpenDSS] and knows what [Network.OpenDSS] writes.
type phased struct {
	hz     float64
	nodes  map[string]int // bus: its first phase
	y      [][]complex128
	i0     []complex128 // what sources push in
	loads  []phasedLoad
	opened map[string]bool
}

type phasedLoad struct {
	at    int
	kv    float64
	s     complex128 // VA of one phase, at rated voltage
	model string
}

type dssProps map[string]string

func (p dssProps) num(name string, or float64) float64 {
	if v, err := strconv.ParseFloat(p[name], 64); err == nil {
		return v
	}
	return or
}

// two are the numbers, or words, of an array of two.
func (p dssProps) two(name string) (a, b dssProps) {
	words := strings.Fields(strings.Trim(p[name], "()"))
	return dssProps{"": words[0]}, dssProps{"": words[1]}
}

var dssProperties = regexp.MustCompile(`(\S+?)=(\([^)]*\)|\S+)`)

// assemblePhases reads what was written, element by element.
func assemblePhases(t *testing.T, text string) *phased {
	c := &phased{nodes: map[string]int{}, opened: map[string]bool{}}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, l := range lines {
		if rest, is := strings.CutPrefix(l, "open "); is {
			c.opened[rest] = true
		}
	}
	for _, l := range lines {
		props := dssProps{}
		for _, m := range dssProperties.FindAllStringSubmatch(l, -1) {
			props[m[1]] = m[2]
		}
		verb, rest, _ := strings.Cut(l, " ")
		object, _, _ := strings.Cut(rest, " ")
		class, _, _ := strings.Cut(object, ".")
		switch {
		case verb == "set":
			c.hz = props.num("defaultbasefrequency", c.hz)
		case verb == "new" && (class == "circuit" || class == "vsource"):
			c.source(props)
		case verb == "new" && class == "line":
			c.line(object, props)
		case verb == "new" && class == "transformer":
			c.trafo(object, props)
		case verb == "new" && class == "load":
			s := complex(props.num("kw", 10), props.num("kvar", 0)) * 1000 / 3
			c.loads = append(c.loads, phasedLoad{c.bus(props["bus1"]), props.num("kv", 0), s, props["model"]})
		case verb != "clear" && verb != "open" && verb != "calcvoltagebases" && verb != "solve":
			t.Fatalf("nobody knows %q", l)
		}
	}
	return c
}

func (c *phased) bus(name string) int {
	at, known := c.nodes[name]
	if !known {
		at = len(c.i0)
		c.nodes[name] = at
		c.i0 = append(c.i0, 0, 0, 0)
		for len(c.y) < len(c.i0) {
			c.y = append(c.y, nil)
		}
	}
	return at
}

// end is where a terminal is: in the air, if it was opened.
func (c *phased) end(object, bus string, end int) int {
	if mark := fmt.Sprintf("%s %d", object, end); c.opened[mark] {
		return c.bus(mark)
	}
	return c.bus(bus)
}

func (c *phased) add(i, j int, y complex128) {
	for len(c.y[i]) <= j {
		c.y[i] = append(c.y[i], 0)
	}
	c.y[i][j] += y
}

// ofSequence is a matrix of three phases: what each has by itself, and with each other.
func ofSequence(one, zero complex128) (self, mutual complex128) {
	return (2*one + zero) / 3, (zero - one) / 3
}

// inversePhases inverts a symmetric matrix of three phases.
func inversePhases(self, mutual complex128) (a, b complex128) {
	return ofSequence(1/(self-mutual), 1/(self+2*mutual))
}

func (c *phased) source(p dssProps) {
	at := c.bus(p["bus1"])
	self, mutual := inversePhases(ofSequence(complex(p.num("r1", 1.65), p.num("x1", 6.6)), complex(p.num("r0", 1.9), p.num("x0", 5.7))))
	v := p.num("basekv", 115) * p.num("pu", 1) * 1000 / math.Sqrt(3)
	for i := range 3 {
		for j := range 3 {
			y := mutual
			if i == j {
				y = self
			}
			c.add(at+i, at+j, y)
			c.i0[at+i] += y * cmplx.Rect(v, (p.num("angle", 0)-float64(j)*120)*math.Pi/180)
		}
	}
}

func (c *phased) line(object string, p dssProps) {
	from, to := c.end(object, p["bus1"], 1), c.end(object, p["bus2"], 2)
	long := complex(p.num("length", 1), 0)
	one, zero := complex(p.num("r1", 0.058), p.num("x1", 0.1206)), complex(p.num("r0", 0.1784), p.num("x0", 0.4047))
	self, mutual := inversePhases(ofSequence(one*long, zero*long))
	charge := complex(0, 2*math.Pi*c.hz*1e-9/2)
	cSelf, cMutual := ofSequence(complex(p.num("c1", 3.4), 0)*long*charge, complex(p.num("c0", 1.6), 0)*long*charge)
	for i := range 3 {
		for j := range 3 {
			y, half := mutual, cMutual
			if i == j {
				y, half = self, cSelf
			}
			c.add(from+i, from+j, y+half)
			c.add(to+i, to+j, y+half)
			c.add(from+i, to+j, -y)
			c.add(to+i, from+j, -y)
		}
	}
}

// trafo has its impedance on one volt a turn, its no-load branch at the second winding;
// a wye's other ends are earthed, a delta's are at the next phase.
func (c *phased) trafo(object string, p dssProps) {
	kvas, _ := p.two("kvas")
	base := 3 / (kvas.num("", 0) * 1000) // ohms at one volt, of one phase
	r1, r2 := p.two("%rs")
	x := p.num("xhl", 7)
	if x == 0 {
		x = 7 // as it traps zero
	}
	series := 1 / (complex(r1.num("", 0)+r2.num("", 0), x) / 100 * complex(base, 0))
	idle := complex(p.num("%noloadloss", 0), -p.num("%imag", 0)) / 100 / complex(base, 0)
	one := [2][2]complex128{{series, -series}, {-series, series + idle}}
	var at [2]int
	var turns [2]float64
	var delta [2]bool
	for w := range 2 {
		pick := func(name string) dssProps {
			a, b := p.two(name)
			return []dssProps{a, b}[w]
		}
		at[w] = c.end(object, pick("buses")[""], w+1)
		turns[w] = pick("kvs").num("", 0) * 1000 * pick("taps").num("", 1)
		if delta[w] = pick("conns")[""] == "delta"; !delta[w] {
			turns[w] /= math.Sqrt(3)
		}
	}
	for phase := range 3 {
		for a := range 2 {
			for b := range 2 {
				y := one[a][b] / complex(turns[a]*turns[b], 0)
				i, j := at[a]+phase, at[b]+phase
				i2, j2 := at[a]+(phase+1)%3, at[b]+(phase+1)%3
				c.add(i, j, y)
				if delta[a] {
					c.add(i2, j, -y)
				}
				if delta[b] {
					c.add(i, j2, -y)
				}
				if delta[a] && delta[b] {
					c.add(i2, j2, y)
				}
			}
		}
	}
}

// solve repeats Y·V = I until no voltage moves: the voltage of each phase to earth.
func (c *phased) solve(t *testing.T) []complex128 {
	n := len(c.i0)
	lu, order := make([][]complex128, n), make([]int, n)
	for i := range lu {
		lu[i], order[i] = append(c.y[i], make([]complex128, n-len(c.y[i]))...), i
	}
	for k := range n {
		best := k
		for i := k + 1; i < n; i++ {
			if cmplx.Abs(lu[i][k]) > cmplx.Abs(lu[best][k]) {
				best = i
			}
		}
		lu[k], lu[best], order[k], order[best] = lu[best], lu[k], order[best], order[k]
		for i := k + 1; i < n; i++ {
			if lu[i][k] == 0 {
				continue
			}
			f := lu[i][k] / lu[k][k]
			lu[i][k] = f
			for j := k + 1; j < n; j++ {
				lu[i][j] -= f * lu[k][j]
			}
		}
	}
	v := make([]complex128, n)
	for range 200 {
		next := c.currents(v)
		x, moved := make([]complex128, n), 0.0
		for i := range n {
			x[i] = next[order[i]]
			for j := range i {
				x[i] -= lu[i][j] * x[j]
			}
		}
		for i := n - 1; i >= 0; i-- {
			for j := i + 1; j < n; j++ {
				x[i] -= lu[i][j] * x[j]
			}
			x[i] /= lu[i][i]
			moved = max(moved, cmplx.Abs(x[i]-v[i])/max(cmplx.Abs(x[i]), 1))
		}
		if v = x; moved < 1e-11 {
			return v
		}
	}
	t.Fatal("the voltages do not settle")
	return nil
}

func (c *phased) currents(v []complex128) []complex128 {
	out := append([]complex128(nil), c.i0...)
	for _, l := range c.loads {
		for i := l.at; i < l.at+3; i++ {
			rated, now := l.kv*1000/math.Sqrt(3), cmplx.Abs(v[i])
			if now == 0 { // the first time, as without loads
				continue
			}
			s := l.s * complex(math.Pow(now/rated, map[string]float64{"1": 0, "5": 1, "2": 2}[l.model]), 0)
			out[i] -= cmplx.Conj(s / v[i])
		}
	}
	return out
}

// TestOpenDSSInThreePhases: what is written for OpenDSS, assembled in three phases by the
// rules of its elements and solved as it solves, has our voltages, on every phase.
func TestOpenDSSInThreePhases(t *testing.T) {
	networks := make(map[string]*Network)
	for seed := range uint64(3) {
		networks[fmt.Sprint("varied ", seed)] = variedNetwork(seed)
	}
	odd := variedNetwork(1) // what the others have none of
	last := odd.Buses[len(odd.Buses)-1]
	odd.Buses = append(odd.Buses, Bus{ID: 9001, VnKV: last.VnKV}, Bus{ID: 9002, VnKV: last.VnKV})
	odd.Links = []Link{{ID: 1, From: last.ID, To: 9001}}
	odd.Lines = append(odd.Lines, Line{ID: 9001, From: 9001, To: 9002, ROhm: 0.1, XOhm: 0.05, BUS: 2000},
		Line{ID: 9002, From: 9002, To: last.ID, ROhm: 0.1, XOhm: 0.05, BUS: 3000, ToOpen: true})
	odd.Shunts = []Shunt{{ID: 1, Bus: 9002, PKW: 1, QKVAr: -12}}
	odd.Trafos[0].Model.XPU, odd.Trafos[1].Model.ShiftDeg = 0, 0
	networks["odd"] = odd
	for _, name := range refNames(t) {
		if n := refNetwork(t, name); len(n.Buses) <= 300 {
			networks[name] = n
		}
	}
	for name, n := range networks {
		t.Run(name, func(t *testing.T) {
			text, err := n.OpenDSS()
			if err != nil {
				t.Fatal(err)
			}
			c := assemblePhases(t, string(text))
			v := c.solve(t)
			m, err := Compile(n)
			if err != nil {
				t.Fatal(err)
			}
			f, err := m.Flow(nil, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			worst, buses := 0.0, n.sorted().Buses
			for i, b := range f.Buses {
				for phase := range 3 {
					pu := cmplx.Abs(v[c.nodes[fmt.Sprint("b", b.ID)]+phase]) / (buses[i].VnKV * 1000 / math.Sqrt(3))
					worst = max(worst, math.Abs(pu-b.VmPU))
				}
			}
			if !(worst < 1e-6) {
				t.Errorf("voltages differ by %g", worst)
			}
			t.Logf("%d buses, largest difference %.1e", len(f.Buses), worst)
		})
	}
}
