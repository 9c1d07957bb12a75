package casework

import "aiqyn/canonical"

// Walk names the fields of a state as they are declared: each command writes one.
func (s *State) Walk(w *canonical.Walk) {
	s.walkFiled(w)
	s.walkDecided(w)
}

func (s *State) walkFiled(w *canonical.Walk) {
	canonical.Int(w, "no", &s.No)
	canonical.Text(w, "ref", &s.Ref)
	canonical.Text(w, "service", &s.Service)
	canonical.Text(w, "pack", &s.Pack)
	canonical.Text(w, "applicant", &s.Applicant)
	canonical.SomeText(w, "agent", &s.Agent)
	canonical.SomeText(w, "mandate", &s.Mandate)
	canonical.Text(w, "lang", &s.Lang)
	canonical.Text(w, "channel", &s.Channel)
	canonical.SomeText(w, "phone", &s.Phone)
	canonical.SomeText(w, "object", &s.Object)
	w.Time("filed", &s.Filed)
	canonical.Int(w, "filed_at", &s.FiledAt)
	w.Some("from", &s.From, s.From != nil)
	w.Some("sent", &s.Sent, s.Sent != nil)
	w.Some("came", &s.Came, s.Came != nil)
	w.Some("brought", &s.Brought, len(s.Brought) > 0)
	w.Other("answers", &s.Answers)
	canonical.SomeMap(w, "facts", &s.Facts)
	w.Some("records", &s.Records, len(s.Records) > 0)
	canonical.SomeText(w, "beacon", &s.Beacon)
	w.Some("round", &s.Round, s.Round != 0)
	canonical.SomeMap(w, "rosters", &s.Rosters)
	w.Some("kept", &s.Kept, len(s.Kept) > 0)
	w.Some("ties", &s.Ties, len(s.Ties) > 0)
	canonical.SomeMap(w, "drawn", &s.Drawn)
	canonical.SomeText(w, "step", &s.Step)
	canonical.SomeText(w, "step_state", &s.StepState)
	w.SomeBool("theirs", &s.Theirs)
	w.SomeBool("asking", &s.Asking)
	canonical.SomeText(w, "escalated", &s.Escalated)
	w.SomeTime("opened", &s.Opened)
	canonical.Text(w, "calendar", &s.Calendar)
	w.SomeTime("due", &s.Due)
	w.Some("suspensions", &s.Suspensions, len(s.Suspensions) > 0)
	w.Some("hearing", &s.Hearing, s.Hearing != nil)
	w.SomeTime("noticed", &s.Noticed)
}

func (s *State) walkDecided(w *canonical.Walk) {
	canonical.SomeText(w, "objection", &s.Objection)
	w.SomeTime("objected", &s.Objected)
	w.Some("owed", &s.Owed, len(s.Owed) > 0)
	canonical.SomeText(w, "chosen", &s.Chosen)
	w.Some("claim", &s.Claim, s.Claim != nil)
	w.Some("behind", &s.Behind, s.Behind != nil)
	canonical.SomeInt(w, "ruling", &s.Ruling)
	w.SomeBool("ruled", &s.Ruled)
	w.Some("grant", &s.Grant, s.Grant != nil)
	canonical.SomeInt(w, "grant_at", &s.GrantAt)
	w.SomeTime("granted", &s.Granted)
	w.SomeBool("used", &s.Used)
	w.SomeBool("unused", &s.Unused)
	w.SomeTime("connected", &s.Connected)
	canonical.SomeText(w, "outcome", &s.Outcome)
	canonical.SomeText(w, "reason", &s.Reason)
	w.SomeTime("closed", &s.Closed)
	w.SomeBool("held", &s.Held)
	w.Some("holds", &s.Holds, len(s.Holds) > 0)
	canonical.SomeText(w, "refused_by", &s.RefusedBy)
	w.Some("contest", &s.Contest, s.Contest != nil)
	w.SomeBool("appealed", &s.Appealed)
	w.Some("appeal", &s.Appeal, s.Appeal != nil)
	w.Some("correction", &s.Correction, s.Correction != nil)
	w.SomeBool("returned", &s.Returned)
	w.Some("later", &s.Later, len(s.Later) > 0)
	w.Some("fee", &s.Fee, s.Fee != nil)
	w.Some("opens", &s.Opens, len(s.Opens) > 0)
	w.Some("glass", &s.Glass, s.Glass != nil)
	w.SomeTime("read", &s.Read)
	w.Some("files", &s.Files, len(s.Files) > 0)
	w.Some("queue", &s.Queue, s.Queue != nil)
	w.Some("on_lot", &s.OnLot, s.OnLot != nil)
	w.Some("erasure_asked", &s.ErasureAsked, s.ErasureAsked != nil)
	canonical.Int(w, "seq", &s.Seq)
	canonical.SomeText(w, "prev", &s.Prev)
	w.Time("last", &s.Last)
	canonical.SomeText(w, "bundle", &s.Bundle)
	w.Some("commands", &s.Commands, len(s.Commands) > 0)
}

type drawnAt struct {
	Entry int64 `json:"entry"`
	drawnFields
}

// drawnFields are those of drawn, which would walk without the entry.
type drawnFields drawn

func (d *drawnAt) Walk(w *canonical.Walk) {
	canonical.Int(w, "entry", &d.Entry)
	(*drawn)(&d.drawnFields).Walk(w)
}
