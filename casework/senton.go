package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// Where several logs carry a country, an application may reach one that does not carry
// its place. The filing is recorded here all the same, and in the same transaction the
// case ends by being sent on: that entry holds all that the competent log needs. Its
// receipt travels once it is witnessed ([Engine.tellOthers]); the other log opens a case
// by it, and the receipt of what it has recorded comes back. Nobody at a server has a
// say in it: the pack names the logs, the look-ups name the place.

type (
	// sentOn is an application as it is handed to the log that is competent.
	sentOn struct {
		Answers   map[string]string `json:"answers"` // as typed
		Applicant aiqyn.PersonID    `json:"applicant"`
		By        time.Time         `json:"by"` // by when it must have been taken on
		Channel   string            `json:"channel"`
		Filed     time.Time         `json:"filed"`
		Lang      aiqyn.Lang        `json:"lang"`
		Phone     string            `json:"phone,omitempty"`
		Ref       aiqyn.Reference   `json:"ref"`
		Service   aiqyn.ServiceID   `json:"service"`
		Territory string            `json:"territory"` // KATO code of its place
		To        string            `json:"to"`        // origin of that log
	}
	// arrived is what that log has said of it, with its proof.
	arrived struct {
		Declined string          `json:"declined,omitempty"` // why no case was opened there
		Entry    int64           `json:"entry"`              // there
		Leaf     string          `json:"leaf"`               // hash of that entry in the other tree, hex
		Receipt  string          `json:"receipt"`            // of that entry, as it came
		Ref      aiqyn.Reference `json:"ref,omitempty"`      // of the case there
	}
)

// newShardPayload is newPayload for what logs tell each other; nil for other kinds.
func newShardPayload(k EventKind) any {
	switch k {
	case EventTold:
		return new(told)
	case EventHeard:
		return new(heard)
	case EventSentOn:
		return new(sentOn)
	case EventArrived:
		return new(arrived)
	case EventTakenOn:
		return new(takenOn)
	}
	return nil
}

// sentState is what a case that was sent on knows of where it went.
type sentState struct {
	Arrived  time.Time       `json:"arrived,omitzero"` // when the other log's word was recorded
	At       time.Time       `json:"at"`
	By       time.Time       `json:"by"`
	Declined string          `json:"declined,omitempty"`
	Entry    int64           `json:"entry"`         // by which it was sent on
	Heard    int64           `json:"heard"`         // that holds the other log's word; 0: none yet
	Ref      aiqyn.Reference `json:"ref,omitempty"` // of the case there
	There    int64           `json:"there,omitempty"`
	To       string          `json:"to"`
}

// Subjects of what is told of an application that was sent on.
const (
	subjectSentOn   = "case.sent-on"  // text: the entry by which
	subjectTakenOn  = "case.taken-on" // text: the entry by which
	subjectDeclined = "case.declined" // text: the other log's entry, and why
)

// competent is the log that an application belongs to by its answers and look-ups, if
// that is another than this one, and the KATO code of its place.
func (e *Engine) competent(pack *service.Pack, svc *service.Service, facts *State, now time.Time) (*service.CompetentLog, string, error) {
	if svc.Territory == nil || pack.Competence == nil || len(pack.Competence.Logs) == 0 {
		return nil, "", nil
	}
	vars, err := e.variables(svc, &record{state: facts}, now)
	if err != nil {
		return nil, "", err
	}
	code, err := svc.TerritoryOf(vars)
	if err != nil {
		return nil, "", err
	}
	log := pack.Competent(code)
	if log == nil || e.isOwn(log.Origin) {
		return nil, "", nil
	}
	return log, code, nil
}

// isOwn reports whether an origin is this log's, now or before it was restored.
func (e *Engine) isOwn(origin string) bool {
	former := e.former.Load()
	return origin == e.Origin || former != nil && slices.Contains(*former, origin)
}

// wasCalled notes another name that this log has had.
func (e *Engine) wasCalled(origin string) {
	var list []string
	if former := e.former.Load(); former != nil {
		list = slices.Clone(*former)
	}
	list = append(list, origin)
	e.former.Store(&list)
}

