package grid

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"aiqyn"
)

// The two tables in which a network can be given, by their columns. A column
// that is not needed may be left out; units are in the names.
//
// nodes.csv: id and vn_kv are needed. A node with source_v_pu is a source;
// p_kw, q_kvar is its load, of the kind load_kind (empty: constant power,
// impedance, current); shunt_p_kw, shunt_q_kvar what it draws at rated voltage.
//
// branches.csv: kind (line, trafo, link), id, from, to are needed; of a line
// r_ohm and x_ohm; of a trafo (from: the higher voltage) sn_kva, vn_hv_kv,
// vn_lv_kv, vk_pct, vkr_pct, from which its pi model is made, unless the columns
// model_… give it. from_open and to_open are 1 where a switch is open.
var (
	csvNodes = []string{"id", "name", "vn_kv", "x", "y", "source_v_pu", "source_angle_deg", "source_sk_mva", "source_rx_ratio",
		"p_kw", "q_kvar", "load_kind", "shunt_p_kw", "shunt_q_kvar"}
	csvBranches = []string{"kind", "id", "from", "to", "name", "r_ohm", "x_ohm", "b_us", "g_us", "length_km", "imax_a", "from_open", "to_open",
		"sn_kva", "vn_hv_kv", "vn_lv_kv", "vk_pct", "vkr_pct", "pfe_kw", "i0_pct", "tap_pos", "tap_neutral", "tap_step_pct", "tap_side",
		"shift_deg", "model_r_pu", "model_x_pu", "model_g_pu", "model_b_pu", "model_ratio"}
)

// ReadCSV reads the pair of tables; crs names the system of x and y, empty for
// a schematic. Columns are parted by commas or semicolons, decimals by a point.
func ReadCSV(nodes, branches []byte, crs string) (*Network, error) {
	n := &Network{Radial: true, BaseHz: 50, CRS: crs}
	kv := map[int]float64{}
	if err := readTable("nodes.csv", nodes, csvNodes, []string{"id", "vn_kv"}, func(r *csvRow) { n.node(r, kv) }); err != nil {
		return nil, err
	}
	if err := readTable("branches.csv", branches, csvBranches, []string{"kind", "id", "from", "to"}, func(r *csvRow) { n.branch(r, kv) }); err != nil {
		return nil, err
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	return n.sorted(), nil
}

// csvRow is one row and the first thing that is wrong with it.
type csvRow struct {
	file  string
	line  int
	at    map[string]int
	cells []string
	err   error
}

func readTable(file string, data []byte, known, need []string, each func(*csvRow)) error {
	if len(data) > maxBytes {
		return aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxBytes>>20)
	}
	if !utf8.Valid(data) {
		return invalid("grid.not-utf8")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord, r.TrimLeadingSpace = true, true
	head, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	columns, err := r.Read()
	if err != nil {
		return badCSV(file, err)
	}
	at := make(map[string]int, len(columns))
	for i, c := range columns {
		c = strings.TrimSpace(c)
		if _, twice := at[c]; twice {
			return invalid("grid.repeated-field", "element", file, "id", 1, "field", clip([]byte(c)))
		}
		if !slices.Contains(known, c) {
			return invalid("grid.unknown-field", "element", file, "id", 1, "field", clip([]byte(c)))
		}
		at[c] = i
	}
	for _, c := range need {
		if _, ok := at[c]; !ok {
			return invalid("grid.missing-field", "element", file, "id", 1, "field", c)
		}
	}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return badCSV(file, err)
		}
		line, _ := r.FieldPos(0)
		row := &csvRow{file: file, line: line, at: at, cells: cells}
		if each(row); row.err != nil {
			return row.err
		}
	}
}

func badCSV(file string, err error) error {
	line := 1
	var at *csv.ParseError
	if errors.As(err, &at) {
		line = at.Line
	}
	return invalid("grid.bad-csv", "file", file, "line", line)
}

