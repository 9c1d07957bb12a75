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
	fmt.Fprintf(stdout, "after %d entries: network %s, published for %s by entry %d\n", s.Position, s.Network, s.Published.Day, s.Published.Entry)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "transformer\tfree kW, published\treserved kW\tof that connected kW\t")
	for _, t := range s.Trafos {
		free := "no limit"
		if t.FreeW >= 0 {
			free = kw(t.FreeW)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t\n", t.Trafo, free, kw(t.ReservedW), kw(t.ConnectedW))
	}
	for _, m := range s.Since {
		fmt.Fprintf(w, "entry %d, transformer %d\t%s\t%s\t%s\t\n", m.Entry, m.Trafo, m.Cause, kw(m.W), kw(m.ConnectedW))
	}
	return w.Flush()
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
