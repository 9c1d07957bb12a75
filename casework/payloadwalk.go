package casework

import (
	"aiqyn"
	"aiqyn/canonical"
)

// What is read and written most often names its fields here: the events that every case
// has, in the order in which they are declared. A test holds each to encoding/json.

func (p *private) Walk(w *canonical.Walk) {
	w.Struct("actor", (*walkedActor)(&p.Actor))
	canonical.SomeText(w, "command", &p.Command)
	w.Other("data", &p.Data)
	w.SomeTime("occurred", &p.Occurred)
}

// walkedActor is an actor that names its fields.
type walkedActor aiqyn.Actor

func (a *walkedActor) Walk(w *canonical.Walk) {
	canonical.SomeText(w, "assurance", &a.Assurance)
	canonical.SomeText(w, "body", &a.Body)
	canonical.SomeText(w, "for", &a.For)
	canonical.SomeText(w, "mandate", &a.Mandate)
	canonical.SomeText(w, "officer", &a.Officer)
	canonical.SomeText(w, "person", &a.Person)
	canonical.Text(w, "role", &a.Role)
}

func (d *filed) Walk(w *canonical.Walk) {
	w.Other("answers", &d.Answers)
	canonical.SomeText(w, "beacon", &d.Beacon)
	w.Some("brought", &d.Brought, len(d.Brought) > 0)
	canonical.Text(w, "calendar", &d.Calendar)
	canonical.Text(w, "channel", &d.Channel)
	canonical.Text(w, "command", &d.Command)
	w.Some("from", &d.From, d.From != nil)
	w.Some("kept", &d.Kept, len(d.Kept) > 0)
	canonical.Text(w, "lang", &d.Lang)
	canonical.SomeText(w, "object", &d.Object)
	canonical.Text(w, "pack", &d.Pack)
	canonical.SomeText(w, "phone", &d.Phone)
	canonical.Text(w, "ref", &d.Ref)
	w.Some("rosters", &d.Rosters, len(d.Rosters) > 0)
	w.Some("round", &d.Round, d.Round != 0)
	w.Some("sent", &d.Sent, d.Sent != nil)
	canonical.Text(w, "service", &d.Service)
	w.Some("ties", &d.Ties, len(d.Ties) > 0)
}

func (r *rosterAtFiling) Walk(w *canonical.Walk) {
	w.Some("barred", &r.Barred, len(r.Barred) > 0)
	canonical.Int(w, "entry", &r.Entry)
	w.Other("loads", &r.Loads)
	w.Some("round", &r.Round, r.Round != 0)
}

func (d *lookedUp) Walk(w *canonical.Walk) {
	canonical.SomeInt(w, "as_of", &d.AsOf)
	w.Some("claim", &d.Claim, len(d.Claim) > 0)
	canonical.List(w, "readings", &d.Readings)
}

func (r *reading) Walk(w *canonical.Walk) {
	w.Time("at", &r.At)
	w.Bool("found", &r.Found)
	canonical.Text(w, "key", &r.Key)
	canonical.Text(w, "name", &r.Name)
	canonical.Text(w, "register", &r.Register)
	canonical.Text(w, "source", &r.Source)
	w.SomeRaw("value", &r.Value)
	canonical.Text(w, "version", &r.Version)
}

func (d *opened) Walk(w *canonical.Walk) {
	w.SomeBool("asks", &d.Asks)
	canonical.SomeText(w, "by", &d.By)
	canonical.Text(w, "calendar", &d.Calendar)
	w.Some("draw", &d.Draw, d.Draw != nil)
	w.SomeTime("due", &d.Due)
	canonical.Text(w, "step", &d.Step)
}

func (d *drawn) Walk(w *canonical.Walk) {
	canonical.SomeText(w, "beacon", &d.Beacon)
	w.Bool("blind", &d.Blind)
	canonical.SomeText(w, "digest", &d.Digest)
	canonical.Int(w, "eligible", &d.Eligible)
	canonical.SomeInt(w, "kept", &d.Kept)
	canonical.Text(w, "officer", &d.Officer)
	canonical.SomeText(w, "proof", &d.Proof)
	w.Some("round", &d.Round, d.Round != 0)
	canonical.Text(w, "step", &d.Step)
	canonical.SomeText(w, "value", &d.Value)
}

func (d *performed) Walk(w *canonical.Walk) {
	w.Some("bundle", &d.Bundle, d.Bundle != nil)
	w.SomeTime("contest_by", &d.ContestBy)
	w.Some("files", &d.Files, len(d.Files) > 0)
	w.Other("records", &d.Records)
	canonical.Text(w, "step", &d.Step)
}

func (d *granted) Walk(w *canonical.Walk) {
	canonical.SomeInt(w, "amount", &d.Amount)
	w.Some("at", &d.At, len(d.At) > 0)
	w.Some("attached", &d.Attached, len(d.Attached) > 0)
	w.Bool("by_silence", &d.BySilence)
	w.Some("follow", &d.Follow, d.Follow != nil)
	canonical.SomeInt(w, "place", &d.Place)
	w.SomeRaw("point", &d.Point)
	canonical.Int(w, "ruling", &d.Ruling)
	canonical.SomeText(w, "share", &d.Share)
	canonical.Text(w, "step", &d.Step)
	w.SomeTime("valid_to", &d.ValidTo)
}

func (d *ruled) Walk(w *canonical.Walk) {
	canonical.Text(w, "calendar", &d.Calendar)
	canonical.List(w, "computed", &d.Computed)
	canonical.SomeText(w, "evidence", &d.Evidence)
	canonical.Text(w, "facts", &d.Facts)
	w.Bool("grant", &d.Grant)
	canonical.Text(w, "now", &d.Now)
	canonical.Text(w, "pack", &d.Pack)
	canonical.List(w, "reasons", &d.Reasons)
	canonical.Text(w, "step", &d.Step)
}

func (c *computed) Walk(w *canonical.Walk) {
	w.Raw("in", &c.In)
	canonical.Text(w, "name", &c.Name)
	w.Raw("out", &c.Out)
	canonical.Text(w, "with", &c.With)
}

func (r *reasoned) Walk(w *canonical.Walk) {
	canonical.Text(w, "name", &r.Name)
	canonical.Text(w, "trace", &r.Trace)
	w.Bool("true", &r.True)
}
