package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"aiqyn/store"
)

// movedClock is the real clock and how far the demonstration is ahead of it.
type movedClock struct{ offset atomic.Int64 }

// now is the hour of the demonstration.
func (c *movedClock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

const offsetSetting = "demo.offset"

func (c *movedClock) load(ctx context.Context, db *store.DB) error {
	text, err := db.Setting(ctx, offsetSetting)
	if err != nil {
		return err
	}
	offset, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("setting %s: %w", offsetSetting, err)
	}
	c.offset.Store(int64(offset))
	return nil
}

// advance moves the clock on; it is on disk before anything happens by it, so
// that a restart does not go back.
func (c *movedClock) advance(ctx context.Context, db *store.DB, by time.Duration) error {
	offset := time.Duration(c.offset.Load()) + by
	if err := db.PutSetting(ctx, offsetSetting, offset.String()); err != nil {
		return err
	}
	c.offset.Store(int64(offset))
	return nil
}

// pastClock is moved by whoever makes the past.
type pastClock struct{ at atomic.Int64 }

func (c *pastClock) now() time.Time { return time.UnixMicro(c.at.Load()).UTC() }

// set moves the clock on, never back.
func (c *pastClock) set(t time.Time) {
	if us := t.UnixMicro(); us > c.at.Load() {
		c.at.Store(us)
	}
}

// zone is the time of the invented country.
var zone = time.FixedZone("+05", 5*60*60)

// The hours between which a demonstration may begin: the calendar of working
// days is published for 2025 to 2027, a past of one year lies before the
// beginning and whatever a visitor does after it.
var (
	firstStart = time.Date(2026, 2, 1, 0, 0, 0, 0, zone)
	lastStart  = time.Date(2027, 6, 30, 0, 0, 0, 0, zone)
	otherwise  = time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
)

// beginning is when the present of a new demonstration is: now, if the calendar
// reaches there.
func beginning(now time.Time) time.Time {
	if now.Before(firstStart) || now.After(lastStart) {
		return otherwise
	}
	return now
}
