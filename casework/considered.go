package casework

import (
	"context"
	"strconv"

	"aiqyn"
	"aiqyn/grid"
)

// ConsideredView is what became of every bus within reach of a place: beside the few
// that a search shows.
type ConsideredView struct {
	LoadW   int64
	All     int
	Shown   int      // have room, and are shown
	Reasons []string // why others are not, the most frequent first
	Because map[string]int
	List    List[ConsideredPoint] // of one reason or all, the cheapest first
}

// ConsideredPoint is one place; what is free there is known where it was solved.
type ConsideredPoint struct {
	grid.Point
	Solved bool
}

// ConsideredPoints says what a search for connection points has considered, of one reason
// or, where that is empty, of all: from the input of that search, as of now.
func (e *Engine) ConsideredPoints(ctx context.Context, w Wish, because string, p Page) (ConsideredView, error) {
	out := ConsideredView{LoadW: w.KW * 1000}
	after, err := after(p.After)
	if err != nil {
		return out, err
	}
	all, err := e.considered(ctx, w)
	if err != nil {
		return out, err
	}
	out.All, out.Shown, out.Because, out.Reasons = all.All, all.Shown, all.Because, all.Reasons()
	list, more := all.Page(because, int(after), p.limit())
	out.List.Items = consideredPoints(list)
	if more {
		out.List.Next = strconv.Itoa(list[len(list)-1].Bus)
	}
	return out, nil
}

// AllConsidered is the whole list of it, by one search: no longer than the network has
// buses.
func (e *Engine) AllConsidered(ctx context.Context, w Wish, because string) ([]ConsideredPoint, error) {
	all, err := e.considered(ctx, w)
	if err != nil {
		return nil, err
	}
	list, _ := all.Page(because, 0, len(all.List))
	return consideredPoints(list), nil
}

func (e *Engine) considered(ctx context.Context, w Wish) (*grid.Considered, error) {
	_, s, err := e.searchFor(ctx, w)
	if err != nil {
		return nil, err
	}
	if s.b.Input == nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return grid.ConsideredPoints(s.b.Input, SnapshotAs[grid.Model](e.snapshots), SnapshotAs[grid.StreetGraph](e.snapshots))
}

func consideredPoints(list []grid.Point) []ConsideredPoint {
	var out []ConsideredPoint
	for _, p := range list {
		out = append(out, ConsideredPoint{p, p.Because != grid.BecauseDearer && p.Because != grid.BecauseOwned})
	}
	return out
}
