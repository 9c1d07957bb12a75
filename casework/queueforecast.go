package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/store"
)

// What a forecast of a wait rests on.
const (
	forecastWeeks = 26    // of the past, at most
	forecastLeast = 4     // below these there is none
	forecastMoves = 5_000 // read at most; in a line that moves faster fewer weeks count
	aWeek         = 7 * 24 * time.Hour
)

// ForecastView is when the turn of somebody who waits in a line may come, as the moves of
// weeks that were have it.
type ForecastView struct {
	allocation.Wait
	Known bool // there is one
	Most  int  // how many weeks it looks ahead
	Weeks int  // of the past
	Gone  int  // who stood before them and went in these
	Came  int  // before them
}

// Forecast tells a case that waits in the line of a group when its turn may come.
func (e *Engine) Forecast(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, group string) (ForecastView, error) {
	var out ForecastView
	s, err := e.inQueue(ctx, viewer, ref, seesMasked)
	if err != nil {
		return out, err
	}
	me := s.place()
	if !me.waiting || !slices.Contains(s.Queue.Groups, group) {
		return out, nil
	}
	rounds, position := e.queues.lately(s, group, e.Clock())
	if len(rounds) == 0 {
		return out, nil
	}
	moves, err := e.Store.QueueMovesBefore(ctx, me.moveOf(s.Service, group, s.No), rounds[0].entry, noEntry, forecastMoves)
	if err != nil {
		return out, err
	}
	weeks := weeksOf(rounds, moves, e.Clock())
	if out.Weeks = len(weeks); out.Weeks < forecastLeast {
		return out, nil
	}
	for _, w := range weeks {
		out.Gone, out.Came = out.Gone+w.Gone, out.Came+w.Came
	}
	out.Most = allocation.Horizon
	out.Wait, out.Known = allocation.Forecast(weeks, position)
	return out, nil
}

// instantOf is a round by where it stands in the log and when that was.
type instantOf struct {
	entry int64
	at    time.Time
}

// lately lists the rounds of a service within the weeks that a forecast looks back on,
// the oldest first, and where a case stands in the line of a group.
func (qs *queues) lately(s *State, group string, now time.Time) (list []instantOf, position int) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[s.Service]
	if q == nil {
		return nil, 0
	}
	for _, r := range q.rounds {
		if now.Sub(r.at) < forecastWeeks*aWeek {
			list = append(list, instantOf{r.entry, r.at})
		}
	}
	position, _ = q.position(s.Service, group, s.place(), s.No)
	return list, position
}

// weeksOf counts moves, the newest first, by whole weeks back from now. A move belongs
// to the last round before it: they are a working day apart.
func weeksOf(rounds []instantOf, moves []store.QueueMove, now time.Time) []allocation.Week {
	weeks := make([]allocation.Week, int(now.Sub(rounds[0].at)/aWeek))
	at := len(rounds) - 1
	ago := 0
	for _, m := range moves {
		for at > 0 && rounds[at].entry > m.Entry {
			at--
		}
		if ago = int(now.Sub(rounds[at].at) / aWeek); ago >= len(weeks) {
			return weeks
		}
		if m.Step < 0 {
			weeks[ago].Gone++
		} else {
			weeks[ago].Came++
		}
	}
	if len(moves) == forecastMoves { // of the oldest week there may be more
		weeks = weeks[:ago]
	}
	return weeks
}
