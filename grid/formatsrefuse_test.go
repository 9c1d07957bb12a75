package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

// TestUnbalancedFeedersAreRefused: of each published feeder the first element
// is named that has not three phases, a file that is missing there or not.
func TestUnbalancedFeedersAreRefused(t *testing.T) {
	distrib := filepath.Join(reference(t), "opendss_raw", "Version8", "Distrib")
	for file, names := range map[string]string{
		"IEEETestCases/13Bus/IEEE13Nodeckt.dss": "transformer.reg1 why=phases=1",
		"IEEETestCases/37Bus/ieee37.dss":        "transformer.reg1a why=phases=1",
		"EPRITestCircuits/ckt5/Master_ckt5.dss": "line.mdv201_hn_1_275_a94744",
	} {
		data, err := os.ReadFile(filepath.Join(distrib, file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ReadOpenDSS(data, func(name string) ([]byte, error) {
			if strings.Contains(name, "..") {
				return nil, fs.ErrNotExist
			}
			return os.ReadFile(filepath.Join(distrib, filepath.Dir(file), name))
		})
		if said := errorArgs(err); !strings.Contains(said, "grid.dss-unsupported") || !strings.Contains(said, names) {
			t.Errorf("%s: %s, want %s", file, said, names)
		}
	}
}

// errorArgs writes an error's key and arguments.
func errorArgs(err error) string {
	var shown *aiqyn.Error
	if !errors.As(err, &shown) {
		return fmt.Sprint(err)
	}
	s := shown.Key
	for _, k := range []string{"element", "id", "field", "value", "why", "file", "command", "line", "bus", "where"} {
		if v, ok := shown.Args[k]; ok {
			s += fmt.Sprintf(" %s=%v", k, v)
		}
	}
	return s
}

// TestOpenDSSRefuses: each circuit that cannot be solved, or not read, is
// refused, and the error names the place.
func TestOpenDSSRefuses(t *testing.T) {
	for _, c := range []struct{ name, old, new, says string }{
		{"one phase", "bus1=end kv=0.4", "bus1=end.1 kv=0.4", "grid.dss-unsupported element=load.home why=end.1 where=10"},
		{"exchanged phases", "bus2=end", "bus2=end.2.1.3", "element=line.a why=end.2.1.3 where=9"},
		{"phases", "New Load.home", "New Load.home phases=2", "element=load.home why=phases=2"},
		{"three windings", "windings=2", "windings=3", "element=transformer.t1 why=windings=3"},
		{"phases of a code", "nphases=3", "nphases=1", "element=line.a why=linecode=al"},
		{"no such code", "linecode=al", "linecode=cu", "element=line.a why=linecode=cu"},
		{"uneven matrix", "linecode=al", "rmatrix=(1 | 0 1 | 0 0 2)", "element=line.a why=matrix"},
		{"geometry", "linecode=al", "geometry=g", "element=line.a why=geometry"},
		{"regulator", "solve", "new regcontrol.r transformer=t1", "element=regcontrol.r"},
		{"generator", "solve", "new generator.g bus1=end kw=5", "element=generator.g"},
		{"load model", "pf=0.95", "pf=0.95 model=4", "element=load.home why=model=4"},
		{"in series", "kvar=(5 5)", "bus2=end kvar=5", "element=capacitor.c why=bus2"},
		{"positional", "bus1=end kv=0.4", "bus1=end 0.4", "grid.dss-positional element=load.home value=0.4"},
		{"no number", "kw=30", "kw=much", "grid.dss-value element=load.home field=kw value=much"},
		{"not a number", "kw=30", "kw=nan", "grid.dss-value"},
		{"infinite", "kw=30", "kw=inf", "grid.dss-value"},
		{"bad arithmetic", "(500 2 *)", "(500 *)", "grid.dss-value element=circuit.small field=mvasc3"},
		{"by nothing", "(500 2 *)", "(500 0 /)", "grid.dss-value"},
		{"open bracket", "(500 2 *)", "(500 2 *", "grid.dss-syntax where=4"},
		{"nothing to continue", "clear", "~ kv=1", "grid.dss-syntax where=1"},
		{"unknown command", "solve", "batchedit load..* kw=0", "grid.dss-command command=batchedit"},
		{"assignment", "solve", "load.home.kw=5", "grid.dss-command"},
		{"missing file", "solve", "redirect more.dss", "grid.dss-missing-file file=more.dss where=15"},
		{"no circuit", "New Circuit.small", "new vsource.s", "grid.dss-no-circuit"},
		{"island", "bus1=lv bus2=end", "bus1=far bus2=end", "grid.island bus=far"},
		{"loop", "solve", "new line.b bus1=lv bus2=end linecode=al", ""},
		{"no bus", "bus1=end kv=0.4", "kv=0.4", "grid.missing-field element=load.home"},
	} {
		in := strings.Replace(smallDSS, c.old, c.new, 1)
		if in == smallDSS {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		n, err := ReadOpenDSS([]byte(in), nil)
		if c.says == "" { // read, and found when it is compiled
			if err == nil {
				_, err = Compile(n)
			}
			c.says = "grid.loop"
		}
		if said := errorArgs(err); !strings.Contains(said, c.says) {
			t.Errorf("%s: %s, want %s", c.name, said, c.says)
		}
	}
	deep := func(string) ([]byte, error) { return []byte("redirect again.dss"), nil }
	if _, err := ReadOpenDSS([]byte("redirect again.dss"), deep); !strings.Contains(errorArgs(err), "grid.dss-deep") {
		t.Errorf("endless redirects: %s", errorArgs(err))
	}
}

// TestPandapowerRefuses: what pandapower has and we cannot solve is named.
func TestPandapowerRefuses(t *testing.T) {
	table := func(name string, columns []string, row ...any) string {
		data, _ := json.Marshal(map[string]any{name: frame(columns, []int{7}, [][]any{row})})
		return "," + string(data[1:len(data)-1]) + "}"
	}
	n, err := ReadPlain([]byte(smallPlain))
	if err != nil {
		t.Fatal(err)
	}
	small := string(asPandapower(n, false))
	if _, err := ReadPandapower([]byte(small)); err != nil {
		t.Fatal(errorArgs(err))
	}
	small = strings.Replace(small, `"trafo3w"`, `"trafo3w_"`, 1)
	for _, c := range []struct{ add, says string }{
		{table("trafo3w", []string{"hv_bus", "in_service"}, 1, true), "grid.unsupported element=trafo3w id=7"},
		{table("gen", []string{"bus", "vm_pu", "in_service"}, 1, 1.0, true), "grid.unsupported element=gen id=7"},
		{table("asymmetric_load", []string{"bus"}, 1), "grid.unsupported element=asymmetric_load id=7"},
		{table("switch", []string{"bus", "element", "et", "closed"}, 1, 9, "l", true), "grid.unsupported element=switch id=7"},
		{table("switch", []string{"bus", "element", "et", "closed", "z_ohm"}, 1, 2, "b", true, 0.1), "grid.unsupported element=switch (z_ohm) id=7"},
		{table("sgen", []string{"bus", "p_mw", "q_mvar"}, 99, 1.0, 0.0), "grid.missing-bus element=sgen id=7"},
		{table("sgen", []string{"bus", "p_kw", "q_kvar"}, 1, 1.0, 0.0), "grid.old-pandapower element=sgen field=p_kw"},
		{table("sgen", []string{"bus", "p_mw"}, 1, 1.0), "grid.missing-field element=sgen id=7 field=q_mvar"},
		{table("sgen", []string{"bus", "p_mw", "q_mvar"}, 1, "much", 0.0), "grid.bad-type element=sgen id=7 field=p_mw"},
		{`,"ward":{"_object":"{\"columns\":[\"bus\"],\"index\":[1,1],\"data\":[]}"}}`, "grid.repeated-id element=ward id=1"},
		{`,"ward":{"_object":"{"}}`, "grid.bad-json"},
		{`,"ward":5}`, "grid.bad-type element=ward"},
		{`,"bus":5}`, "grid.repeated-field"},
	} {
		if _, err := ReadPandapower([]byte(small[:len(small)-1] + c.add)); !strings.Contains(errorArgs(err), c.says) {
			t.Errorf("%s: %s, want %s", c.add, errorArgs(err), c.says)
		}
	}
	// In service no more, an element is no obstacle; a static generator is a negative load.
	got, err := ReadPandapower([]byte(small[:len(small)-1] + table("sgen", []string{"bus", "p_mw", "q_mvar", "scaling"}, 2, 0.004, 0.001, 0.5)))
	if err != nil || got.Loads[1].PKW+got.Loads[0].PKW != 6 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestCSVRefuses: the row and the column are named.
func TestCSVRefuses(t *testing.T) {
	const nodes = "id,vn_kv,source_v_pu,p_kw,q_kvar\n0,10,1,,\n1,0.4,,8,1\n"
	const branches = "kind;id;from;to;sn_kva;vn_hv_kv;vn_lv_kv;vk_pct;vkr_pct\ntrafo;1;0;1;160;10;0.4;4;1.2\n"
	if _, err := ReadCSV([]byte("\ufeff"+nodes), []byte(branches), ""); err != nil {
		t.Fatal(errorArgs(err))
	}
	for _, c := range []struct{ old, new, says string }{
		{"8,1", "8", "grid.bad-csv file=nodes.csv line=3"},
		{"8,1", "eight,1", "grid.bad-type element=nodes.csv id=3 field=p_kw"},
		{"8,1", "0x8,1", "grid.bad-type element=nodes.csv id=3 field=p_kw"},
		{"8,1", "NaN,1", "grid.bad-type element=nodes.csv id=3 field=p_kw"},
		{"1,0.4", ",0.4", "grid.missing-field element=nodes.csv id=3 field=id"},
		{"1,0.4", "1.5,0.4", "grid.bad-type element=nodes.csv id=3 field=id"},
		{"p_kw", "p_mw", "grid.unknown-field element=nodes.csv id=1 field=p_mw"},
		{"q_kvar", "p_kw", "grid.repeated-field element=nodes.csv id=1 field=p_kw"},
		{"trafo;1", "coil;1", "grid.bad-type element=branches.csv id=2 field=kind"},
		{"0;1;160", "0;5;160", "grid.missing-bus element=trafo id=1 bus=5"},
		{"vk_pct", "i0_pct", "grid.missing-field element=branches.csv id=2 field=vk_pct"},
	} {
		a, b := strings.Replace(nodes, c.old, c.new, 1), strings.Replace(branches, c.old, c.new, 1)
		if _, err := ReadCSV([]byte(a), []byte(b), ""); !strings.Contains(errorArgs(err), c.says) {
			t.Errorf("%s: %s, want %s", c.new, errorArgs(err), c.says)
		}
	}
}

func FuzzReadOpenDSS(f *testing.F) {
	f.Add([]byte(smallDSS))
	f.Add([]byte("new circuit.a\nedit vsource.source r1=(1 2 /)\nopen line.a 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ReadOpenDSS(data, func(name string) ([]byte, error) { return []byte("~ bus1=b"), nil })
		readOrRefused(t, n, err)
	})
}

func FuzzReadPandapower(f *testing.F) {
	n, err := ReadPlain([]byte(smallPlain))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(asPandapower(n, false))
	f.Add(asPandapower(n, true))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ReadPandapower(data)
		readOrRefused(t, n, err)
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("id,vn_kv,source_v_pu\n0,10,1\n1,10,\n"), []byte("kind,id,from,to,r_ohm,x_ohm\nline,1,0,1,1,1\n"))
	f.Fuzz(func(t *testing.T, nodes, branches []byte) {
		n, err := ReadCSV(nodes, branches, "")
		readOrRefused(t, n, err)
		if err != nil {
			return
		}
		if a, b, err := n.CSV(); err == nil {
			if _, err := ReadCSV(a, b, ""); err != nil {
				t.Fatalf("what was written is not read: %v\n%s\n%s", err, a, b)
			}
		}
	})
}

// readOrRefused: a reader either gives a network that is sound by its own
// checks, or an error for people.
func readOrRefused(t *testing.T, n *Network, err error) {
	t.Helper()
	if err != nil {
		if k := aiqyn.KindOf(err); k != aiqyn.Invalid && k != aiqyn.TooLarge {
			t.Fatalf("%v", err)
		}
		return
	}
	if _, err := ReadPlain(n.Encode()); err != nil {
		t.Fatalf("what was read is refused: %v\n%s", err, n.Encode())
	}
}
