package main

import (
	"os"

	"aiqyn"
	"aiqyn/store/cluster"
)

// pages measures what stands behind pages where many people come: whole
// commands on PostgreSQL, beside its own limit for the same rows.
func (b *bench) pages() error {
	server, err := cluster.Start()
	if err != nil {
		return aiqyn.E(aiqyn.Unavailable, "error.bench-postgresql").Because(err)
	}
	if _, err := server.Create("bench"); err != nil {
		server.Remove()
		return err
	}
	dir, err := b.tempDir()
	if err != nil {
		server.Remove()
		return err
	}
	w, err := newBenchWorld(b.ctx, dir, server, 20_000)
	if err != nil {
		server.Remove()
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	rate, limit, _, err := b.beside(w, 64, w.certificate)
	if err != nil {
		return err
	}
	b.add(figure{Name: "pages.postgres.commands", Value: rate, Unit: "1/s", Better: "higher", Goal: 0.4 * limit,
		Limit: of(limit), LimitName: "their rows, five entries each, inserted in batches by the same PostgreSQL and nothing else"})
	return nil
}
