package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/store/cluster"
)

// pages measures what stands behind pages where many people come: the pages of
// citizens and the lists on both databases, and whole commands on PostgreSQL.
func (b *bench) pages() error {
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"pages.citizen pages.list", func() error { return b.citizen(nil, "") }},
		{"pages.citizen.postgres pages.list.postgres", b.citizenOnPostgres},
		{"pages.postgres.commands pages.postgres.lifecycles", b.onPostgres},
		{"pages.upload", b.upload},
	} {
		if !b.wanted(step.name) {
			continue
		}
		if err := step.run(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// wanted reports whether one of the figures named, or of those that begin so,
// is asked for.
func (b *bench) wanted(names string) bool {
	only, whole := strings.CutSuffix(b.only, "$")
	return only == "" || slices.ContainsFunc(strings.Fields(names), func(name string) bool {
		if whole {
			return name == only || strings.HasPrefix(only, name+".")
		}
		return strings.HasPrefix(name, only) || strings.HasPrefix(only, name)
	})
}

func (b *bench) citizenOnPostgres() error {
	server, err := cluster.Start()
	if err != nil {
		return aiqyn.E(aiqyn.Unavailable, "error.bench-postgresql").Because(err)
	}
	defer server.Remove()
	if _, err := server.Create("bench"); err != nil {
		return err
	}
	return b.citizen(server, ".postgres")
}

// onPostgres measures whole commands beside PostgreSQL's own limit for the same
// rows, and whole cases.
func (b *bench) onPostgres() error {
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
	if b.wanted("pages.postgres.lifecycles") {
		rate, err := b.wholeCases(w)
		if err != nil {
			return err
		}
		b.add(figure{Name: "pages.postgres.lifecycles", Value: rate, Unit: "1/s", Better: "higher"})
	}
	if !b.wanted("pages.postgres.commands") {
		return nil
	}
	rate, limit, _, err := b.beside(w, 64, w.certificate)
	if err != nil {
		return err
	}
	b.add(figure{Name: "pages.postgres.commands", Value: rate, Unit: "1/s", Better: "higher", Goal: 0.4 * limit,
		Limit: of(limit), LimitName: "their rows, five entries each, inserted in batches by the same PostgreSQL and nothing else"})
	return nil
}
