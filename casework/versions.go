package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn/deadline"
	"aiqyn/service"
)

// PackVersion is a version of the rules: one that was published, or the one that
// the log began with.
type PackVersion struct {
	Pack  *service.Pack
	From  deadline.Date // the first day on which it is in force; zero: since the log began
	Entry int64         // that announces it; −1: none does
	At    time.Time     // when that was recorded
}

// PackVersions lists the versions of the rules, the newest first, with the one
// that the log began with as the last.
func (e *Engine) PackVersions(ctx context.Context) ([]PackVersion, error) {
	acts, err := e.actsOf(ctx, EventPublished)
	if err != nil {
		return nil, err
	}
	kept, err := e.Store.Snapshots(ctx, "pack")
	if err != nil {
		return nil, err
	}
	var list []PackVersion
	for _, ev := range acts {
		d := ev.data.(*published)
		from, err := deadline.ParseDate(d.From)
		if pack := e.packs.find(d.Pack); err == nil && pack != nil {
			list = append(list, PackVersion{pack, from, ev.index, ev.at})
		}
	}
	slices.SortStableFunc(list, func(a, b PackVersion) int { return int(b.Entry - a.Entry) })
	first := e.BasePack
	if len(kept) > 0 {
		if pack := e.packs.find(kept[0].Hash); pack != nil {
			first = pack
		}
	}
	if len(list) > 0 && list[len(list)-1].Pack.Hash() == first.Hash() {
		return list, nil
	}
	return append(list, PackVersion{Pack: first, Entry: -1}), nil
}

// RulingStands is a ruling with what it stands on.
type RulingStands struct {
	*RulingView
	Answers, Records []Answer
	Facts            []FactView
}

// rulings are those of a case that was ruled more than once, in order, each with
// what was known by then: for who sees the people of the case.
func (v *viewing) rulings() ([]RulingStands, error) {
	n := 0
	for _, ev := range v.events {
		if ev.kind == EventRuled {
			n++
		}
	}
	if n < 2 || v.sight < seesAll {
		return nil, nil
	}
	s := new(State)
	by := *v
	rec := *v.rec
	rec.state, by.rec = s, &rec
	var list []RulingStands
	for _, ev := range v.events {
		s.apply(ev)
		r, ok := ev.data.(*ruled)
		if !ok {
			continue
		}
		view, err := v.recorded(ev, r)
		if err != nil {
			return nil, err
		}
		stands := RulingStands{RulingView: view, Answers: answersOf(v.svc.Ask, s.Answers), Facts: by.facts()}
		for _, step := range v.svc.Steps {
			stands.Records = append(stands.Records, answersOf(step.Records, s.Records[string(step.Name)])...)
		}
		list = append(list, stands)
	}
	return list, nil
}
