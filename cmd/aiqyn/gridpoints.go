package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/packs"
)

type shownPoint struct {
	ID        int                 `json:"id"`
	RouteM    int64               `json:"route_m"`
	By        string              `json:"by"` // streets, straight
	Cost      int64               `json:"cost"`
	Price     grid.Price          `json:"price"`
	FreeKW    *float64            `json:"free_kw"`
	Feasible  bool                `json:"feasible"`
	Because   string              `json:"because"`
	Reinforce *grid.Reinforcement `json:"reinforce,omitempty"`
}

func newShownPoint(p grid.StreetPoint) shownPoint {
	s := shownPoint{p.Bus, p.RouteM, "straight", p.Cost, p.Price, kilowatt(p.FreeW), p.Feasible, p.Because, p.Reinforce}
	if p.ByStreets {
		s.By = "streets"
	}
	return s
}

// How many points that fall away are looked at for what it would take to have
// them, and how many of the answers are shown.
const (
	fallenForUpgrades = 40
	shownUpgrades     = 3
)

func gridPoints(n *grid.Network, m *grid.Model, reserved []grid.Extra, f *gridFlags, stdout io.Writer) (bool, error) {
	q, err := f.pointsQuery(n)
	if err != nil {
		return false, err
	}
	q.Reserved = reserved
	res, err := m.PointsByStreets(q)
	if err != nil {
		return false, err
	}
	points, upgrades := []shownPoint{}, []shownPoint{}
	for _, p := range slices.Concat(res.Feasible, res.Rejected[:min(5, len(res.Rejected))]) {
		points = append(points, newShownPoint(p))
	}
	if f.upgrade {
		for _, p := range res.Reinforcements(shownUpgrades) {
			upgrades = append(upgrades, newShownPoint(p))
		}
	}
	held := len(res.Feasible) > 0
	if f.json {
		out := map[string]any{"points": points}
		if f.upgrade {
			out["upgrades"] = upgrades
		}
		return held, json.NewEncoder(stdout).Encode(out)
	}
	f.printPoints(stdout, points)
	for _, p := range upgrades {
		fmt.Fprintf(stdout, "\n%s\n", f.text("command.grid.reinforced", "bus", p.ID, "cost", p.Cost/100, "part", p.Price.Upgrade/100))
		for _, step := range p.Reinforce.Steps {
			unit, by := "A", int64(1)
			if step.Kind == "trafo" {
				unit, by = "kVA", 1000
			}
			fmt.Fprintf(stdout, "  %s\n", f.text("command.grid.step", "kind", step.Kind, "id", step.Element, "then", step.Then/by, "unit", unit, "now", step.Now/by, "cost", step.Cost/100))
		}
	}
	return held, nil
}

func (f *gridFlags) printPoints(stdout io.Writer, points []shownPoint) {
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, f.heads("command.grid.bus", "command.grid.route", "", "command.grid.cost", "command.grid.free", ""))
	for _, p := range points {
		free, because := f.text("command.grid.unlimited"), p.Because
		if p.FreeKW != nil {
			free = strconv.FormatFloat(*p.FreeKW, 'f', 1, 64)
		}
		if p.Feasible {
			because = f.text("command.grid.feasible")
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%d\t%s\t%s\t\n", p.ID, p.RouteM, p.By, p.Cost/100, free, because)
	}
	t.Flush()
}

// pointsQuery gathers place, load, streets and tables from the flags.
func (f *gridFlags) pointsQuery(n *grid.Network) (q grid.StreetsQuery, err error) {
	if !f.isSet["kw"] {
		return q, aiqyn.E(aiqyn.Invalid, "error.grid-kw-missing")
	}
	q.LoadW, q.Limits, q.Costs = f.watt(), f.limits, illustrativeCosts()
	if q.X, q.Y, err = f.place(n); err != nil {
		return q, err
	}
	if f.costs != "" {
		q.Costs = grid.Costs{}
		if err := readJSON(f.costs, &q.Costs); err != nil {
			return q, err
		}
	}
	if f.upgrade {
		q.Upgrades, q.Fallen = illustrativeUpgrades(), fallenForUpgrades
	}
	if f.upgrades != "" {
		q.Upgrades = grid.Upgrades{}
		if err := readJSON(f.upgrades, &q.Upgrades); err != nil {
			return q, err
		}
	}
	if f.streets == "" {
		return q, nil
	}
	data, err := os.ReadFile(f.streets)
	if err != nil {
		return q, err
	}
	s, err := grid.ReadStreets(data)
	if err != nil {
		return q, err
	}
	q.Streets, err = grid.CompileStreets(s)
	return q, err
}

