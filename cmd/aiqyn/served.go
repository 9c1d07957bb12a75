package main

import (
	"context"
	"time"

	"aiqyn/web"
)

// server is the demonstration's site: the one of every server, with people to
// be, their messages and a clock that can be moved.
func (d *demo) server(c *call) (*web.Server, error) {
	return web.New(web.Config{
		Engine: d.office, Catalogue: c.texts, Clock: d.clock.now, Log: d.log, Ready: d.office.ready,
		Demo: d.cast.pages(d.clock.now, d.advance),
	})
}

// advance moves the demonstration's clock and lets what is due by then happen.
func (d *demo) advance(by time.Duration) error {
	ctx := context.Background()
	if err := d.clock.advance(ctx, d.office.db, by); err != nil {
		return err
	}
	d.office.Nudge()
	return d.office.publishToday(ctx, d.clock.now())
}

// ready says why the server should get no requests now.
func (o *office) ready() error {
	_, err := o.Head(context.Background())
	return err
}
