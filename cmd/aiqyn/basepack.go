package main

import (
	"context"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// basePack is the pack that a log began with: of a folder, or the oldest that is kept and
// can be read. Of those that cannot the audit tells; where none can it goes on with the
// pack that this program brings.
func (f *ledgerFlags) basePack(ctx context.Context, db *store.DB) (*service.Pack, error) {
	if f.pack != "" {
		files, err := readPack(f.pack)
		if err != nil {
			return nil, err
		}
		return parsePack(files)
	}
	list, err := db.Snapshots(ctx, "pack")
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		var files []service.File
		if readSnapshot(ctx, db, s.Hash, &files) != nil {
			continue
		}
		if pack, err := parsePack(files); err == nil && pack.Hash() == s.Hash {
			return pack, nil
		}
	}
	f.packless = true
	return ownPack()
}

// tellPackless adds that no pack that is kept can be read.
func (f *ledgerFlags) tellPackless(r *report) {
	if f.packless {
		r.add("snapshot", "no pack that can be read is kept, and cases are decided by one: --pack DIR names it")
	}
}

// firstPack is the pack that a log began with: of a folder, or as it is stored.
func firstPack(ctx context.Context, db *store.DB, dir string) ([]service.File, error) {
	if dir != "" {
		return readPack(dir)
	}
	list, err := db.Snapshots(ctx, "pack")
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-no-pack")
	}
	var files []service.File
	return files, readSnapshot(ctx, db, list[0].Hash, &files)
}
