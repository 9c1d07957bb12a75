package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"aiqyn/casework"
	"aiqyn/ledger"
)

// publishEvery is how often a server looks whether a new day's publication is due.
const publishEvery = time.Minute

// publishToday publishes what a new day brings: the free power of every
// transformer, the days that can be released, and the signed index of all that
// is new. It reports whether there was anything.
func (o *office) publishToday(ctx context.Context, now time.Time) (bool, error) {
	if err := o.publishCapacity(ctx, now); err != nil {
		return false, err
	}
	if _, err := o.Release(ctx); err != nil {
		return false, err
	}
	return o.Index(ctx)
}

// publishCapacity publishes the free power of every transformer, once a day.
func (o *office) publishCapacity(ctx context.Context, now time.Time) error {
	if o.Capacity == nil {
		return nil
	}
	last, found, err := o.db.LastPublication(ctx)
	if err != nil || found && last.Day == now.In(o.Zone).Format(time.DateOnly) {
		return err
	}
	_, err = o.PublishCapacity(ctx)
	return err
}

// keepPublishing calls publish as the days pass.
func keepPublishing(ctx context.Context, publish func(context.Context) error, log *slog.Logger) {
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := publish(ctx); err != nil && ctx.Err() == nil {
			log.Error("daily publication", "err", err)
		}
	}
}

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
