package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/locale"
)

const gridUsage = `usage: aiqyn grid flow|capacity|points|convert NETWORK [flags]
       aiqyn grid state --data DIR --at POSITION [--json]

  flow      voltages and currents of the whole network
  capacity  what every bus and transformer can still take (or one bus: --node)
  points    where a load at a place can be connected: --at X,Y or --node ID, and --kw N
  convert   the same network in another format: --to plain|csv|opendss|geojson
  state     what was free and reserved below every transformer after so many entries
            of the log, from the published files in DIR alone

NETWORK is plain JSON, JSON of power-grid-model or pandapower, a circuit of
OpenDSS (.dss), or a folder with nodes.csv and branches.csv.
`

// gridFlags are the flags of all three questions; each uses its own.
type gridFlags struct {
	node     int
	at       string
	data     string
	kw       float64
	reserved string
	costs    string
	streets  string
	upgrades string
	upgrade  bool
	crs      string
	to, out  string
	pack     string
	limits   grid.Limits // of the pack
	json     bool
	isSet    map[string]bool
	call     *call // whose language is spoken
}

// text is a text in the language of the call.
func (f *gridFlags) text(key string, args ...any) string { return f.call.text(key, args...) }

// heads are the headings of a table.
func (f *gridFlags) heads(keys ...string) string {
	var line strings.Builder
	for _, key := range keys {
		if key != "" {
			line.WriteString(f.text(key))
		}
		line.WriteByte('\t')
	}
	return line.String()
}

// gridCommand answers questions about a network file: 0 when the limits are
// kept, 1 when they are not, 2 when the question cannot be answered.
func gridCommand(args []string, stdout, stderr io.Writer) int {
	texts, err := locale.Load()
	if err != nil {
		fmt.Fprintln(stderr, "aiqyn grid:", err)
		return 2
	}
	f := &gridFlags{isSet: map[string]bool{}, call: newCall(context.Background(), command{name: "grid", usage: gridUsage}, args, texts, stdout, stderr)}
	held, err := runGrid(f)
	if errors.Is(err, flag.ErrHelp) || err == nil && held {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "aiqyn grid:", f.call.why(err))
		if aiqyn.KindOf(err) != aiqyn.Conflict { // that the network collapses is an answer
			return 2
		}
	}
	return 1
}

func runGrid(f *gridFlags) (held bool, err error) {
	words, err := f.parse()
	if err != nil {
		return false, err
	}
	stdout := f.call.stdout
	if len(words) == 1 && words[0] == "state" {
		return true, gridState(f, stdout)
	}
	if len(words) != 2 {
		fmt.Fprint(f.call.stderr, gridUsage)
		return false, aiqyn.E(aiqyn.Invalid, "error.grid-words")
	}
	question := map[string]func(*grid.Network, *grid.Model, []grid.Extra, *gridFlags, io.Writer) (bool, error){
		"flow": gridFlow, "capacity": gridCapacity, "points": gridPoints, "convert": gridConvert}[words[0]]
	if question == nil {
		return false, aiqyn.E(aiqyn.Invalid, "error.grid-question", "word", words[0])
	}
	if f.limits, err = limitsFrom(f.pack); err != nil {
		return false, err
	}
	n, err := readNetwork(words[1], f.crs)
	if err != nil {
		return false, err
	}
	m, err := grid.Compile(n)
	if err != nil {
		return false, err
	}
	f.tellOddities(n, m)
	reserved, err := readReserved(f.reserved)
	if err != nil {
		return false, err
	}
	return question(n, m, reserved, f, stdout)
}

// tellOddities says what an answer rests on that may not be meant so.
func (f *gridFlags) tellOddities(n *grid.Network, m *grid.Model) {
	odd := m.Oddities()
	if odd.UnratedN > 0 {
		fmt.Fprintln(f.call.stderr, f.text("command.grid.unrated-lines", "n", odd.UnratedN, "ids", numbered(odd.Unrated, odd.UnratedN)))
	}
	if odd.GeneratingN > 0 {
		fmt.Fprintln(f.call.stderr, f.text("command.grid.generating", "n", odd.GeneratingN, "ids", numbered(odd.Generating, odd.GeneratingN)))
	}
	if some := n.WhileGenerating(); some > 0 {
		fmt.Fprintln(f.call.stderr, f.text("command.grid.while-generating", "n", some))
	}
}

