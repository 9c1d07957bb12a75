package main

import (
	"context"
	"log/slog"
	"time"
)

// publishEvery is how often a server looks whether a new day's capacity is due.
const publishEvery = time.Minute

// publishToday publishes the free power of every transformer, once a day. It
// reports whether it did.
func (o *office) publishToday(ctx context.Context, now time.Time) (bool, error) {
	if o.Capacity == nil {
		return false, nil
	}
	last, found, err := o.db.LastPublication(ctx)
	if err != nil || found && last.Day == now.In(o.Zone).Format(time.DateOnly) {
		return false, err
	}
	_, err = o.PublishCapacity(ctx)
	return err == nil, err
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
			log.Error("publish free power", "err", err)
		}
	}
}
