package casework

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// margins holds what a ruling says was published against the log: an office that
// left a network out could say that there never was room.
func (c *caseAudit) margins(ev *event, r *ruled) {
	for i := range r.Computed {
		if ofMargin(r.Computed[i].With) {
			if why := c.margin(ev, r, &r.Computed[i]); why != "" {
				c.wrong(ev.index, "%s", why)
			}
		}
	}
}

func ofMargin(with string) bool { return marginVersion(with) > 0 }

// marginVersion is which version of the published margin a computation is; 0: none.
func marginVersion(with string) int {
	return 1 + slices.Index([]string{grid.PublishedMargin1, grid.PublishedMargin2, grid.PublishedMargin3}, with)
}

func (c *caseAudit) margin(ev *event, r *ruled, by *computed) string {
	var in grid.PublishedMargin1Input
	var found pointsFound
	if canonical.Unmarshal(by.In, &in) != nil {
		return "what it says was published cannot be read"
	}
	for _, x := range r.Computed {
		if x.Name == "points" && canonical.Unmarshal(x.Out, &found) != nil {
			return "its connection points cannot be read"
		}
	}
	if len(found.Best) == 0 {
		found.Best = json.RawMessage("null")
	}
	if !bytes.Equal(in.Now, found.Best) {
		return "the best point that it rests on is not the one that was computed"
	}
	if string(in.Now) != "null" {
		return ""
	}
	from, ok := c.windowSince(in.Since)
	if !ok {
		return "the days that it looks back are those of no pack"
	}
	want := passOver(c.figures.shown.networks(marginVersion(by.With), from, found.Network, ev.index), found.Without)
	same := slices.EqualFunc(in.Networks, want, func(a, b grid.MarginNetwork) bool {
		return a.Network == b.Network && a.Entry == b.Entry && a.Day == b.Day && slices.Equal(a.Without, b.Without) && slices.Equal(a.Settled, b.Settled)
	})
	if !same {
		return "the networks that it says were published are not those that the log announces"
	}
	return ""
}

// windowSince is when the window of the case begins that some pack gives it, if
// that is the day said.
func (c *caseAudit) windowSince(said string) (from time.Time, ok bool) {
	var days []int
	for _, pack := range c.e.packs.byHash {
		if pack.Capacity != nil {
			days = append(days, pack.Capacity.Window)
		} else {
			days = append(days, 0)
		}
	}
	for _, n := range days {
		if from, since := windowOf(c.rec.state.Filed, n, c.e.Zone); since == said {
			return from, true
		}
	}
	return time.Time{}, false
}
