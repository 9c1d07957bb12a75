package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// correct replaces one recorded value, runs again what depended on it, and
// lists the entries that rested on the old one.
type correct struct {
	onCase
	Correct
	read *registry.Reading // what the register says now, if it is asked
}

// prepare finds the entry that is said to be wrong among those of the case.
func (c *correct) prepare(ctx context.Context, e *Engine) error {
	rec, err := c.find(ctx, e)
	if err != nil {
		return err
	}
	if c.read = nil; c.Value == "" {
		if err := c.readAgain(ctx, e, rec); err != nil {
			return err
		}
	}
	row, err := e.entry(ctx, c.Entry)
	if aiqyn.KindOf(err) == aiqyn.NotFound || err == nil && row.Case != c.no {
		return aiqyn.E(aiqyn.Invalid, "error.correct-field", "field", c.Field).On("entry")
	}
	return err
}

func (c *correct) decide(t *turn) error {
	s := t.rec.state
	switch {
	case !t.mayCorrect(c.actor):
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case c.Ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	was, value, err := c.values(t)
	if err != nil {
		return err
	}
	d := &corrected{Affected: []int64{}, Entry: c.Entry, Field: c.Field, Ground: c.Ground, Value: value, Was: was}
	if c.read != nil {
		d.Read = &readAnew{At: c.read.At.UTC().Truncate(time.Microsecond), Found: c.read.Found, Source: c.read.Source, Version: c.read.Version}
	}
	if s.Ruled {
		d.Affected = append(d.Affected, s.Ruling)
	}
	if s.GrantAt != 0 {
		d.Affected = append(d.Affected, s.GrantAt)
	}
	t.emit(EventCorrected, c.actor, d)
	t.tell("message.corrected")
	if err := t.rankCorrected(); err != nil || !s.Ruled {
		return err
	}
	// What was ruled is ruled again on the right facts. A grant given on wrong
	// ones stands until it is annulled: that is a decision of its own.
	ev, err := t.e.evaluate(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	t.rule(ev, aiqyn.System, s.Step)
	return nil
}

// values finds the value that was recorded and reads the one to take its place.
func (c *correct) values(t *turn) (was, value json.RawMessage, err error) {
	s := t.rec.state
	if r, ok := s.Facts[c.Field]; ok && c.read != nil {
		if r.Found == c.read.Found && string(r.Value) == string(c.read.Value) {
			return nil, nil, aiqyn.E(aiqyn.Conflict, "error.correct-same").On("value")
		}
		return r.Value, c.read.Value, nil
	}
	if r, ok := s.Facts[c.Field]; ok {
		if t.svc.Queue != nil { // it ranks: what is typed does not
			return nil, nil, aiqyn.E(aiqyn.Invalid, "error.correct-field", "field", c.Field).On("value")
		}
		v, err := canonicalJSON(c.Value)
		if err != nil {
			return nil, nil, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("value").Because(err)
		}
		return r.Value, v, nil
	}
	stepName, field, _ := strings.Cut(c.Field, ".")
	step := findStep(t.svc, aiqyn.StepID(stepName))
	rec := s.Records[stepName]
	if step == nil || rec == nil {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.correct-field", "field", c.Field).On("field")
	}
	for _, q := range step.Records {
		if q.Name != field {
			continue
		}
		v, err := t.e.value(q, c.Value)
		if err != nil {
			return nil, nil, err
		}
		if was, err = canonical.Encode(rec[field]); err != nil {
			return nil, nil, err
		}
		value, err = canonical.Encode(v)
		return was, value, err
	}
	return nil, nil, aiqyn.E(aiqyn.Invalid, "error.correct-field", "field", c.Field).On("field")
}

// annul ends a grant that should not have been given.
type annul struct {
	onCase
	Annul
	lot *lot // that the case was given by a contract; nil: none
}

func (a *annul) decide(t *turn) error {
	if !t.rec.above(a.actor, aiqyn.RoleHead) {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	s := t.rec.state
	if s.Held {
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	}
	if s.Outcome != aiqyn.Granted {
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-annul")
	}
	if !s.Connected.IsZero() {
		return aiqyn.E(aiqyn.Conflict, "error.connected")
	}
	if a.Ground == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	t.unreserve()
	t.emit(EventAnnulled, a.actor, &annulled{Entry: s.GrantAt, Ground: a.Ground}, withOutcome(aiqyn.Annulled))
	t.tell("message.annulled")
	t.giveBack(aiqyn.Annulled, "")
	return t.annulOnLot(a.lot)
}

// erase takes two people of different roles. What stays is written first.
type erase struct {
	onCase
	ground string
	moves  string // hash of the case's moves in queues, "" if it was in none
	dated  bool   // it has waited since it came in itself
	seq    int64  // of the case when they were read
}

func (c *erase) decide(t *turn) error {
	s := t.rec.state
	running, err := t.running(s.Grant)
	if err != nil {
		return err
	}
	switch {
	case c.actor.Role != aiqyn.RoleCustodian && !t.rec.above(c.actor, aiqyn.RoleHead):
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case s.Step != "":
		return aiqyn.E(aiqyn.Conflict, "error.case-open")
	case running:
		return aiqyn.E(aiqyn.Conflict, "error.case-open")
	case len(s.Fee.waiting()) > 0:
		return aiqyn.E(aiqyn.Conflict, "error.pay-waiting")
	case s.Sent != nil && s.Sent.Heard == 0: // the other log does not have it yet
		return aiqyn.E(aiqyn.Conflict, "error.case-open")
	case t.now.Before(s.Closed.AddDate(0, 0, t.svc.Retention)):
		return aiqyn.E(aiqyn.Conflict, "error.retention", "until", day(s.Closed.AddDate(0, 0, t.svc.Retention), t.e.Zone))
	}
	if s.ErasureAsked == nil {
		t.emit(EventErasureAsked, c.actor, &erasureAsked{Ground: c.ground})
		return nil
	}
	if err := t.countersigned(access.ActEraseCase, *s.ErasureAsked, c.actor); err != nil {
		return err
	}
	if c.seq != s.Seq {
		return errStale
	}
	r := &residue{
		Asked: t.e.keys.askedBy(s.No, *s.ErasureAsked),
		Bid:   s.OnLot.left(), Case: s.No, Closed: day(s.Closed, t.e.Zone), Dated: c.dated, Entries: s.Seq, Filed: day(s.Filed, t.e.Zone),
		Ground: c.ground, Moves: c.moves, Outcome: s.Outcome, Paid: s.Fee.kept(), Service: s.Service,
	}
	_, r.District = t.rec.where()
	if s.Grant != nil {
		r.Amount, r.Place = s.Grant.Amount, s.Grant.Place
		if !s.Connected.IsZero() {
			r.Connected = day(s.Connected, time.UTC)
		}
	}
	t.emitSystem(EventErased, c.actor, r)
	t.erased = append(t.erased, s.No)
	// Whoever comes next finds it gone, though the disk may still have it.
	t.s.cases.put(&record{state: &State{No: s.No}, row: store.Case{No: s.No}})
	t.rec.gone = true
	return nil
}

// rebase moves an open case to the pack in force. Both are evaluated: the one
// better for the applicant wins, the old one when they are alike.
type rebase struct {
	onCase
	act string
}

func (c *rebase) decide(t *turn) error {
	s := t.rec.state
	if !t.rec.above(c.actor, aiqyn.RoleHead) {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	switch {
	case s.Step == "":
		return aiqyn.E(aiqyn.Conflict, "error.case-closed")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case s.owing(): // the price was named under the pack it was filed under
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-rebase")
	}
	if c.act == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("act")
	}
	to := t.e.packs.current()
	svc, ok := to.Service(s.Service)
	if !ok || to.Hash() == s.Pack || findStep(svc, s.Step) == nil {
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-rebase")
	}
	old, err := t.e.evaluate(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	next, err := t.e.evaluate(svc, t.rec, t.now)
	if err != nil {
		return err
	}
	d, said := &rebased{Act: c.act, Better: "old", From: s.Pack, To: to.Hash()}, "message.rebased-not"
	if next.grant && !old.grant {
		d.Better, said = "new", "message.rebased"
		t.svc = svc
	}
	t.emit(EventRebased, c.actor, d)
	t.tell(said)
	return nil
}

// demand counts a body that still demands a paper.
type demand struct {
	apart
	Demanded
}

func (d *demand) decide(t *turn) error {
	if done, err := d.once(t); done || err != nil {
		return err
	}
	known := slices.ContainsFunc(t.e.Pack().Certificates, func(c service.Certificate) bool { return c.ID == d.Certificate })
	if !known {
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("certificate")
	}
	body := strings.Join(strings.Fields(d.Body), " ")
	if body == "" || len(body) > 200 {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("body")
	}
	t.report(d.actor, &demanded{Body: body, Certificate: d.Certificate, Region: d.Region}, d.Text)
	t.demands = append(t.demands, store.Demand{Certificate: d.Certificate, Body: body, N: 1})
	d.finish(t)
	return nil
}

// publish takes two signatures and a notice of days.
type publish struct {
	apart
	Publish
	pack     *service.Pack
	data     []byte
	unsigned error
}

// packNotice is how many days before its effect a pack must be known.
const packNotice = 3

func (p *publish) prepare(ctx context.Context, e *Engine) error {
	if err := p.apart.prepare(ctx, e); err != nil {
		return err
	}
	pack, err := e.Parse(p.Files)
	if err == nil {
		err = pack.Overtaken()
	}
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.pack-invalid", "problem", err.Error()).On("files").Because(err)
	}
	p.pack = pack
	if p.unsigned = e.signs(ctx, p.actor, p.Signature, "signature"); p.unsigned != nil && aiqyn.KindOf(p.unsigned) != aiqyn.Invalid {
		return p.unsigned
	}
	p.data, err = storedPack(p.Files)
	return err
}

func (p *publish) decide(t *turn) error {
	if done, err := p.once(t); done || err != nil {
		return err
	}
	if p.actor.Role != aiqyn.RolePublisher {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if earliest := t.now.AddDate(0, 0, packNotice); p.From.Start(t.e.Zone).Before(earliest) {
		return aiqyn.E(aiqyn.Conflict, "error.pack-notice", "days", packNotice).On("from")
	}
	if p.unsigned != nil {
		return p.unsigned
	}
	hash := p.pack.Hash()
	signed := packSigned{From: p.From.String(), Pack: hash}
	first, ok := t.s.signatures[signed]
	if !ok {
		t.emitSystem(EventPackSigned, p.actor, &signed)
		// The second one signs what lies here, not what somebody hands them.
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: hash, Kind: "pack", Data: p.data, Added: t.now})
		t.e.packs.add(p.pack)
		t.s.signatures[signed] = p.actor.Officer
		t.undo = append(t.undo, func() { delete(t.s.signatures, signed) })
		p.finish(t)
		return nil
	}
	if err := t.countersigned(access.ActPublishPack, aiqyn.Actor{Role: aiqyn.RolePublisher, Officer: first}, p.actor); err != nil {
		return err
	}
	ev := t.emitSystem(EventPublished, p.actor, &published{From: p.From.String(), Pack: hash, Signers: []aiqyn.OfficerID{first, p.actor.Officer}})
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: hash, Kind: "pack", Data: p.data, Added: t.now})
	t.e.packs.announce(p.pack, p.From, ev.index)
	p.finish(t)
	return nil
}
