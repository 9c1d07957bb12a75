package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"aiqyn"
	"aiqyn/casework"
)

// gridState prints the state of the network at a position of the log, as it follows
// from published files.
func gridState(f *gridFlags, stdout io.Writer) error {
	position, err := strconv.ParseInt(f.at, 10, 64)
	if err != nil || position < 0 || f.data == "" {
		return aiqyn.E(aiqyn.Invalid, "error.grid-state")
	}
	data := publishedData{dir: f.data}
	names, err := filepath.Glob(filepath.Join(f.data, "differences", "*.json"))
	if err != nil {
		return err
	}
	differences := make([][]byte, len(names))
	for i, name := range names {
		hash := strings.TrimSuffix(filepath.Base(name), ".json")
		if differences[i], err = data.file("differences", hash); err != nil {
			return err
		}
		if hashOf(differences[i]) != hash {
			return aiqyn.E(aiqyn.Invalid, "error.recompute-data", "file", filepath.Join("differences", hash+".json"))
		}
	}
	state, err := casework.StateAt(position, differences, func(hash string) ([]byte, error) { return data.file("capacity", hash) })
	if err != nil {
		return err
	}
	if f.json {
		e := json.NewEncoder(stdout)
		e.SetIndent("", " ")
		return e.Encode(state)
	}
	return f.printState(state, stdout)
}

func (f *gridFlags) printState(s *casework.CapacityState, stdout io.Writer) error {
	fmt.Fprintln(stdout, f.text("command.grid.state", "entries", s.Position, "network", s.Network, "day", s.Published.Day, "entry", s.Published.Entry))
	if s.Of != "" {
		fmt.Fprintln(stdout, f.text("command.grid.state-of", "network", s.Of))
	}
	f.printInForce(s, stdout)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, f.heads("command.grid.transformer", "command.grid.published", "command.grid.withdrawn", "command.grid.reserved", "command.grid.connected"))
	for _, t := range s.Trafos {
		free, withdrawn := f.text("command.grid.unlimited"), ""
		switch {
		case t.Unpublished:
			free = f.text("command.grid.unpublished")
		case t.FreeW >= 0:
			free = kw(t.FreeW)
		}
		if t.Withdrawn > 0 {
			withdrawn = strconv.FormatInt(t.Withdrawn, 10)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t\n", t.Trafo, free, withdrawn, kw(t.ReservedW), kw(t.ConnectedW))
	}
	for _, m := range s.Since {
		fmt.Fprintf(w, "%s\t%s\t\t%s\t%s\t\n", f.text("command.grid.move", "entry", m.Entry, "trafo", m.Trafo), m.Cause, kw(m.W), kw(m.ConnectedW))
	}
	for _, a := range s.Acts {
		fmt.Fprintf(w, "%s\t%s\t\t\t\t\n", f.text("command.grid.act", "entry", a.Entry), a.Kind)
	}
	return w.Flush()
}

// printInForce prints by what free power was computed, and what of it was classified.
func (f *gridFlags) printInForce(s *casework.CapacityState, stdout io.Writer) {
	is := s.InForce
	if is == nil {
		fmt.Fprintln(stdout, f.text("command.grid.state-before"))
		if s.KnownFrom > 0 {
			fmt.Fprintln(stdout, f.text("command.grid.known-from", "entries", s.KnownFrom))
		}
		return
	}
	if t := is.Tables; t != nil {
		fmt.Fprintln(stdout, f.text("command.grid.tables", "entry", t.Entry, "network", t.Network, "costs", t.Costs, "places", t.Places, "detour", t.Detour))
	}
	if len(is.Packs) == 0 || is.Packs[0].From > is.Day {
		fmt.Fprintln(stdout, f.text("command.grid.first-pack", "day", is.Day))
	}
	for _, p := range is.Packs {
		fmt.Fprintln(stdout, f.text("command.grid.pack", "hash", p.Hash, "day", p.From, "entry", p.Entry))
	}
	for _, c := range is.Classes {
		fmt.Fprintln(stdout, f.text("command.grid.class", "subject", c.Subject.String(), "class", string(c.Class), "day", c.Until, "entry", c.Entry))
	}
}

// positionFlags are those by which an audit prints what was at a position, and audits
// nothing; the answer says whether one was given.
func (c *call) positionFlags() func(casework.AuditConfig) (bool, error) {
	reserved := c.flags.Int64("reserved-at", -1, "audit nothing: print what every case had reserved after `N` entries, made again from the log")
	inForce := c.flags.Int64("in-force-at", -1, "audit nothing: print which tables, network and packs were in force after `N` entries, what was withdrawn and what was classified, made again from the log")
	return func(cfg casework.AuditConfig) (bool, error) {
		switch {
		case *reserved >= 0:
			return true, c.reservedAt(cfg, *reserved)
		case *inForce >= 0:
			return true, c.inForceAt(cfg, *inForce)
		}
		return false, nil
	}
}

// inForceAt prints what was in force at a position, also what was classified: for auditors.
func (c *call) inForceAt(cfg casework.AuditConfig, position int64) error {
	at, err := casework.ReadInForceAt(c.ctx, cfg, position)
	if err != nil {
		return err
	}
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", " ")
	return e.Encode(at)
}

// reservedAt prints what every case had reserved at a position, and where: for auditors.
func (c *call) reservedAt(cfg casework.AuditConfig, position int64) error {
	list, err := casework.ReservedAt(c.ctx, cfg, position)
	if err != nil {
		return err
	}
	type line struct {
		Case int64 `json:"case"`
		Bus  int64 `json:"bus"`
		Watt int64 `json:"w"`
	}
	e := json.NewEncoder(c.stdout)
	for _, r := range list {
		if err := e.Encode(line{r.Case, r.Place, r.Amount}); err != nil {
			return err
		}
	}
	return nil
}

// kw is a figure in kilowatts with three places.
func kw(watt int64) string { return strconv.FormatFloat(float64(watt)/1000, 'f', 3, 64) }
