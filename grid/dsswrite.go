package grid

import (
	"bytes"
	"fmt"
	"math"
)

// OpenDSS writes the network in the language of OpenDSS, of which [ReadOpenDSS]
// reads the same voltages back. Buses are called b and their id, lines l,
// transformers t. A phase shift that OpenDSS has no winding for (all but 0 and
// 30 degrees) becomes the nearest of the two, which turns angles and no
// magnitude; the conductance of a line has no place there and is refused.
//
// OpenDSS has all of a transformer's no-load branch at its second winding, and this
// network half of it at each end: the half at the first is a load n and the
// transformer's id, of constant impedance. Where an end is open, all is at the second.
func (n *Network) OpenDSS() ([]byte, error) {
	s := n.sorted()
	w := &dssWriter{kv: make(map[int]float64, len(s.Buses)), hz: s.BaseHz}
	if w.hz == 0 {
		w.hz = 50
	}
	for i := range s.Buses {
		w.kv[s.Buses[i].ID] = s.Buses[i].VnKV
	}
	w.line("clear")
	w.line("set defaultbasefrequency=%g", w.hz)
	for i := range s.Sources {
		w.source(i, &s.Sources[i])
	}
	for i := range s.Lines {
		if s.Lines[i].GUS != 0 {
			return nil, invalid("grid.no-place-for", "element", "line", "id", s.Lines[i].ID, "format", "OpenDSS")
		}
		w.cable(&s.Lines[i])
	}
	for i := range s.Links {
		if l := &s.Links[i]; !l.Open {
			w.line("new line.k%d bus1=b%d bus2=b%d phases=3 r1=0 x1=1e-7 c1=0 r0=0 x0=1e-7 c0=0 length=1 units=none", l.ID, l.From, l.To)
		}
	}
	for i := range s.Trafos {
		w.trafo(&s.Trafos[i])
	}
	for i := range s.Shunts {
		h := &s.Shunts[i]
		w.load(fmt.Sprintf("h%d", i), h.Bus, 2, h.PKW, h.QKVAr)
	}
	models := map[string]int{ConstPower: 1, ConstImpedance: 2, ConstCurrent: 5}
	for i := range s.Loads {
		l := &s.Loads[i]
		if l.When != "" { // the file tells one state, and generation is not counted on
			continue
		}
		w.load(fmt.Sprintf("d%d", i), l.Bus, models[l.Kind], l.PKW, l.QKVAr)
	}
	w.out.Write(w.opened.Bytes())
	w.line("set tolerance=1e-9 maxiterations=200") // it stops at 1e-4 of the voltage otherwise
	w.line("set voltagebases=[%s]", w.voltages(s))
	w.line("calcvoltagebases")
	w.line("solve")
	return w.out.Bytes(), nil
}

type dssWriter struct {
	out, opened bytes.Buffer
	kv          map[int]float64
	hz          float64
}

func (w *dssWriter) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// source has its impedance for all three sequences: the zero sequence, which carries
// nothing, would else be so much larger that little of an ideal one were left of it.
func (w *dssWriter) source(i int, s *Source) {
	name := "circuit.aiqyn"
	if i > 0 {
		name = fmt.Sprintf("vsource.s%d", s.Bus)
	}
	r, x := 0.0, 1e-9
	if s.SkMVA > 0 {
		z := w.kv[s.Bus] * w.kv[s.Bus] / s.SkMVA
		x = z / math.Sqrt(1+float64(s.RXRatio*s.RXRatio))
		r = x * s.RXRatio
	}
	w.line("new %s bus1=b%d basekv=%g pu=%g angle=%g phases=3 r1=%g x1=%g r0=%g x0=%g", name, s.Bus, w.kv[s.Bus], s.VPU, s.AngleDeg, r, x, r, x)
}

func (w *dssWriter) cable(l *Line) {
	amps := ""
	if l.IMaxA != nil {
		amps = fmt.Sprintf(" normamps=%g", *l.IMaxA)
	}
	length, units := 1.0, "none"
	if l.LengthKM > 0 {
		length, units = l.LengthKM, "km"
	}
	w.line("new line.l%d bus1=b%d bus2=b%d phases=3 r1=%g x1=%g c1=%g length=%g units=%s%s", l.ID, l.From, l.To,
		l.ROhm/length, l.XOhm/length, l.BUS*1e3/(2*math.Pi*w.hz)/length, length, units, amps)
	w.open("line.l", l.ID, l.FromOpen, l.ToOpen)
}

func (w *dssWriter) open(name string, id int, first, second bool) {
	for i, open := range []bool{first, second} {
		if open {
			fmt.Fprintf(&w.opened, "open %s%d %d\n", name, id, i+1)
		}
	}
}

func (w *dssWriter) trafo(t *Trafo) {
	mva, lv := t.SnKVA/1000, w.kv[t.LV]
	zbase := t.VnLVKV / lv
	zbase *= zbase
	tap := t.Model.Ratio * (w.kv[t.HV] / lv) * t.VnLVKV / t.VnHVKV
	conns := "wye wye"
	if turned := math.Mod(math.Abs(t.Model.ShiftDeg), 60); turned > 15 && turned < 45 {
		conns = "delta wye"
	}
	r, x := t.Model.RPU*mva/zbase*100, t.Model.XPU*mva/zbase*100
	g, b := t.Model.GPU, t.Model.BPU
	if !t.HVOpen && !t.LVOpen && (g != 0 || b != 0) {
		g, b = g/2, b/2
		ratio := t.Model.Ratio * t.Model.Ratio
		w.load(fmt.Sprintf("n%d", t.ID), t.HV, 2, g*1000/ratio, -b*1000/ratio)
	}
	w.line("new transformer.t%d phases=3 windings=2 buses=(b%d b%d) conns=(%s) kvs=(%g %g) kvas=(%g %g) taps=(%g 1) xhl=%g %%rs=(%g %g) %%noloadloss=%g %%imag=%g ppm_antifloat=0",
		t.ID, t.HV, t.LV, conns, t.VnHVKV, t.VnLVKV, t.SnKVA, t.SnKVA, tap, max(x, 1e-9), r/2, r/2, // OpenDSS takes a reactance of 0 for one of 7 %
		g*zbase/mva*100, -b*zbase/mva*100)
	w.open("transformer.t", t.ID, t.HVOpen, t.LVOpen)
}

func (w *dssWriter) load(name string, bus, model int, kw, kvar float64) {
	w.line("new load.%s bus1=b%d phases=3 kv=%g kw=%g kvar=%g model=%d vminpu=0.1 vmaxpu=2", name, bus, w.kv[bus], kw, kvar, model)
}

// voltages lists the rated voltages of the buses, as they come.
func (w *dssWriter) voltages(n *Network) string {
	var list bytes.Buffer
	seen := map[float64]bool{}
	for i := range n.Buses {
		if kv := n.Buses[i].VnKV; !seen[kv] {
			seen[kv] = true
			fmt.Fprintf(&list, " %g", kv)
		}
	}
	return string(bytes.TrimSpace(list.Bytes()))
}
