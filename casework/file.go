package casework

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/service"
	"aiqyn/store"
)

// file is the command that opens a case.
type file struct {
	File
	signing   signing
	svc       *service.Service
	pack      string
	answers   map[string]any
	readings  []reading
	object    string
	applicant []byte // keyed hash
	objectKey []byte // keyed hash
	phone     string
	ties      []string
	earlier   []store.Filing // about the same object, as on disk, newest first
	ref       aiqyn.Reference
	was       int64                 // number of the case that this very command has opened, as on disk
	kept      *record               // the newest earlier case about the object
	asOf      int64                 // every case up to this number is on disk, and so in these lists
	told      string                // letter by which the applicant learns of it
	along     []*file               // that it brings along
	sendTo    *service.CompetentLog // the log that its place belongs to; nil: this one
	territory string                // KATO code of that place
	sent      *sentFrom             // the log that has sent it on; nil: it is filed here
	claims    claiming
}

func (f *file) id() aiqyn.CommandID { return f.ID }
func (f *file) about() int64        { return 0 }
func (f *file) by() aiqyn.Actor     { return f.Actor }

// prepare checks the answers, reads the registers and finds earlier cases.
func (f *file) prepare(ctx ctx, e *Engine) error {
	if f.ID == "" {
		return aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	if f.Actor.Role != aiqyn.RoleApplicant || f.Actor.Person == "" {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if err := f.witnessed(); err != nil {
		return err
	}
	pack := e.packs.current()
	svc, ok := pack.Service(f.Service)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if svc.OnlyFollows {
		return aiqyn.E(aiqyn.Conflict, "error.only-follows")
	}
	f.svc, f.pack = svc, pack.Hash()
	answers, err := e.checkAnswers(svc, f.Answers)
	if err != nil {
		return err
	}
	if err := e.checkVoltage(svc, f.pack, answers, f.Answers); err != nil {
		return err
	}
	f.answers = answers
	f.applicant, f.told = e.keys.hash("applicant", string(f.Actor.Behalf())), "message.filed"
	if f.Witnesses != nil {
		f.told = "message.consent-in-person"
	}
	if err := f.gather(ctx, e, pack); err != nil || f.was != 0 {
		return err
	}
	return f.signing.prepare(e, e.filingDocument(svc, f.pack, f.File))
}

// gather finds and reads all that a filing needs whose answers are checked.
func (f *file) gather(ctx ctx, e *Engine, pack *service.Pack) error {
	f.name(e)
	f.asOf = e.newest.Load() // before reading, so that nothing falls between
	if err := f.refer(ctx, e); err != nil || f.was != 0 {
		return err // a retry is answered without reading the registers again
	}
	return f.read(ctx, e, pack)
}

// read reads the earlier cases and the registers, and prepares what is brought along.
func (f *file) read(ctx ctx, e *Engine, pack *service.Pack) error {
	if err := f.recall(ctx, e); err != nil {
		return err
	}
	if err := f.failedBefore(ctx, e); err != nil {
		return err
	}
	if err := f.lookUp(ctx, e); err != nil {
		return err
	}
	f.ties = e.tiesTo(pack.Registers, f.readings, f.Actor.Behalf(), f.Actor.Person)
	if err := f.belongs(ctx, e); err != nil || f.sendTo != nil {
		return err
	}
	if err := f.claim(e, e.Clock().UTC()); err != nil {
		return err
	}
	return f.bring(ctx, e)
}

// name finds what the case is about.
func (f *file) name(e *Engine) {
	f.object, _ = f.answers[f.svc.Object].(string)
	if f.object == "" {
		f.object = "person:" + string(f.Actor.Behalf())
		if q := f.svc.Queue; q != nil && q.Slots != nil && q.Slots.Per != "" {
			f.object += "/" + fmt.Sprint(f.answers[q.Slots.Per])
		}
	}
	f.objectKey = e.keys.hash("object", string(f.svc.ID)+"\x00"+f.object)
}

// recall reads the newest earlier case about the object, whose draws are kept.
func (f *file) recall(ctx context.Context, e *Engine) error {
	f.kept = nil
	if len(f.earlier) == 0 || f.earlier[0].Status == string(StatusErased) {
		return nil
	}
	if f.svc.Queue == nil && (f.svc.Object == "" || e.Clock().Sub(f.earlier[0].Filed) >= keptYear) {
		return nil
	}
	rows, err := e.Store.CasesByNo(ctx, []int64{f.earlier[0].No})
	if err != nil || len(rows) == 0 || rows[0].Key == nil {
		return err
	}
	rec, err := e.keys.openRecord(rows[0])
	if err != nil {
		return err
	}
	f.kept = rec
	return nil
}

// refer makes the reference of the case from the applicant and the command, so
// that the same command finds the case it has opened, and reads what applications there
// are about its object.
func (f *file) refer(ctx context.Context, e *Engine) error {
	for attempt := 0; ; attempt++ {
		f.ref = e.keys.reference(f.Actor.Behalf(), f.ID, attempt)
		same, earlier, err := e.Store.FilingsBefore(ctx, string(f.ref), f.objectKey, 50)
		if f.earlier = earlier; err != nil || same == nil {
			return err
		}
		if bytes.Equal(same.Applicant, f.applicant) && string(same.Filing) == commandHash(f.ID) {
			f.was = same.No
			return nil
		}
	}
}

// decide opens the case, unless the command or too many like it came before.
func (f *file) decide(t *turn) error {
	if f.was != 0 {
		return t.repeated(f.was)
	}
	if !t.s.filings.covers(f.asOf) {
		return errStale
	}
	if r := t.s.filings.byRef[f.ref]; r != nil {
		if bytes.Equal(r.row.Applicant, f.applicant) && string(r.row.Filing) == t.command {
			return t.repeated(r.row.No)
		}
		return errStale // another case took this reference a moment ago
	}
	recent := t.s.filings.about(f.objectKey, f.asOf)
	if err := f.capped(t, recent); err != nil {
		return err
	}
	d, err := f.filing(t, recent)
	if err != nil {
		return err
	}
	if err := f.nameAlong(t, d); err != nil {
		return err
	}
	t.before = f.lastAbout(t, recent)
	if err := f.begin(t, d); err != nil {
		return err
	}
	return f.openAlong(t)
}

// filing is what a filing says: who could be drawn, and by which round.
func (f *file) filing(t *turn, recent []*record) (*filed, error) {
	rosters, err := t.rostersAtFiling(f.svc, f.ties)
	if err != nil {
		return nil, err
	}
	cal, err := t.e.calendar(f.svc.Calendar)
	if err != nil {
		return nil, err
	}
	d := &filed{
		Answers: f.answers, Calendar: cal.Version(), Channel: f.Channel, Lang: f.Lang,
		Object: f.object, Pack: f.pack, Phone: f.phone, Rosters: rosters, Sent: f.sent, Service: f.svc.ID, Ties: f.ties,
	}
	if rosters != nil {
		d.Beacon, d.Round = t.e.Beacon.Name(), t.e.Beacon.At(t.now)+1
		f.keepDraws(t, d, recent)
	}
	return d, nil
}

// begin makes the case and its first events.
func (f *file) begin(t *turn, d *filed) error {
	key, wrapped := t.e.keys.fresh()
	no := t.s.lastCase + 1
	d.Ref = f.ref
	t.svc = f.svc
	t.rec = &record{
		state: &State{No: no}, key: key, tag: key.tag("case", ""),
		row: store.Case{
			No: no, Ref: string(d.Ref), Service: string(f.svc.ID), Applicant: f.applicant, Object: f.objectKey,
			Filing: []byte(t.command), Filed: t.now, Key: wrapped, Body: string(f.svc.Body),
		},
	}
	by := f.signing.known(f.Actor)
	t.emit(EventFiled, by, d)
	if len(f.readings) > 0 {
		looked := &lookedUp{Readings: f.readings}
		if err := f.claims.now(t, looked, func() error { return f.claim(t.e, t.now) }); err != nil {
			return err
		}
		t.emit(EventLookedUp, aiqyn.System, looked)
	}
	f.inPerson(t)
	if err := f.signing.emit(t, by, service.SignFiling, t.e.filingDocument(f.svc, f.pack, f.File)); err != nil {
		return err
	}
	if done, err := f.betweenLogs(t); err != nil {
		return err
	} else if !done {
		if err := t.advance(""); err != nil {
			return err
		}
	}
	if entry, ok := access.MandateEntry(f.Actor); ok {
		t.under = append(t.under, store.MandateCase{Mandate: entry, Case: no})
	}
	t.s.lastCase++
	t.s.filings.add(t.rec)
	t.undo = append(t.undo, func() { t.s.lastCase--; t.s.filings.removeLast() })
	if !t.rec.state.unpaid() { // they were told what to pay instead
		t.tell(f.told)
	}
	return nil
}

// repeated answers a command that has opened a case before.
func (t *turn) repeated(no int64) error {
	rec := t.s.cases.get(no)
	if rec == nil {
		rows, err := t.e.Store.CasesByNo(context.Background(), []int64{no})
		if err != nil || len(rows) == 0 {
			return aiqyn.E(aiqyn.Conflict, "error.duplicate-command").Because(err)
		}
		if rec, err = t.e.keys.openRecord(rows[0]); err != nil {
			return err
		}
	}
	if rec.key == nil {
		return aiqyn.E(aiqyn.NotFound, "error.erased")
	}
	sp := rec.state.Commands[t.command]
	t.result = Result{Case: caseID(no), Ref: rec.state.Ref, First: sp.First, Last: sp.Last, Again: true}
	return nil
}

// capped refuses more open cases and live reservations of one applicant about
// one object than the pack allows.
func (f *file) capped(t *turn, recent []*record) error {
	limit := max(f.svc.Cap, 1)
	open, held := 0, 0
	for _, c := range f.earlier {
		if latest := t.s.cases.get(c.No); latest != nil {
			c.Status = string(latest.state.status())
		}
		if !bytes.Equal(c.Applicant, f.applicant) {
			continue
		}
		if c.Status != string(StatusClosed) && c.Status != string(StatusErased) && c.Status != string(StatusAppeal) && c.Status != string(StatusCorrection) {
			open++
		} else if t.e.holds(c.No) {
			held++
		}
	}
	for _, r := range recent {
		if latest := t.s.cases.get(r.state.No); latest != nil {
			r = latest
		}
		if !bytes.Equal(r.row.Applicant, f.applicant) {
			continue
		}
		if r.state.Step != "" && !offered(r.state.Step) {
			open++
		} else if t.e.holds(r.state.No) {
			held++
		}
	}
	switch {
	case open >= limit:
		return aiqyn.E(aiqyn.Conflict, "error.case-capped", "n", limit)
	case open+held >= limit:
		return aiqyn.E(aiqyn.Conflict, "error.reservation-capped")
	}
	return nil
}

// keptYear is how long a draw for an object is kept: filing again does not
// draw again.
const keptYear = 365 * 24 * time.Hour

// keepDraws makes filing again for an object come to the same officers. Who was
// drawn within the year is kept; where nobody was yet, the draw that was to
// come is: its round may be known by now, and to file again must not be a way
// to another. Only an officer who has left the roster is drawn anew.
func (f *file) keepDraws(t *turn, d *filed, recent []*record) {
	last := f.lastAbout(t, recent)
	if last == nil {
		return
	}
	for step, at := range d.Rosters {
		k, drawn := last.Kept[step]
		if was, ok := last.Drawn[step]; ok && was.Kept == 0 {
			k, drawn = kept{Entry: was.Entry, Officer: was.Officer}, true
		}
		switch was := last.Rosters[step]; {
		case drawn && slices.Contains(t.s.rostersByEntry[at.Entry], k.Officer) && !slices.Contains(at.Barred, k.Officer):
			if d.Kept == nil {
				d.Kept = make(map[aiqyn.StepID]kept, 2)
			}
			d.Kept[step] = k
		case !drawn && last.Beacon == d.Beacon && was.Entry == at.Entry:
			d.Rosters[step] = rosterAtFiling{Barred: at.Barred, Entry: was.Entry, Loads: was.Loads, Round: last.roundOf(step)}
		}
	}
}
