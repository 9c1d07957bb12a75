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
		return fmt.Errorf("state wants --data DIR and --at POSITION, a number of entries")
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
	return printState(state, stdout)
}

func printState(s *casework.CapacityState, stdout io.Writer) error {
	fmt.Fprintf(stdout, "after %d entries: network %s; free power published for %s by entry %d\n", s.Position, s.Network, s.Published.Day, s.Published.Entry)
	if s.Of != "" {
		fmt.Fprintf(stdout, "what is free was published of network %s, which is not in force any more\n", s.Of)
	}
	printInForce(s, stdout)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "transformer\tfree kW, published\twithdrawn by entry\treserved kW\tof that connected kW\t")
	for _, t := range s.Trafos {
		free, withdrawn := "no limit", ""
		switch {
		case t.Unpublished:
			free = "not published"
		case t.FreeW >= 0:
			free = kw(t.FreeW)
		}
		if t.Withdrawn > 0 {
			withdrawn = strconv.FormatInt(t.Withdrawn, 10)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t\n", t.Trafo, free, withdrawn, kw(t.ReservedW), kw(t.ConnectedW))
	}
	for _, m := range s.Since {
		fmt.Fprintf(w, "entry %d, transformer %d\t%s\t\t%s\t%s\t\n", m.Entry, m.Trafo, m.Cause, kw(m.W), kw(m.ConnectedW))
	}
	for _, a := range s.Acts {
		fmt.Fprintf(w, "entry %d\t%s\t\t\t\t\n", a.Entry, a.Kind)
	}
	return w.Flush()
}

// printInForce prints by what free power was computed, and what of it was classified.
func printInForce(s *casework.CapacityState, stdout io.Writer) {
	is := s.InForce
	if is == nil {
		fmt.Fprintln(stdout, "the difference is from before differences named what was in force: the network is that of the publication")
		if s.KnownFrom > 0 {
			fmt.Fprintf(stdout, "what was in force is known from %d entries on\n", s.KnownFrom)
		}
		return
	}
	if t := is.Tables; t != nil {
		fmt.Fprintf(stdout, "tables in force by entry %d: network %s, costs %s, places %s, detour %d‰\n", t.Entry, t.Network, t.Costs, t.Places, t.Detour)
	}
	if len(is.Packs) == 0 || is.Packs[0].From > is.Day {
		fmt.Fprintf(stdout, "pack in force on %s: that which the log began with\n", is.Day)
	}
	for _, p := range is.Packs {
		fmt.Fprintf(stdout, "pack %s from %s on, by entry %d\n", p.Hash, p.From, p.Entry)
	}
	for _, c := range is.Classes {
		fmt.Fprintf(stdout, "%s is %s until %s, by entry %d\n", c.Subject, c.Class, c.Until, c.Entry)
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