// place is where the load is: --at, or where the bus of --node stands.
func (f *gridFlags) place(n *grid.Network) (x, y float64, err error) {
	if !slices.ContainsFunc(n.Buses, func(b grid.Bus) bool { return b.X != nil }) {
		return 0, 0, aiqyn.E(aiqyn.Invalid, "error.grid-no-coordinates")
	}
	if f.isSet["node"] {
		if i := slices.IndexFunc(n.Buses, func(b grid.Bus) bool { return b.ID == f.node && b.X != nil }); i >= 0 {
			return *n.Buses[i].X, *n.Buses[i].Y, nil
		}
		return 0, 0, aiqyn.E(aiqyn.Invalid, "error.grid-no-place", "bus", f.node)
	}
	first, second, ok := strings.Cut(f.at, ",")
	x, errX := strconv.ParseFloat(strings.TrimSpace(first), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(second), 64)
	if !ok || errX != nil || errY != nil {
		return 0, 0, aiqyn.E(aiqyn.Invalid, "error.grid-at")
	}
	return x, y, nil
}

// illustrativeCosts let the command answer without a table: invented round
// figures of the right order, no utility's prices.
func illustrativeCosts() grid.Costs {
	return grid.Costs{From: "2026-01-01", Source: "illustrative", MaxRouteM: 10_000, Levels: []grid.Level{
		{MaxV: 1_000, Tap: 8_000_000, Cables: []grid.Cable{
			{MaxW: 15_000, PerM: 450_000, R: 1_910, X: 83}, {MaxW: 60_000, PerM: 780_000, R: 868, X: 80}, {MaxW: 350_000, PerM: 3_900_000, R: 103, X: 38}}},
		{MaxV: 35_000, Tap: 95_000_000, Cables: []grid.Cable{{MaxW: 5_000_000, PerM: 3_300_000, R: 164, X: 100}}, Stations: []grid.Station{
			{MaxW: 380_000, Cost: 1_150_000_000, RatedVA: 400_000, R: 11_500, X: 43_500}, {MaxW: 2_300_000, Cost: 4_600_000_000, RatedVA: 2_500_000, R: 9_000, X: 59_000}}},
	}}
}

// illustrativeUpgrades are such figures for what reinforcing costs.
func illustrativeUpgrades() grid.Upgrades {
	return grid.Upgrades{
		Conductors: []grid.Conductor{{A: 240, MaxV: 1_000, PerM: 640_000, R: 443, X: 79}, {A: 340, MaxV: 1_000, PerM: 930_000, R: 253, X: 75},
			{A: 350, MaxV: 35_000, PerM: 2_900_000, R: 164, X: 116}, {A: 405, MaxV: 35_000, PerM: 3_400_000, R: 125, X: 112}},
		Trafos: []grid.TrafoSize{{Cost: 460_000_000, R: 14_800, RatedVA: 250_000, X: 42_500}, {Cost: 600_000_000, R: 13_800, RatedVA: 400_000, X: 42_800},
			{Cost: 810_000_000, R: 12_100, RatedVA: 630_000, X: 53_600}, {Cost: 1_140_000_000, R: 10_800, RatedVA: 1_000_000, X: 53_900}},
	}
}

// limitsFrom are the limits of the pack in a folder, or of the built-in one.
func limitsFrom(dir string) (grid.Limits, error) {
	files := packs.Kazakhstan()
	if dir != "" {
		var err error
		if files, err = readPack(dir); err != nil {
			return grid.Limits{}, err
		}
	}
	pack, err := parsePack(files)
	if err != nil || pack.Capacity == nil || pack.Capacity.Limits == nil {
		return grid.DefaultLimits(), err // a pack from before says nothing of them
	}
	return casework.LimitsBy(pack.Capacity.Limits), nil
}
