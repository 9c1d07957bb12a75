package casework

import (
	"context"
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// BookingView is one's own case that waits for a time, or has one.
type BookingView struct {
	Ref     aiqyn.Reference
	Service aiqyn.ServiceID
	Title   aiqyn.Text
	State   QueueState
	Group   *GroupView // with its slot; nil: they have none
}

// Bookings lists the cases of whoever asks, or of whom they act for, that wait for a
// time or have one, the newest first. A page may have fewer than there are to come:
// cases of other kinds lie between.
func (e *Engine) Bookings(ctx context.Context, who aiqyn.Actor, p Page) (List[BookingView], error) {
	var out List[BookingView]
	before, err := after(p.After)
	if err != nil || who.Person == "" {
		return out, err
	}
	if err := e.looks(ctx, who); err != nil {
		return out, err
	}
	rows, err := e.minesOf(ctx, who, p, before)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Case) int64 { return r.No })
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			return out, err
		}
		s := rec.state
		if s.Queue == nil {
			continue
		}
		svc, err := e.packs.service(s.Pack, s.Service)
		if err != nil {
			return out, err
		}
		if svc.Queue == nil || svc.Queue.Slots == nil {
			continue
		}
		v := BookingView{Ref: s.Ref, Service: s.Service, Title: svc.Title, State: s.Queue.State}
		if slices.Contains(seatedStates, s.Queue.State) && !s.Queue.Starts.IsZero() {
			_, v.Group = e.queues.linesOf(s, e.Clock())
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// minesOf reads the rows of somebody's cases, one more than a page has.
func (e *Engine) minesOf(ctx context.Context, who aiqyn.Actor, p Page, before int64) ([]store.Case, error) {
	if entry, ok := access.MandateEntry(who); ok {
		return e.Store.CasesUnderMandate(ctx, entry, p.filter(), before, p.limit()+1)
	}
	return e.Store.CasesOfApplicant(ctx, e.keys.hash("applicant", string(who.Behalf())), p.filter(), before, p.limit()+1)
}
