package casework

import (
	"context"
	"time"

	"aiqyn"
)

// SentView is an application that was sent on to the log that carries its place.
type SentView struct {
	Log      aiqyn.Text // who that is
	Origin   string
	Site     string // where its pages are; "": the pack does not say
	Entry    int64  // by which it was sent on
	At, By   time.Time
	Arrived  time.Time       // when that log's word was recorded here; zero: it has said nothing yet
	Heard    int64           // entry that holds it
	Ref      aiqyn.Reference // of the case there
	Declined string          // why there is none: "open-already", "not-competent", "answers", "not-offered"
	Law      aiqyn.Law       // of sending on
	Late     bool            // the other log has said nothing by its date
	Proof    bool            // its receipt is kept, see [Engine.ForeignReceipt]
}

// CameView is where an application has come from that another log has sent on.
type CameView struct {
	Log     aiqyn.Text
	Origin  string
	Site    string
	Ref     aiqyn.Reference // of the case there
	Filed   time.Time       // there: that is its place in any order
	Arrived time.Time       // here
	Since   string          // from which of the two the terms run: "filed", "arrived"
	Law     aiqyn.Law       // of that
}

// sent shows where an application was sent on to; nil if it stayed.
func (v *viewing) sent() *SentView {
	d := v.rec.state.Sent
	if d == nil {
		return nil
	}
	out := &SentView{
		Log: v.logTitle(d.To), Origin: d.To, Site: v.logSite(d.To), Entry: d.Entry, At: d.At, By: d.By, Arrived: d.Arrived, Heard: d.Heard,
		Ref: d.Ref, Declined: d.Declined, Late: d.Heard == 0 && v.now.After(d.By), Proof: d.Heard != 0,
	}
	if pack := v.e.packs.find(v.rec.state.Pack); pack != nil && pack.Competence != nil {
		out.Law = pack.Competence.Law
	}
	return out
}

// came shows where an application has come from; nil if it was filed here.
func (v *viewing) came() *CameView {
	s := v.rec.state
	d := s.Came
	if d == nil {
		return nil
	}
	out := &CameView{Log: v.logTitle(d.Origin), Origin: d.Origin, Site: v.logSite(d.Origin), Ref: d.Ref, Filed: s.Filed, Arrived: d.Arrived, Since: d.Since}
	if pack := v.e.packs.find(s.Pack); pack != nil && pack.Competence != nil {
		out.Law = pack.Competence.ClockLaw
	}
	return out
}

// logTitle names another log, as the pack of the case does, or by its origin.
func (v *viewing) logTitle(origin string) aiqyn.Text {
	if pack := v.e.packs.find(v.rec.state.Pack); pack != nil {
		if l := pack.Log(origin); l != nil {
			return l.Title
		}
	}
	return aiqyn.Text{KK: origin, RU: origin, EN: origin}
}

func (v *viewing) logSite(origin string) string {
	if pack := v.e.packs.find(v.rec.state.Pack); pack != nil {
		if l := pack.Log(origin); l != nil {
			return l.Site
		}
	}
	return ""
}

// ForeignReceipt returns the receipt of another log by which a case was sent on here, or
// by which that log says that one was: whoever may have the receipts of the case may
// have it, and checks it against the other log's key.
func (e *Engine) ForeignReceipt(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error) {
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	index := rec.state.FiledAt
	switch s := rec.state; {
	case s.Sent != nil && s.Sent.Heard != 0:
		index = s.Sent.Heard
	case s.Came == nil:
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	row, err := e.entry(ctx, index)
	if err != nil {
		return nil, err
	}
	if _, _, err := e.keyFor(ctx, viewer, row); err != nil {
		return nil, err
	}
	ev, err := e.decodeEntry(row, rec.key)
	if err != nil {
		return nil, err
	}
	switch d := ev.data.(type) {
	case *arrived:
		return []byte(d.Receipt), nil
	case *filed:
		if d.Sent != nil {
			return []byte(d.Sent.Receipt), nil
		}
	}
	return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
}
