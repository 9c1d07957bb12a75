package casework

import (
	"context"

	"aiqyn"
)

// BindingDay is one publication of a transformer's free power, within the days for which
// it binds: it counts against "no capacity" and, as a point of its source, against "one
// source", unless two people have withdrawn it.
type BindingDay struct {
	TrafoDay
	Source    FeedView   // that fed it then
	Withdrawn *Reduction // since; nil: it binds
}

// FeedView is a source of the network: its bus, and the transformer nearest to it on the
// way to what it feeds, 0 and "" where there is none. Known is false where the network did
// not have what is fed.
type FeedView struct {
	Known      bool
	Bus, Trafo int
	Name       string
}

// BindingDays are those of one transformer for an application that is filed now.
type BindingDays struct {
	Since string       // first day of the window
	Days  []BindingDay // newest first; the last was in force when the window began
	More  bool         // there are more publications than are listed
}

// mostBindingDays is how many publications are listed: more than one a day in any window
// of the law.
const mostBindingDays = 92

// BindingDays lists what was published of a transformer and still binds or was withdrawn,
// with the source that fed it on the network of each publication. While anything of the
// network is classified, only who sees it reads them.
func (e *Engine) BindingDays(ctx context.Context, viewer aiqyn.Actor, trafo int) (BindingDays, error) {
	var out BindingDays
	if policy, err := e.policy(ctx); err != nil || e.Capacity == nil || !policy.Open() && !seesExact(viewer) {
		return out, err
	}
	from, since := windowOf(e.Clock(), e.capacityRule().Window, e.Zone)
	out.Since = since
	history, err := e.CapacityHistory(ctx, viewer, trafo, Page{Limit: mostBindingDays})
	if err != nil {
		return out, err
	}
	gone, err := e.Withdrawals(ctx, viewer, trafo, Page{})
	if err != nil {
		return out, err
	}
	sources, err := e.sourcesBy(ctx)
	if err != nil {
		return out, err
	}
	out.More = history.Next != ""
	for _, d := range history.Items {
		day := BindingDay{TrafoDay: d}
		if day.Source, err = sources.of(d.Entry, trafo); err != nil {
			return out, err
		}
		for i := range gone.Items { // newest first: the first withdrawal after it is told
			if gone.Items[i].Entry > d.Entry {
				day.Withdrawn = &gone.Items[i]
			}
		}
		out.Days = append(out.Days, day)
		if d.At.Before(from) {
			out.More = false
			break
		}
	}
	return out, nil
}

// sourcesBy says which source feeds a transformer by the networks that were in force: what
// meters read moves loads and no lines, so that the network as it was surveyed tells it.
type sourcesBy struct {
	e     *Engine
	acts  []*event // by which networks came into force
	first string   // that of a log from before acts
}

func (e *Engine) sourcesBy(ctx context.Context) (sourcesBy, error) {
	acts, err := e.tablesActs(ctx)
	return sourcesBy{e, inForceOf(acts), e.Capacity.Tables.Hash}, err
}

// of is the source of a transformer at an entry.
func (s sourcesBy) of(entry int64, trafo int) (FeedView, error) {
	hash := s.first
	for i, ev := range s.acts {
		if i == 0 || ev.index < entry {
			hash = ev.data.(*tablesAct).Network
		}
	}
	m, err := s.e.modelFor(hash)
	if err != nil {
		return FeedView{}, err
	}
	bus, ok := m.SourceOf(trafo)
	if !ok {
		return FeedView{}, nil
	}
	view := FeedView{Known: true, Bus: bus}
	if up := m.Upstream(trafo); len(up) > 0 {
		view.Trafo = up[len(up)-1]
		view.Name = s.e.Capacity.trafoName(view.Trafo)
	}
	return view, nil
}