func (r *csvRow) text(column string) string {
	i, ok := r.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

func (r *csvRow) fail(key, column string) {
	if r.err == nil {
		r.err = invalid(key, "element", r.file, "id", r.line, "field", column)
	}
}

// optional reads a number that may be absent.
func (r *csvRow) optional(column string) maybe {
	cell := r.text(column)
	if cell == "" {
		return maybe{}
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || strings.ContainsAny(cell, "xXpP_") {
		r.fail("grid.bad-type", column)
	}
	return maybe{v, true}
}

func (r *csvRow) or(column string, absent float64) float64 { return r.optional(column).or(absent) }

func (r *csvRow) number(column string) float64 {
	v := r.optional(column)
	if !v.ok {
		r.fail("grid.missing-field", column)
	}
	return v.v
}

func (r *csvRow) whole(column string) int {
	v := r.number(column)
	if v != math.Trunc(v) || math.Abs(v) > maxID {
		r.fail("grid.bad-type", column)
		return 0
	}
	return int(v)
}

func (r *csvRow) open(column string) bool {
	switch r.text(column) {
	case "", "0":
	case "1":
		return true
	default:
		r.fail("grid.bad-type", column)
	}
	return false
}

func (n *Network) node(r *csvRow, kv map[int]float64) {
	b := Bus{ID: r.whole("id"), VnKV: r.number("vn_kv"), Name: r.text("name")}
	x, y := r.optional("x"), r.optional("y")
	if x.ok != y.ok && r.err == nil {
		r.err = invalid("grid.half-place", "bus", b.ID)
	}
	b.X, b.Y = x.pointer(), y.pointer()
	n.Buses = append(n.Buses, b)
	kv[b.ID] = b.VnKV
	if v := r.optional("source_v_pu"); v.ok {
		n.Sources = append(n.Sources, Source{Bus: b.ID, VPU: v.v, AngleDeg: r.or("source_angle_deg", 0), SkMVA: r.or("source_sk_mva", 0),
			RXRatio: r.or("source_rx_ratio", 0)})
	}
	if p, q := r.or("p_kw", 0), r.or("q_kvar", 0); p != 0 || q != 0 {
		n.Loads = append(n.Loads, Load{Bus: b.ID, PKW: p, QKVAr: q, Kind: r.text("load_kind")})
	}
	if p, q := r.or("shunt_p_kw", 0), r.or("shunt_q_kvar", 0); p != 0 || q != 0 {
		n.Shunts = append(n.Shunts, Shunt{ID: len(n.Shunts), Bus: b.ID, PKW: p, QKVAr: q})
	}
}

func (n *Network) branch(r *csvRow, kv map[int]float64) {
	id, from, to := r.whole("id"), r.whole("from"), r.whole("to")
	fromOpen, toOpen := r.open("from_open"), r.open("to_open")
	switch r.text("kind") {
	case "line":
		n.Lines = append(n.Lines, Line{ID: id, From: from, To: to, ROhm: r.number("r_ohm"), XOhm: r.number("x_ohm"), BUS: r.or("b_us", 0),
			GUS: r.or("g_us", 0), LengthKM: r.or("length_km", 0), IMaxA: r.optional("imax_a").pointer(), FromOpen: fromOpen, ToOpen: toOpen})
	case "link":
		n.Links = append(n.Links, Link{ID: id, From: from, To: to, Open: fromOpen || toOpen})
	case "trafo":
		n.plated(r, Trafo{ID: id, HV: from, LV: to, Name: r.text("name"), HVOpen: fromOpen, LVOpen: toOpen}, kv)
	default:
		r.fail("grid.bad-type", "kind")
	}
}

func (n *Network) plated(r *csvRow, t Trafo, kv map[int]float64) {
	for _, bus := range []int{t.HV, t.LV} {
		if kv[bus] == 0 && r.err == nil {
			r.err = invalid("grid.missing-bus", "element", "trafo", "id", t.ID, "bus", bus)
		}
	}
	t.SnKVA, t.VnHVKV, t.VnLVKV = r.number("sn_kva"), r.number("vn_hv_kv"), r.number("vn_lv_kv")
	t.PfeKW, t.I0Pct, t.TapSide, t.TapStepPct = r.or("pfe_kw", 0), r.or("i0_pct", 0), r.text("tap_side"), r.or("tap_step_pct", 0)
	t.TapPos, t.TapNeutral = int(r.or("tap_pos", 0)), int(r.or("tap_neutral", 0))
	if r.optional("model_ratio").ok {
		t.VkPct, t.VkrPct = r.or("vk_pct", 0), r.or("vkr_pct", 0)
		t.Model = TrafoModel{RPU: r.number("model_r_pu"), XPU: r.number("model_x_pu"), GPU: r.or("model_g_pu", 0), BPU: r.or("model_b_pu", 0),
			Ratio: r.number("model_ratio"), ShiftDeg: r.or("shift_deg", 0)}
	} else if t.VkPct, t.VkrPct = r.number("vk_pct"), r.number("vkr_pct"); r.err == nil {
		moved := 1 + float64(t.TapPos-t.TapNeutral)*t.TapStepPct/100
		p := plate{snMVA: t.SnKVA / 1000, vnHV: t.VnHVKV, vnLV: t.VnLVKV, vk: t.VkPct, vkr: t.VkrPct, pfeKW: t.PfeKW, i0: t.I0Pct,
			shift: r.or("shift_deg", 0), parallel: 1}
		switch t.TapSide {
		case "hv":
			p.vnHV *= moved
		case "lv":
			p.vnLV *= moved
		case "":
		default:
			r.fail("grid.bad-type", "tap_side")
		}
		t.Model = p.model(kv[t.HV], kv[t.LV])
	}
	n.Trafos = append(n.Trafos, t)
}

// CSV writes the pair of tables that [ReadCSV] reads. A bus with loads of
// several kinds, or with several sources, has no row of its own and is refused. What is
// there only while generation runs is left out, as in the other formats but plain JSON.
func (n *Network) CSV() (nodes, branches []byte, err error) {
	s := n.sorted()
	load, shunt, source := map[int]Load{}, map[int]Shunt{}, map[int]Source{}
	for _, l := range s.Loads {
		if l.When != "" {
			continue
		}
		sum, ok := load[l.Bus]
		if ok && sum.Kind != l.Kind {
			return nil, nil, invalid("grid.no-place-for", "element", "load", "id", l.Bus, "format", "CSV")
		}
		load[l.Bus] = Load{Bus: l.Bus, PKW: sum.PKW + l.PKW, QKVAr: sum.QKVAr + l.QKVAr, Kind: l.Kind}
	}
	for _, h := range s.Shunts {
		shunt[h.Bus] = Shunt{PKW: shunt[h.Bus].PKW + h.PKW, QKVAr: shunt[h.Bus].QKVAr + h.QKVAr}
	}
	for _, c := range s.Sources {
		source[c.Bus] = c
	}
	nodes = writeTable(csvNodes, len(s.Buses), func(i int, put func(column string, v any)) {
		b := &s.Buses[i]
		put("id", b.ID)
		put("name", b.Name)
		put("vn_kv", b.VnKV)
		put("x", b.X)
		put("y", b.Y)
		if c, ok := source[b.ID]; ok {
			put("source_v_pu", c.VPU)
			put("source_angle_deg", c.AngleDeg)
			put("source_sk_mva", c.SkMVA)
			put("source_rx_ratio", c.RXRatio)
		}
		if l, ok := load[b.ID]; ok {
			put("p_kw", l.PKW)
			put("q_kvar", l.QKVAr)
			put("load_kind", l.Kind)
		}
		if h, ok := shunt[b.ID]; ok {
			put("shunt_p_kw", h.PKW)
			put("shunt_q_kvar", h.QKVAr)
		}
	})
	return nodes, s.csvBranches(), nil
}

func (n *Network) csvBranches() []byte {
	lines, trafos := len(n.Lines), len(n.Trafos)
	return writeTable(csvBranches, lines+trafos+len(n.Links), func(i int, put func(column string, v any)) {
		ends := func(kind string, id, from, to int, fromOpen, toOpen bool) {
			put("kind", kind)
			put("id", id)
			put("from", from)
			put("to", to)
			put("from_open", fromOpen)
			put("to_open", toOpen)
		}
		switch {
		case i < lines:
			l := &n.Lines[i]
			ends("line", l.ID, l.From, l.To, l.FromOpen, l.ToOpen)
			put("r_ohm", l.ROhm)
			put("x_ohm", l.XOhm)
			put("b_us", l.BUS)
			put("g_us", l.GUS)
			put("length_km", l.LengthKM)
			put("imax_a", l.IMaxA)
		case i < lines+trafos:
			t := &n.Trafos[i-lines]
			ends("trafo", t.ID, t.HV, t.LV, t.HVOpen, t.LVOpen)
			put("name", t.Name)
			put("sn_kva", t.SnKVA)
			put("vn_hv_kv", t.VnHVKV)
			put("vn_lv_kv", t.VnLVKV)
			put("vk_pct", t.VkPct)
			put("vkr_pct", t.VkrPct)
			put("pfe_kw", t.PfeKW)
			put("i0_pct", t.I0Pct)
			put("tap_pos", t.TapPos)
			put("tap_neutral", t.TapNeutral)
			put("tap_step_pct", t.TapStepPct)
			put("tap_side", t.TapSide)
			put("shift_deg", t.Model.ShiftDeg)
			put("model_r_pu", t.Model.RPU)
			put("model_x_pu", t.Model.XPU)
			put("model_g_pu", t.Model.GPU)
			put("model_b_pu", t.Model.BPU)
			put("model_ratio", t.Model.Ratio)
		default:
			l := &n.Links[i-lines-trafos]
			ends("link", l.ID, l.From, l.To, l.Open, false)
		}
	})
}

// writeTable writes rows of known columns; a zero that may be left out is.
func writeTable(columns []string, rows int, row func(i int, put func(column string, v any))) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(columns) // into memory: it cannot fail
	cells := make([]string, len(columns))
	for i := range rows {
		clear(cells)
		row(i, func(column string, v any) { cells[slices.Index(columns, column)] = cell(v) })
		w.Write(cells)
	}
	w.Flush()
	return out.Bytes()
}

func cell(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		if v {
			return "1"
		}
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case *float64:
		if v != nil {
			return cell(*v)
		}
	}
	return ""
}
