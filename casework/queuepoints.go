package casework

import (
	"math"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// ScoreView is what a criterion came to, and where that was read.
type ScoreView struct {
	service.Criterion
	Got     int64 // before its weight
	Sources []SourceView
}

// SourceView is a reading that points rest on.
type SourceView struct {
	Register string
	Version  string // of the row; "" if there was none
	At       time.Time
}

// scores are what the case's points are made of, and the quotas that it belongs to.
func (v *viewing) scores() (list []ScoreView, quotas []service.PlaceQuota) {
	s, q := v.rec.state, v.svc.Queue
	for _, score := range s.Queue.Scores {
		c, ok := q.Criterion(score.Criterion)
		if !ok {
			continue
		}
		view := ScoreView{Criterion: c, Got: score.Points}
		for _, l := range v.svc.Sources(c) {
			if f, ok := s.Facts[l.Name]; ok {
				view.Sources = append(view.Sources, SourceView{Register: l.Register, Version: f.Version, At: f.At})
			}
		}
		list = append(list, view)
	}
	for _, name := range s.Queue.Quotas {
		for _, k := range q.Quotas {
			if k.Name == name {
				quotas = append(quotas, k)
			}
		}
	}
	return list, quotas
}

// reserves are those whose seats are kept for the case, among others.
func (v *viewing) reserves() (list []service.PlaceReserve) {
	for _, k := range v.svc.Queue.Reserves {
		if slices.Contains(v.rec.state.Queue.Reserves, k.Name) {
			list = append(list, k)
		}
	}
	return list
}

// alike counts the others in a line who have as many points of the same class.
func (q *queue) alike(svc aiqyn.ServiceID, group string, me standing) int {
	l := q.lines[lineOf(svc, group)]
	if l == nil || me.points == 0 {
		return 0
	}
	from := me.waiter(0, group)
	from.Date = math.MinInt64 // before all who have as many
	to := from
	to.Points--
	return max(0, l.Before(to)-l.Before(from)-1)
}
