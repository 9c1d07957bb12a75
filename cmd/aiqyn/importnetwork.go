package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/grid"
)

// tablesFlags name the tables that an operator brings; what is not named stays.
type tablesFlags struct {
	network, costs, streets, upgrades, places string
	detour                                    int
	reason, why                               string
}

// maxTable bounds a table of prices or places.
const maxTable = 32 << 20

func (f *tablesFlags) define(c *call) {
	c.flags.StringVar(&f.network, "network", "", "bring the network of `FILE`")
	c.flags.StringVar(&f.costs, "costs", "", "bring the table of what connecting costs in `FILE`")
	c.flags.StringVar(&f.streets, "streets", "", "bring the streets in `FILE` that a new line follows")
	c.flags.StringVar(&f.upgrades, "upgrades", "", "bring the table of what reinforcing costs in `FILE`")
	c.flags.StringVar(&f.places, "places", "", "bring what is known of transformers, as published, in `FILE`")
	c.flags.IntVar(&f.detour, "detour", 0, "bring the detour, in `PERMILLE` of the straight line, where no streets lead")
	c.flags.StringVar(&f.reason, "reason", "", "why tables are brought: survey, works, correction, prices or streets")
	c.flags.StringVar(&f.why, "why", "", "what the overseer and the public will read, in `WORDS`")
}

// any reports whether a table is brought.
func (f *tablesFlags) any() bool {
	return f.network != "" || f.costs != "" || f.streets != "" || f.upgrades != "" || f.places != "" || f.detour != 0
}

// importTables asks for tables to come into force: another survey of the network, unless
// it loses a transformer below which power is reserved, prices, streets, places. An
// overseer confirms them on their page.
func (f *importFlags) importTables(c *call) error {
	if err := c.required("db", "pack", "keys"); err != nil {
		return err
	}
	brings, err := f.tables.read(f.crs)
	if err != nil {
		return err
	}
	brings.ID, brings.Actor = aiqyn.CommandID("tables/"+rand.Text()), aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: aiqyn.OfficerID(f.importer)}
	o, err := f.office(c)
	if err != nil {
		return err
	}
	defer o.Close()
	if !f.dry {
		if err := o.adopt(c.ctx, f.importer, "What was in force when acts about tables became entries of the log"); err != nil {
			return err
		}
		return f.ask(c, o, brings)
	}
	if !o.TablesNamed() && o.Capacity != nil {
		return aiqyn.E(aiqyn.Conflict, "error.tables-unnamed")
	}
	changed, largest, err := o.CheckTables(c.ctx, brings)
	if err == nil {
		c.sayTables(brings, changed, largest)
		c.say("command.tables-dry")
	}
	return err
}

// ask sends what is brought, and says where it is answered.
func (f *importFlags) ask(c *call, o *office, brings casework.BringTables) error {
	changed, largest, err := o.CheckTables(c.ctx, brings)
	if err != nil {
		return err
	}
	res, err := o.Do(c.ctx, brings)
	if err == nil {
		c.sayTables(brings, changed, largest)
		c.say("command.tables-asked", "entry", res.First)
	}
	return err
}

// sayTables tells what would change.
func (c *call) sayTables(b casework.BringTables, changed []casework.ElementCount, largest *grid.RatingChange) {
	if b.Network != nil {
		c.say("command.tables-network", "network", b.Network.Hash(), "trafos", len(b.Network.Trafos))
		if m, err := grid.Compile(b.Network); err == nil {
			odd := m.Oddities()
			if odd.UnratedN > 0 {
				c.say("command.network-unrated", "n", odd.UnratedN, "list", numbered(odd.Unrated, odd.UnratedN))
			}
			if odd.GeneratingN > 0 {
				c.say("command.network-generating", "n", odd.GeneratingN, "list", numbered(odd.Generating, odd.GeneratingN))
			}
		}
	}
	for _, n := range changed {
		c.say("command.tables-changed", "element", c.text("web.tables.element-"+n.Element), "added", n.Added, "removed", n.Removed, "changed", n.Changed)
	}
	if largest != nil {
		c.say("command.tables-largest", "element", c.text("web.tables.element-"+largest.Element), "id", largest.ID, "was", largest.Was, "is", largest.Is)
	}
}

// read reads what is brought, each within its limit.
func (f *tablesFlags) read(crs string) (b casework.BringTables, err error) {
	b.Reason, b.Words, b.Detour = casework.TablesReason(f.reason), f.why, f.detour
	if f.network != "" {
		if b.Network, err = readNetwork(f.network, crs); err != nil {
			return b, err
		}
	}
	if f.streets != "" {
		data, err := readLimited(f.streets, 64<<20)
		if err != nil {
			return b, err
		}
		if b.Streets, err = grid.ReadStreets(data); err != nil {
			return b, err
		}
	}
	if f.costs != "" {
		b.Costs = new(grid.Costs)
		if err := readTable(f.costs, b.Costs, func() error { return b.Costs.Validate() }); err != nil {
			return b, err
		}
	}
	if f.upgrades != "" {
		b.Upgrades = new(grid.Upgrades)
		if err := readTable(f.upgrades, b.Upgrades, func() error { return b.Upgrades.Validate() }); err != nil {
			return b, err
		}
	}
	if f.places != "" {
		data, err := readLimited(f.places, maxTable)
		if err != nil {
			return b, err
		}
		if b.Places, err = casework.ReadPlaces(data); err != nil {
			return b, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.places).Because(err)
		}
	}
	return b, nil
}

// readTable reads a table of prices: JSON with the fields of the table and no others.
func readTable(file string, into any, check func() error) error {
	data, err := readLimited(file, maxTable)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file)
	}
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	return check()
}
