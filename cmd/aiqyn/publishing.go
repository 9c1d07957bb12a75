package main

import (
	"context"
	"log/slog"
	"time"

	"aiqyn"
)

// publishEvery is how often a server looks whether a new day's capacity is due.
const publishEvery = time.Minute

// publishToday publishes the free power of every transformer, once a day.
func (o *office) publishToday(ctx context.Context, now time.Time) error {
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

// keepPublishing publishes as the days pass.
func (o *office) keepPublishing(ctx context.Context, clock aiqyn.Clock, log *slog.Logger) {
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := o.publishToday(ctx, clock()); err != nil && ctx.Err() == nil {
			log.Error("publish free power", "err", err)
		}
	}
}
