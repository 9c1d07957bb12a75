// Package grid answers what a distribution network can still carry: balanced
// radial power flow, the hosting capacity of every node and transformer, and
// where an object can be connected at what cost. It is pure: the same network,
// reservations and limits give the same bytes on every machine.
//
// A [Network] is read or built, then compiled into a [Model], which answers:
//
//   - [Model.Flow]: voltages and currents. The tree is swept from leaves to
//     source (powers) and back (squared voltages) until nothing moves; each
//     sweep leaves an error of the order of the squared voltage drop, so that
//     four to eight suffice.
//   - [Model.TreeCapacity], [Model.BusCapacity]: the largest extra load at one
//     bus. What hangs off the path to the source is replaced by its response to
//     the voltage; Newton's method along the path finds where the first limit
//     breaks; a solve of the whole tree certifies the figure, rounded down.
//     Of all buses of a tree, most are proven instead: what hangs off the path
//     is enclosed by what it can draw at most and at least.
//   - [Model.Points]: the cheapest buses that can feed an object at a place.
//     Which bus suits a load is a rule of the table of [Costs]: the level of the
//     bus's voltage must have a cable (and station, if it lists any) for the
//     load; a source's own bus is no candidate, nor is one without coordinates.
//
// Capacities are one at a time: two of them together need [Model.Verify].
package grid

// Network is a distribution network as it was surveyed: a forest of radial
// trees, each fed by one source. It is the plain JSON of the published
// snapshots; units are in the key names.
type Network struct {
	Name    string   `json:"name"`
	BaseHz  float64  `json:"base_hz"`
	Radial  bool     `json:"radial"`
	CRS     string   `json:"crs,omitempty"` // "EPSG:4326" (x longitude, y latitude), "EPSG:32642"; empty: schematic, taken as metres
	Sources []Source `json:"sources"`
	Buses   []Bus    `json:"buses"`
	Lines   []Line   `json:"lines"`
	Trafos  []Trafo  `json:"trafos"`
	Links   []Link   `json:"links,omitempty"`
	Shunts  []Shunt  `json:"shunts,omitempty"`
	Loads   []Load   `json:"loads"`
}

// Source feeds one tree. Without SkMVA its bus has a fixed voltage; with it,
// the voltage is fixed behind the impedance of that short-circuit power.
type Source struct {
	Bus      int     `json:"bus"`
	VPU      float64 `json:"v_pu"`
	AngleDeg float64 `json:"angle_deg"`
	SkMVA    float64 `json:"sk_mva,omitempty"`
	RXRatio  float64 `json:"rx_ratio,omitempty"`
}

// Bus is a node: busbar, pole, cabinet.
type Bus struct {
	ID   int      `json:"id"`
	VnKV float64  `json:"vn_kv"`
	Name string   `json:"name,omitempty"`
	X    *float64 `json:"x,omitempty"`
	Y    *float64 `json:"y,omitempty"`
}

// Line joins two buses of one voltage; BUS is its total shunt susceptance in
// microsiemens, half at each end, GUS the conductance that belongs to it. IMaxA
// nil means no limit is recorded. A line open at one end still charges.
type Line struct {
	ID       int      `json:"id"`
	From     int      `json:"from"`
	To       int      `json:"to"`
	ROhm     float64  `json:"r_ohm"`
	XOhm     float64  `json:"x_ohm"`
	BUS      float64  `json:"b_us"`
	GUS      float64  `json:"g_us,omitempty"`
	LengthKM float64  `json:"length_km"`
	IMaxA    *float64 `json:"imax_a"`
	FromOpen bool     `json:"from_open,omitempty"`
	ToOpen   bool     `json:"to_open,omitempty"`
}

// Trafo is a two-winding transformer: nameplate, and the pi model in per unit
// on 1 MVA and the buses' rated voltages.
type Trafo struct {
	ID         int        `json:"id"`
	Name       string     `json:"name,omitempty"`
	HV         int        `json:"hv"`
	LV         int        `json:"lv"`
	SnKVA      float64    `json:"sn_kva"`
	VnHVKV     float64    `json:"vn_hv_kv"`
	VnLVKV     float64    `json:"vn_lv_kv"`
	VkPct      float64    `json:"vk_pct"`
	VkrPct     float64    `json:"vkr_pct"`
	PfeKW      float64    `json:"pfe_kw"`
	I0Pct      float64    `json:"i0_pct"`
	TapPos     int        `json:"tap_pos"`
	TapStepPct float64    `json:"tap_step_pct"`
	TapSide    string     `json:"tap_side"`
	TapNeutral int        `json:"tap_neutral"`
	Model      TrafoModel `json:"model_1mva"`
	HVOpen     bool       `json:"hv_open,omitempty"`
	LVOpen     bool       `json:"lv_open,omitempty"`
}

// TrafoModel has the series impedance on the LV side of an ideal ratio:1 at
// the HV bus with angle ShiftDeg, and the total shunt, half at each end.
type TrafoModel struct {
	RPU      float64 `json:"r_pu"`
	XPU      float64 `json:"x_pu"`
	GPU      float64 `json:"g_pu"`
	BPU      float64 `json:"b_pu"`
	Ratio    float64 `json:"ratio"`
	ShiftDeg float64 `json:"shift_deg"`
}

// Link joins two buses without impedance: a closed coupler or a busbar section.
type Link struct {
	ID   int  `json:"id"`
	From int  `json:"from"`
	To   int  `json:"to"`
	Open bool `json:"open,omitempty"`
}

// Shunt is an admittance at a bus, in kW and kvar drawn at rated voltage:
// reactor positive, capacitor negative.
type Shunt struct {
	ID    int     `json:"id"`
	Bus   int     `json:"bus"`
	PKW   float64 `json:"p_kw"`
	QKVAr float64 `json:"q_kvar"`
}

// Load is the net demand at one bus; several loads at one bus add up. Kind is
// how it follows the voltage: "" constant power, "impedance" or "current",
// whose P and Q are those at rated voltage.
//
// When is "" for what is always there. A load of [WhenGenerating] comes to the others only
// while generation runs: what generates, below zero, and what is drawn more where that
// feeds it. A tree that has any must keep its limits with and without all of them.
type Load struct {
	Bus   int     `json:"bus"`
	PKW   float64 `json:"p_kw"`
	QKVAr float64 `json:"q_kvar"`
	Kind  string  `json:"kind,omitempty"`
	When  string  `json:"when,omitempty"`
}

// WhenGenerating is what of loads is there only while generation runs.
const WhenGenerating = "generating"

// The ways in which a load follows the voltage.
const (
	ConstPower     = ""
	ConstImpedance = "impedance"
	ConstCurrent   = "current"
)
