package casework

import (
	"context"
	"time"

	"aiqyn"
	"aiqyn/release"
	"aiqyn/store"
)

// Reader reads what a log has published, without taking the log over: a server
// may run beside it.
type Reader struct{ e *Engine }

// ReaderConfig is what a Reader needs.
type ReaderConfig struct {
	Store       *store.DB
	VerifierKey string // of the log
	DataKey     [32]byte
	Clock       aiqyn.Clock    // what is public depends on the day
	Zone        *time.Location // in which days are told
}

// NewReader opens a log for reading.
func NewReader(ctx context.Context, cfg ReaderConfig) (*Reader, error) {
	e := &Engine{Config: Config{Store: cfg.Store, VerifierKey: cfg.VerifierKey, Clock: cfg.Clock, Zone: cfg.Zone}, keys: newKeyring(cfg.DataKey)}
	var err error
	e.witness.last, err = cfg.Store.LastCosigned(ctx)
	return &Reader{e}, err
}

// PublishedFiles is [Engine.PublishedFiles].
func (r *Reader) PublishedFiles(ctx context.Context) ([]PublishedFile, error) {
	return r.e.PublishedFiles(ctx)
}

// Tile is [Engine.Tile].
func (r *Reader) Tile(ctx context.Context, path string) ([]byte, error) { return r.e.Tile(ctx, path) }

// ReleaseFiles yields every release, oldest first.
func (r *Reader) ReleaseFiles(ctx context.Context, yield func(ReleaseView, *release.Release) error) error {
	e := r.e
	if _, _, err := e.releasedState(ctx); err != nil {
		return err
	}
	for _, view := range e.announced.releases {
		one, err := e.releaseOf(ctx, view.Hash)
		if err == nil {
			err = yield(view, one)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