// numbered lists the first of n elements by their numbers.
func numbered(ids []int, n int) string {
	const most = 20
	words := make([]string, 0, most+1)
	for _, id := range ids[:min(len(ids), most)] {
		words = append(words, strconv.Itoa(id))
	}
	if n > len(words) {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}

// parse takes flags before, between and after the words, and returns the words.
func (f *gridFlags) parse() ([]string, error) {
	fs, stderr := f.call.flags, f.call.stderr
	fs.SetOutput(stderr)
	fs.Usage = func() { fmt.Fprint(stderr, gridUsage); fs.PrintDefaults() }
	fs.IntVar(&f.node, "node", 0, "bus `ID`")
	fs.StringVar(&f.at, "at", "", "place `X,Y` in the file's own coordinates; of state a position of the log")
	fs.StringVar(&f.data, "data", "", "of state: `DIR` with the published data")
	fs.Float64Var(&f.kw, "kw", 0, "load of `N` kilowatt")
	fs.StringVar(&f.reserved, "reserved", "", `reservations in force: FILE with {"reserved":[{"bus":1,"kw":5}]}`)
	fs.StringVar(&f.costs, "costs", "", "`FILE` with the table of costs; without it an illustrative one")
	fs.StringVar(&f.streets, "streets", "", "routes of points follow the streets in `FILE`")
	fs.BoolVar(&f.upgrade, "upgrade", false, "of points: what reinforcing the network would take, the three cheapest ways")
	fs.StringVar(&f.upgrades, "upgrades", "", "`FILE` with the table of what reinforcing costs; without it an illustrative one")
	fs.StringVar(&f.crs, "crs", "", "coordinate system of the file, as `EPSG:4326`, where the file does not say it")
	fs.StringVar(&f.pack, "pack", "", "`DIR` with the pack whose limits hold; without it the built-in one")
	fs.StringVar(&f.to, "to", "plain", "`FORMAT` of convert: plain, csv, opendss, geojson")
	fs.StringVar(&f.out, "out", "", "write to `PATH`: a file, or the folder of the two tables of csv")
	fs.BoolVar(&f.json, "json", false, "print JSON")
	var words []string
	for args := f.call.args; len(args) > 0; {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		if args = fs.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	fs.Visit(func(set *flag.Flag) { f.isSet[set.Name] = true })
	if f.isSet["kw"] && !(f.kw > 0 && f.kw <= 50_000) {
		return nil, aiqyn.E(aiqyn.Invalid, "error.grid-kw")
	}
	return words, nil
}

func (f *gridFlags) watt() int64 { return int64(math.Round(f.kw * 1000)) }

type flowBus struct {
	ID    int     `json:"id"`
	VmPU  float64 `json:"vm_pu"`
	VaDeg float64 `json:"va_deg"`
}

type flowBranch struct {
	ID         int      `json:"id"`
	Kind       string   `json:"kind"`
	PFromKW    float64  `json:"p_from_kw"`
	QFromKVAr  float64  `json:"q_from_kvar"`
	IFromA     float64  `json:"i_from_a"`
	IToA       float64  `json:"i_to_a"`
	LoadingPct *float64 `json:"loading_pct"`
}

func gridFlow(_ *grid.Network, m *grid.Model, extra []grid.Extra, f *gridFlags, stdout io.Writer) (bool, error) {
	if f.isSet["kw"] {
		if !f.isSet["node"] {
			return false, aiqyn.E(aiqyn.Invalid, "error.grid-kw-node")
		}
		extra = append(extra, grid.Extra{Bus: f.node, Watt: f.watt()})
	}
	flow, err := m.Flow(extra, f.limits)
	if err != nil {
		return false, err
	}
	if f.json {
		out := struct {
			Buses    []flowBus    `json:"buses"`
			Branches []flowBranch `json:"branches"`
		}{[]flowBus{}, []flowBranch{}}
		for _, b := range flow.Buses {
			out.Buses = append(out.Buses, flowBus(b))
		}
		for _, b := range flow.Branches {
			shown := flowBranch{ID: b.ID, Kind: b.Kind, PFromKW: b.PFromKW, QFromKVAr: b.QFromKVAr, IFromA: b.IFromA, IToA: b.IToA}
			if b.LoadingPct >= 0 {
				shown.LoadingPct = &b.LoadingPct
			}
			out.Branches = append(out.Branches, shown)
		}
		return true, json.NewEncoder(stdout).Encode(out)
	}
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, f.heads("command.grid.bus", "command.grid.pu", "command.grid.degrees"))
	for _, b := range flow.Buses {
		fmt.Fprintf(t, "%d\t%.5f\t%.4f\t\n", b.ID, b.VmPU, b.VaDeg)
	}
	fmt.Fprintln(t, "\n"+f.heads("command.grid.branch", "command.grid.kind", "command.grid.kw", "command.grid.kvar", "command.grid.from", "command.grid.to", "command.grid.loading"))
	for _, b := range flow.Branches {
		loading := f.text("command.grid.unrated")
		if b.LoadingPct >= 0 {
			loading = strconv.FormatFloat(b.LoadingPct, 'f', 1, 64) + " %"
		}
		fmt.Fprintf(t, "%d\t%s\t%.1f\t%.1f\t%.1f\t%.1f\t%s\t\n", b.ID, b.Kind, b.PFromKW, b.QFromKVAr, b.IFromA, b.IToA, loading)
	}
	return true, t.Flush()
}

// shownCapacity has nulls where nothing binds.
type shownCapacity struct {
	ID      int      `json:"id"`
	FreeKW  *float64 `json:"free_kw"`  // now; null: no limit
	LapseKW *float64 `json:"lapse_kw"` // if all that is reserved lapses; null: no limit
	Binding string   `json:"binding"`  // of what is free now
	Element *int     `json:"element"`
}

// shown is a figure with what is held and the one without.
func shown(id int, now, lapsed grid.Capacity) shownCapacity {
	s := shownCapacity{ID: id, Binding: now.Binding, FreeKW: kilowatt(now.FreeW), LapseKW: kilowatt(lapsed.FreeW)}
	if now.Binding != grid.BindNone {
		s.Element = &now.Element
	}
	return s
}

func kilowatt(watt int64) *float64 {
	if watt < 0 {
		return nil
	}
	kw := float64(watt) / 1000
	return &kw
}

func gridCapacity(_ *grid.Network, m *grid.Model, reserved []grid.Extra, f *gridFlags, stdout io.Writer) (bool, error) {
	buses, trafos, err := capacities(m, reserved, f)
	if err != nil {
		return false, err
	}
	byID := func(a, b shownCapacity) int { return a.ID - b.ID }
	slices.SortFunc(buses, byID)
	slices.SortFunc(trafos, byID)
	held := !slices.ContainsFunc(buses, func(b shownCapacity) bool { return b.FreeKW != nil && *b.FreeKW < f.kw })
	if f.json {
		return held, json.NewEncoder(stdout).Encode(map[string]any{"buses": buses, "transformers": trafos})
	}
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	f.printCapacity(t, "command.grid.bus", buses)
	if len(trafos) > 0 {
		fmt.Fprintln(t)
		f.printCapacity(t, "command.grid.transformer", trafos)
	}
	return held, t.Flush()
}

// capacities are the two figures of every bus and transformer, or of one bus.
func capacities(m *grid.Model, reserved []grid.Extra, f *gridFlags) (buses, trafos []shownCapacity, err error) {
	buses, trafos = []shownCapacity{}, []shownCapacity{}
	if f.isSet["node"] {
		now, err := m.BusCapacity(f.node, reserved, f.limits)
		if err != nil {
			return nil, nil, err
		}
		lapsed, err := m.BusCapacity(f.node, nil, f.limits)
		return append(buses, shown(f.node, now, lapsed)), trafos, err
	}
	trees, err := m.CapacityOnCores(reserved, f.limits)
	lapsed := trees
	if err == nil && len(reserved) > 0 {
		lapsed, err = m.CapacityOnCores(nil, f.limits)
	}
	if err != nil {
		return nil, nil, err
	}
	for i, tree := range trees {
		for k, b := range tree.Buses {
			buses = append(buses, shown(b.Bus, b.Capacity, lapsed[i].Buses[k].Capacity))
		}
		for k, t := range tree.Trafos {
			trafos = append(trafos, shown(t.Trafo, t.Capacity, lapsed[i].Trafos[k].Capacity))
		}
	}
	return buses, trafos, nil
}

func (f *gridFlags) printCapacity(w io.Writer, title string, list []shownCapacity) {
	fmt.Fprintln(w, f.heads(title, "command.grid.free", "command.grid.lapse", "command.grid.limited"))
	free := func(kw *float64) string {
		if kw == nil {
			return f.text("command.grid.unlimited")
		}
		return strconv.FormatFloat(*kw, 'f', 1, 64)
	}
	for _, c := range list {
		by := c.Binding
		if c.Element != nil {
			by += " " + strconv.Itoa(*c.Element)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t\n", c.ID, free(c.FreeKW), free(c.LapseKW), by)
	}
}
