package main

import (
	"context"
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// importNetwork brings another survey of the network into force, unless it loses a
// transformer below which power is reserved. Streets and what connecting costs stay as
// they are.
func (f *importFlags) importNetwork(c *call) (err error) {
	if err := c.required("db", "pack", "keys"); err != nil {
		return err
	}
	n, err := readNetwork(f.network, f.crs)
	if err != nil {
		return err
	}
	m, err := grid.Compile(n)
	if err != nil {
		return err
	}
	o, err := f.office(c)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Capacity == nil {
		return aiqyn.E(aiqyn.Conflict, "error.network-first")
	}
	if err := o.Capacity.Streets.Graph.Suit(m); err != nil {
		return err
	}
	if err := o.CheckNetwork(m); err != nil {
		return err
	}
	key := "command.network-dry"
	if !f.dry {
		key, err = "command.network-done", putNetwork(c.ctx, o.db, n)
	}
	odd := m.Oddities()
	if err == nil && odd.UnratedN > 0 {
		c.say("command.network-unrated", "n", odd.UnratedN, "list", numbered(odd.Unrated, odd.UnratedN))
	}
	if err == nil && odd.GeneratingN > 0 {
		c.say("command.network-generating", "n", odd.GeneratingN, "list", numbered(odd.Generating, odd.GeneratingN))
	}
	if err == nil {
		c.say(key, "network", n.Hash(), "trafos", len(m.Nameplates()))
	}
	return err
}

// putNetwork puts a network in the place of the one in force.
func putNetwork(ctx context.Context, db *store.DB, n *grid.Network) error {
	p, err := readPower(ctx, db)
	if err != nil {
		return err
	}
	p.Network = n.Hash()
	if err := db.PutSnapshot(ctx, store.Snapshot{Hash: p.Network, Kind: "network", Data: n.Encode(), Added: time.Now()}); err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return db.PutSetting(ctx, powerSetting, string(text))
}