// belongs finds out whether the application belongs to another log. One that has come
// from there stays, or is declined: it is not sent about.
func (f *file) belongs(_ context.Context, e *Engine) (err error) {
	facts := &State{Applicant: f.Actor.Behalf(), Answers: f.answers, Facts: make(map[string]reading, len(f.readings))}
	for _, r := range f.readings {
		facts.Facts[r.Name] = r
	}
	pack := e.packs.find(f.pack)
	f.sendTo, f.territory, err = e.competent(pack, f.svc, facts, e.Clock())
	if err != nil || f.sendTo == nil {
		return err
	}
	if s := e.shard(f.sendTo.Origin); s == nil || s.URL == "" {
		return notReached(f.sendTo).Because(fmt.Errorf("%s is competent for %s, and where that is told is not known", f.sendTo.Origin, f.territory))
	}
	return nil
}

// notReached tells an applicant whose place belongs to a log that cannot be told: whose it
// is, and where they can turn meanwhile.
func notReached(l *service.CompetentLog) *aiqyn.Error {
	if l.Site == "" {
		return aiqyn.E(aiqyn.Unavailable, "error.log-unreached", "log", l.Title)
	}
	return aiqyn.E(aiqyn.Unavailable, "error.log-unreached-site", "log", l.Title, "site", l.Site)
}

// betweenLogs records that the case goes to another log, or that it has come from one;
// done, if it ends here by that.
func (f *file) betweenLogs(t *turn) (done bool, err error) {
	switch {
	case f.sent != nil:
		f.sent.tellTaken(t)
	case f.sendTo != nil:
		return true, f.sendOn(t)
	}
	return false, nil
}

func (f *file) sendOn(t *turn) error {
	s := t.rec.state
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return err
	}
	due, err := cal.Due(t.now, t.e.packs.find(f.pack).Competence.Within, nil)
	if err != nil {
		return err
	}
	ev := t.emit(EventSentOn, aiqyn.System, &sentOn{
		Answers: typed(s.Answers), Applicant: s.Applicant, By: due.At, Channel: s.Channel, Filed: s.Filed, Lang: s.Lang,
		Phone: s.Phone, Ref: s.Ref, Service: s.Service, Territory: f.territory, To: f.sendTo.Origin,
	}, withOutcome(aiqyn.SentOn))
	t.tellOther(ev, subjectSentOn, f.sendTo.Origin)
	f.told = "message.sent-on"
	return nil
}

// tellOther has another log told of an entry of the case, as soon as it is witnessed. What
// is told is that entry; the one behind it only names it, for the case can be erased.
func (t *turn) tellOther(ev *event, subject, origin string) {
	named := t.emitSystem(EventTold, aiqyn.System, &told{Subject: subject, Text: fmt.Sprint(ev.index), To: origin})
	named.command = "" // it is the case that knows the command by its hash
}

// applySent folds what becomes of an application between two logs.
func (s *State) applySent(ev *event) {
	switch d := ev.data.(type) {
	case *sentOn:
		s.Sent = &sentState{At: ev.at, By: d.By, Entry: ev.index, To: d.To}
		s.close(aiqyn.SentOn, ev.at)
	case *arrived:
		if s.Sent == nil {
			return
		}
		sent := *s.Sent
		sent.Arrived, sent.Heard, sent.Declined, sent.Ref, sent.There = ev.at, ev.index, d.Declined, d.Ref, d.Entry
		s.Sent = &sent
	}
}

// settleSent records what the competent log has said of an application.
type settleSent struct {
	onCase
	from  string // origin of that log
	entry int64  // here, by which it was sent on
	d     arrived
}

// prepare finds the case by the entry.
func (c *settleSent) prepare(ctx ctx, e *Engine) error {
	row, err := e.entry(ctx, c.entry)
	if err != nil {
		return err
	}
	if EventKind(row.Kind) != EventSentOn || row.Case == 0 {
		return aiqyn.E(aiqyn.Forbidden, "error.shard-no-message")
	}
	c.no = row.Case
	return nil
}

func (c *settleSent) decide(t *turn) error {
	s := t.rec.state
	switch {
	case s.Sent == nil || s.Sent.Entry != c.entry || s.Sent.To != c.from:
		return aiqyn.E(aiqyn.Forbidden, "error.shard-no-message")
	case s.Sent.Heard != 0:
		t.result.Again = true
		return nil
	}
	t.emit(EventArrived, aiqyn.System, &c.d)
	if c.d.Declined != "" {
		t.tell("message.sent-declined")
	}
	return nil
}
