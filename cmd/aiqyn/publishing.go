package main

import (
	"context"
	"path/filepath"
	"strings"
	"sync"

	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/web/assets"
)

// browserVerifier is the verifier for browsers that this program serves.
var browserVerifier = sync.OnceValues(func() ([]byte, error) {
	files, err := assets.Load()
	if err != nil {
		return nil, err
	}
	return files.Verifier, nil
})

// publisher is where published files are read: a running engine, or a log that
// is only read.
type publisher interface {
	PublishedFiles(ctx context.Context) ([]casework.PublishedFile, error)
	Tile(ctx context.Context, path string) ([]byte, error)
}

// writePublished writes all that is public below a folder. What stands under
// its hash is not written twice. The index comes last: what it lists is there.
func writePublished(ctx context.Context, p publisher, verifierKey, dir string) error {
	if err := writeTiles(ctx, p, verifierKey, filepath.Join(dir, "log")); err != nil {
		return err
	}
	files, err := p.PublishedFiles(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		underHash := f.Path != "index" && !strings.HasPrefix(f.Path, "receipts/")
		if there, err := exists(name); err != nil || there && underHash {
			if err != nil {
				return err
			}
			continue
		}
		data, err := f.Read()
		if err == nil {
			err = writeMaking(name, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeTiles writes the log's public files, as C2SP's tlog-tiles lays them out.
func writeTiles(ctx context.Context, p publisher, verifierKey, dir string) error {
	checkpoint, err := p.Tile(ctx, "checkpoint")
	if err != nil {
		return err
	}
	key, err := ledger.ParseKey(verifierKey)
	if err != nil {
		return err
	}
	signed, err := ledger.OpenCheckpoint(checkpoint, key)
	if err != nil {
		return err
	}
	put := func(level int, width, index int64) error {
		path := ledger.TilePath(level, index, int(width))
		data, err := p.Tile(ctx, path)
		if err != nil {
			return err
		}
		return writeMaking(filepath.Join(dir, filepath.FromSlash(path)), data)
	}
	const full = ledger.TileWidth
	for level, n := ledger.EntriesLevel, signed.Size; n > 0; level++ {
		for index := int64(0); index*full < n; index++ {
			if err := put(level, min(full, n-index*full), index); err != nil {
				return err
			}
		}
		if level >= 0 {
			n /= full
		}
	}
	return writeMaking(filepath.Join(dir, "checkpoint"), checkpoint)
}
