package main

import (
	"maps"
	"slices"

	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/service"
)

// computations is the one map from what packs name to Go. A released version
// stays here for good: rulings of years ago are run again through it.
var computations = casework.Computations{
	grid.ConnectionPoints1: {Run: connectionPoints1, Bind: casework.BindConnectionPoints},
}

func connectionPoints1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunConnectionPoints1(in, func(hash string) (*grid.Model, error) {
		snapshot, err := snapshots(hash)
		model, _ := snapshot.(*grid.Model)
		return model, err
	})
}

// parsePack reads a pack for this very program: what it computes with and looks
// up must be here.
func parsePack(files []service.File) (*service.Pack, error) {
	return service.ParsePackWith(files, service.Options{
		Computations: slices.Sorted(maps.Keys(computations)),
		Registers:    registry.Names,
	})
}
