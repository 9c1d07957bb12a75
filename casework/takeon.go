package casework

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/ledger"
)

// An application that another log has sent on opens a case here as if it had been
// filed here, but for two things: its place in any order is that of the day on which
// the person has filed it, and the pack says from when the terms run.

type (
	// sentFrom is where a filing has come from, with its proof.
	sentFrom struct {
		Entry   int64           `json:"entry"` // there
		Filed   time.Time       `json:"filed"` // there
		Leaf    string          `json:"leaf"`  // hash of that entry in the other tree, hex
		Origin  string          `json:"origin"`
		Receipt string          `json:"receipt"` // of that entry, as it came
		Ref     aiqyn.Reference `json:"ref"`     // of the case there
		Since   string          `json:"since"`   // from when the terms run: "filed", "arrived"
	}
	// takenOn tells the log that has sent it on which case it has become.
	takenOn struct {
		Entry int64           `json:"entry"` // there, by which it was sent on
		Ref   aiqyn.Reference `json:"ref"`   // of the case here
		To    string          `json:"to"`    // origin of that log
	}
)

// cameState is what a case that was sent on to this log knows of where it came from.
type cameState struct {
	Arrived time.Time       `json:"arrived"`
	Entry   int64           `json:"entry"` // there
	Origin  string          `json:"origin"`
	Ref     aiqyn.Reference `json:"ref"` // there
	Since   string          `json:"since"`
}

// Reasons why a log that is told of an application opens no case.
const (
	declinedOpen    = "open-already"  // the person has as many about the same as they may
	declinedElse    = "not-competent" // its own pack has another log carry the place
	declinedAnswers = "answers"       // its service asks for something else
	declinedService = "not-offered"   // it has no such service
)

var declines = []string{declinedOpen, declinedElse, declinedAnswers, declinedService}

func (d *sentFrom) tellTaken(t *turn) {
	ev := t.emit(EventTakenOn, aiqyn.System, &takenOn{Entry: d.Entry, Ref: t.rec.state.Ref, To: d.Origin})
	t.tellOther(ev, subjectTakenOn, d.Origin)
}

func (s *State) applyCame(ev *event, d *sentFrom) {
	if d == nil {
		return
	}
	s.Filed = d.Filed
	s.Came = &cameState{Arrived: ev.at, Entry: d.Entry, Origin: d.Origin, Ref: d.Ref, Since: d.Since}
}

// filedHere is when the filing was recorded in this log, which is what its leaf, and so
// every figure of it, says; Filed is when the person has filed.
func (s *State) filedHere() time.Time {
	if s.Came != nil {
		return s.Came.Arrived
	}
	return s.Filed
}

// takeOn opens a case for an application that another log has sent on, or says why not.
type takeOn struct {
	file
	apart
	declined string
}

func (c *takeOn) id() aiqyn.CommandID { return c.apart.cid }
func (c *takeOn) about() int64        { return 0 }
func (c *takeOn) by() aiqyn.Actor     { return aiqyn.System }

// newTakeOn is the command that a message makes. The verdict is of its receipt.
func newTakeOn(id aiqyn.CommandID, m *sentOn, v ledger.Verdict, receipt []byte) *takeOn {
	return &takeOn{
		apart: apart{id, aiqyn.System},
		file: file{
			File: File{
				ID: id, Actor: aiqyn.Actor{Role: aiqyn.RoleSystem, Person: m.Applicant}, Service: m.Service, Answers: m.Answers,
				Channel: m.Channel, Lang: m.Lang,
			},
			phone: m.Phone, told: "message.taken-on",
			sent: &sentFrom{Entry: v.Index, Filed: m.Filed, Leaf: v.Leaf.String(), Origin: v.Origin, Receipt: string(receipt), Ref: m.Ref},
		},
	}
}

func (c *takeOn) prepare(ctx ctx, e *Engine) error {
	c.declined = ""
	f := &c.file
	f.applicant = e.keys.hash("applicant", string(f.Actor.Behalf()))
	was, err := f.openedBefore(ctx, e)
	if err != nil || was {
		return err
	}
	why := declinedService
	err = c.fill(ctx, e, &why)
	var known *aiqyn.Error
	if errors.As(err, &known) && known.Kind != aiqyn.Unavailable && known.Kind != aiqyn.Internal {
		c.declined = why
		return nil
	}
	return err
}

// fill does what a filing here has done before it is decided; why is what an error that
// no second try mends means for whoever has sent the application on.
func (c *takeOn) fill(ctx ctx, e *Engine, why *string) error {
	f, pack, phone := &c.file, e.packs.current(), c.file.phone
	svc, ok := pack.Service(f.Service)
	if !ok || svc.OnlyFollows || svc.Territory == nil || pack.Competence == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	f.svc, f.pack, f.sent.Since = svc, pack.Hash(), string(pack.Competence.Since)
	*why = declinedAnswers
	var err error
	if f.answers, err = e.checkAnswers(svc, f.Answers); err != nil {
		return err
	}
	if err := e.checkVoltage(svc, f.pack, f.answers, f.Answers); err != nil {
		return err
	}
	*why = declinedService
	if err := f.gather(ctx, e, pack); err != nil {
		return err
	}
	if f.phone == "" {
		f.phone = phone
	}
	if f.sendTo != nil {
		*why = declinedElse
		return aiqyn.E(aiqyn.Conflict, "error.shard-other", "origin", f.sendTo.Origin)
	}
	return nil
}

// openedBefore finds the case that this very message has opened, whatever else has
// changed since.
func (f *file) openedBefore(ctx ctx, e *Engine) (bool, error) {
	for attempt := 0; ; attempt++ {
		row, ok, err := e.Store.CaseByRef(ctx, string(e.keys.reference(f.Actor.Behalf(), f.ID, attempt)))
		if err != nil || !ok {
			return false, err
		}
		if bytes.Equal(row.Applicant, f.applicant) && string(row.Filing) == commandHash(f.ID) {
			f.was = row.No
			return true, nil
		}
	}
}

func (c *takeOn) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if c.declined != "" {
		return c.decline(t, c.declined)
	}
	err := c.file.decide(t)
	if aiqyn.KindOf(err) == aiqyn.Conflict && len(t.events) == 0 {
		return c.decline(t, declinedOpen)
	}
	return err
}

func (c *takeOn) decline(t *turn, why string) error {
	d := c.file.sent
	t.emitSystem(EventTold, aiqyn.System, &told{Subject: subjectDeclined, Text: fmt.Sprintf("%d %s", d.Entry, why), To: d.Origin})
	c.finish(t)
	return nil
}

// declinedOf reads what a log says that has opened no case: of which entry, and why.
func declinedOf(text string) (entry int64, why string, err error) {
	number, why, _ := strings.Cut(text, " ")
	if entry, err = entryIn(number); err != nil || !slices.Contains(declines, why) {
		return 0, "", aiqyn.E(aiqyn.Invalid, "error.shard-no-message").Because(err)
	}
	return entry, why, nil
}
