package casework

import (
	"context"
	"time"

	"aiqyn"
)

// Reminders are letters that lie in the outbox until shortly before a date, and
// go only if the person still has something to do by then. So they are written
// with the event that sets the date, and need no timer of their own.
const (
	remindObject = "message.remind-object"
	remindLapse  = "message.remind-lapse"
	remindPay    = "message.remind-pay"
	remindTurn   = "message.remind-turn"
	remindOffer  = "message.remind-offer"
	remindSlot   = "message.remind-slot"
	remindSoon   = "message.remind-soon"
	remindBid    = "message.remind-bid"
)

// How long before the date a person is reminded.
const (
	objectReminder = 24 * time.Hour
	lapseReminder  = 30 * 24 * time.Hour
	payReminder    = 2 * 24 * time.Hour
	turnReminder   = 14 * 24 * time.Hour
)

// remind queues a reminder before a date, unless that is as good as now; it reports
// whether there is one.
func (t *turn) remind(key string, date time.Time, before time.Duration, args ...any) bool {
	at := date.Add(-before)
	if date.IsZero() || at.Sub(t.now) < before/4 {
		return false
	}
	m := t.outgoing(key, args)
	m.At = at
	t.messages = append(t.messages, m)
	return true
}

// comesTo reports whether somebody still has a slot that begins at a time to come.
func (s *State) comesTo(starts, now time.Time) bool {
	return s.Queue != nil && s.Queue.State == QueueTaken && starts.Equal(s.Queue.Starts) && now.Before(starts)
}

// worthReminding reports whether what a reminder is about is still to be done.
func (e *Engine) worthReminding(ctx context.Context, m outgoing) (bool, error) {
	row, ok, err := e.Store.CaseByRef(ctx, string(m.Ref))
	if err != nil || !ok || row.Status == string(StatusErased) {
		return false, err
	}
	rec, err := e.keys.openRecord(row)
	if err != nil {
		return false, err
	}
	s, now := rec.state, e.Clock()
	switch m.Key {
	case remindObject:
		return s.Hearing != nil && s.Step != "" && s.Objection == "" && !now.After(s.Hearing.ObjectBy), nil
	case remindPay:
		return s.owing() && !now.After(s.Due), nil
	case remindOffer:
		return s.Queue != nil && s.Queue.State == QueueOffered && !now.After(s.Due), nil
	case remindSlot: // of this slot, not of one that was given back
		return s.comesTo(m.At.Add(slotReminder), now), nil
	case remindSoon:
		return s.comesTo(m.At.Add(slotLateReminder), now), nil
	case remindBid:
		return s.OnLot != nil && s.OnLot.State == BidSealed && now.Before(s.OnLot.Called), nil
	case remindTurn:
		return s.Theirs && !now.After(s.Due), nil
	case remindLapse:
		return s.Outcome == aiqyn.Granted && !s.Used && s.Grant != nil && !now.After(s.Grant.ValidTo), nil
	}
	return false, nil
}
