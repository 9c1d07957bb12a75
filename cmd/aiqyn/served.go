package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web"
)

// server is the demonstration's site: the one of every server, with people to
// be, their messages and a clock that can be moved.
func (d *demo) server(c *call) (*web.Server, error) {
	return web.New(web.Config{
		Engine: d.office, Catalogue: c.texts, Clock: d.clock.now, Log: d.log, Ready: d.office.ready, Amiss: d.office.Amiss, Metrics: d.office.metrics(d.log),
		Demo: d.pages(),
	})
}

// pages are the cast as the pages show it, who can sign with practice keys.
func (d *demo) pages() *web.Demo {
	pages := d.cast.pages(d.clock.now, d.advance)
	pages.Bank, pages.Reply = d.bank, d.office.Answer
	pages.Sign = func(a aiqyn.Actor, document []byte) ([]byte, error) {
		who := a.Person
		if a.Officer != "" {
			who = d.cast.Persons[a.Officer]
		}
		return d.signer.sign(who, document)
	}
	return pages
}

// advance moves the demonstration's clock and lets what is due by then happen.
func (d *demo) advance(by time.Duration) error {
	ctx := context.Background()
	if err := d.clock.advance(ctx, d.office.db, by); err != nil {
		return err
	}
	d.office.Nudge()
	return d.office.RunJobs(ctx)
}

// published hands out what is new to the public.
func (d *demo) published(ctx context.Context, e *casework.Engine) error {
	return writePublished(ctx, e, d.keys.verifier, filepath.Join(d.dir, publishedDir))
}

// ready says why the server should get no requests now.
func (o *office) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return o.Ready(ctx)
}

// metrics answers what watches over servers.
func (o *office) metrics(log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var text bytes.Buffer
		if err := o.WriteMetrics(r.Context(), &text); err != nil {
			log.Error("metrics", "err", err)
			http.Error(w, "unavailable", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		text.WriteTo(w)
	})
}
