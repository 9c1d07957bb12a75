package main

import (
	"context"
	"os"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// power puts the network that was named into force.
func (f *serveFlags) power(ctx context.Context, db *store.DB) error {
	data, err := os.ReadFile(f.network)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.network).Because(err)
	}
	n, err := grid.Read(data)
	if err != nil {
		return err
	}
	var costs grid.Costs
	if err := readJSON(f.costs, &costs); err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.costs).Because(err)
	}
	if err := costs.Validate(); err != nil {
		return err
	}
	power := powerInForce{network: n, costs: costs}
	if f.streets != "" {
		data, err := os.ReadFile(f.streets)
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.streets).Because(err)
		}
		if power.streets, err = grid.ReadStreets(data); err != nil {
			return err
		}
	}
	if f.upgrades != "" {
		if err := readJSON(f.upgrades, &power.upgrades); err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.upgrades).Because(err)
		}
		if err := power.upgrades.Validate(); err != nil {
			return err
		}
	}
	return putCapacity(ctx, db, power, time.Now())
}
