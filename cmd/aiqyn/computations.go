package main

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/service"
)

// computations is the one map from what packs name to Go. A released version
// stays here for good: rulings of years ago are run again through it.
var computations = casework.Computations{
	grid.ConnectionPoints1:   {Run: connectionPoints1, Bind: casework.BindConnectionPoints},
	grid.ConnectionPoints2:   {Run: connectionPoints2, Bind: casework.BindConnectionPoints2},
	grid.ConnectionPoints3:   {Run: connectionPoints3, Bind: casework.BindConnectionPoints3},
	grid.PublishedMargin1:    {Run: publishedMargin1, Bind: casework.BindPublishedMargin},
	grid.PublishedMargin2:    {Run: publishedMargin2, Bind: casework.BindPublishedMargin2},
	grid.PublishedMargin3:    {Run: publishedMargin3, Bind: casework.BindPublishedMargin3},
	grid.PublishedMargin4:    {Run: publishedMargin4, Bind: casework.BindPublishedMargin4},
	grid.AddedLoad1:          {Run: addedLoad1},
	grid.NoRoom1:             {Run: noRoom1, Bind: casework.BindNoRoom},
	grid.IndependentSources1: {Run: independentSources1},
	grid.IndependentSources3: {Run: independentSources3, Bind: casework.BindIndependentSources3},
	grid.IndependentSources4: {Run: independentSources4, Bind: casework.BindIndependentSources4},
	grid.Precedence1:         {Run: precedence1, Bind: casework.BindPrecedence1},
	grid.Precedence2:         {Run: precedence2, Bind: casework.BindPrecedence2},
	grid.Precedence3:         {Run: precedence3, Bind: casework.BindPrecedence3},
	grid.Claim1:              {Run: claim1, Bind: casework.BindClaim1},
	grid.Claim2:              {Run: claim2, Bind: casework.BindClaim2},
	grid.Claim3:              {Run: claim3, Bind: casework.BindClaim3},
	grid.IndependentSources2: {Run: independentSources2, Bind: casework.BindIndependentSources2},
}

func connectionPoints1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunConnectionPoints1(in, casework.SnapshotAs[grid.Model](snapshots))
}

func connectionPoints2(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunConnectionPoints2(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func connectionPoints3(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunConnectionPoints3(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func publishedMargin1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPublishedMargin1(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func publishedMargin2(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPublishedMargin2(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func publishedMargin3(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPublishedMargin3(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func publishedMargin4(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPublishedMargin4(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func precedence1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPrecedence1(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func precedence2(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPrecedence2(in, casework.SnapshotAs[grid.Model](snapshots))
}

func claim1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunClaim1(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func precedence3(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunPrecedence3(in, casework.SnapshotAs[grid.Model](snapshots))
}

func claim2(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunClaim2(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func claim3(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunClaim3(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func independentSources4(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunIndependentSources4(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func independentSources1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunIndependentSources1(in, casework.SnapshotAs[grid.Model](snapshots))
}

func independentSources3(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunIndependentSources3(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func independentSources2(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunIndependentSources2(in, casework.SnapshotAs[grid.Model](snapshots), casework.SnapshotAs[grid.StreetGraph](snapshots))
}

func noRoom1(in []byte, snapshots casework.Snapshots) ([]byte, error) {
	return grid.RunNoRoom1(in, casework.SnapshotAs[grid.Model](snapshots))
}

func addedLoad1(in []byte, _ casework.Snapshots) ([]byte, error) { return grid.RunAddedLoad1(in) }

// parsePack reads a pack for this very program: what it computes with and looks
// up must be here.
func parsePack(files []service.File) (*service.Pack, error) {
	return service.ParsePackWith(files, service.Options{
		Computations: slices.Sorted(maps.Keys(computations)),
		Registers:    registry.Readable,
	})
}

// ownPack is the pack that is compiled in. It is parsed once, since a demonstration
// begins with it several times, and only ever read: it leaves nothing to the pack in
// force that an engine would fill in.
var ownPack = sync.OnceValues(func() (*service.Pack, error) { return parsePack(packs.Kazakhstan()) })

// lastPack is the pack of a folder that was parsed last, with its files: a server asks
// for it when its flags are checked, when it is wired, and when its engine begins.
var lastPack struct {
	sync.Mutex
	files []service.File
	pack  *service.Pack
}

// parseOwn parses a pack, or gives the one compiled in, or that of before, if it is
// that. What leaves something to the pack in force is an engine's own, and parsed
// for each.
func parseOwn(files []service.File) (*service.Pack, error) {
	same := func(a, b service.File) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) }
	if slices.EqualFunc(files, packs.Kazakhstan(), same) {
		return ownPack()
	}
	lastPack.Lock()
	defer lastPack.Unlock()
	if lastPack.pack != nil && slices.EqualFunc(files, lastPack.files, same) {
		return lastPack.pack, nil
	}
	pack, err := parsePack(files)
	if err == nil && pack.IsWhole() {
		lastPack.files, lastPack.pack = slices.Clone(files), pack
	}
	return pack, err
}
