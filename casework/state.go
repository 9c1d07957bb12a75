package casework

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// State is where one case stands: the fold of its events, and of nothing else.
// It is kept sealed beside the log so that a command need not replay it.
type State struct {
	No        int64           `json:"no"`
	Ref       aiqyn.Reference `json:"ref"`
	Service   aiqyn.ServiceID `json:"service"`
	Pack      string          `json:"pack"`
	Applicant aiqyn.PersonID  `json:"applicant"`
	Agent     aiqyn.PersonID  `json:"agent,omitempty"`   // who filed it for them
	Mandate   string          `json:"mandate,omitempty"` // by what right
	Lang      aiqyn.Lang      `json:"lang"`
	Channel   string          `json:"channel"`
	Phone     string          `json:"phone,omitempty"`
	Object    string          `json:"object,omitempty"`
	Filed     time.Time       `json:"filed"`
	FiledAt   int64           `json:"filed_at"` // entry
	From      *cameFrom       `json:"from,omitempty"`
	Sent      *sentState      `json:"sent,omitempty"`    // nil: it was not sent on to another log
	Came      *cameState      `json:"came,omitempty"`    // nil: no other log has sent it on
	Brought   []brought       `json:"brought,omitempty"` // cases that its filing has opened along with it, or by which a step asks

	Answers map[string]any            `json:"answers"`
	Facts   map[string]reading        `json:"facts,omitempty"`
	Records map[string]map[string]any `json:"records,omitempty"` // by step

	Beacon  string                          `json:"beacon,omitempty"`
	Round   uint64                          `json:"round,omitempty"`
	Rosters map[aiqyn.StepID]rosterAtFiling `json:"rosters,omitempty"`
	Kept    map[aiqyn.StepID]kept           `json:"kept,omitempty"`
	Ties    []string                        `json:"ties,omitempty"`
	Drawn   map[aiqyn.StepID]drawnAt        `json:"drawn,omitempty"`

	Step        aiqyn.StepID `json:"step,omitempty"` // open step; "" once closed
	StepState   StepState    `json:"step_state,omitempty"`
	Theirs      bool         `json:"theirs,omitempty"` // the applicant takes the open step
	Asking      bool         `json:"asking,omitempty"` // somebody is to be asked in the open step, and was not yet
	Escalated   aiqyn.Role   `json:"escalated,omitempty"`
	Opened      time.Time    `json:"opened,omitzero"` // when the open step began
	Calendar    string       `json:"calendar"`        // version of the calendar that Due was counted by
	Due         time.Time    `json:"due,omitzero"`
	Suspensions []suspension `json:"suspensions,omitempty"`
	Hearing     *notified    `json:"hearing,omitempty"`
	Noticed     time.Time    `json:"noticed,omitzero"`
	Objection   string       `json:"objection,omitempty"`
	Objected    time.Time    `json:"objected,omitzero"`

	Owed   []int    `json:"owed,omitempty"`   // transformers of which a reading is owed, or was, since the case rests on them
	Chosen string   `json:"chosen,omitempty"` // point that the applicant wants
	Claim  *claimed `json:"claim,omitempty"`  // of the power that is left; nil: nothing
	// Behind is that its day has passed, and that it waits for those who stand before it.
	Behind  *stoodBehind `json:"behind,omitempty"`
	Ruling  int64        `json:"ruling,omitempty"` // entry of the last ruling, 0 if none
	Ruled   bool         `json:"ruled,omitempty"`
	Grant   *granted     `json:"grant,omitempty"`
	GrantAt int64        `json:"grant_at,omitempty"`
	Granted time.Time    `json:"granted,omitzero"`
	// Used is that what follows the grant has begun, Connected when it was granted too.
	Used      bool          `json:"used,omitempty"`
	Unused    bool          `json:"unused,omitempty"` // what followed has ended otherwise
	Connected time.Time     `json:"connected,omitzero"`
	Outcome   aiqyn.Outcome `json:"outcome,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	Closed    time.Time     `json:"closed,omitzero"`
	Held      bool          `json:"held,omitempty"`
	Holds     []holding     `json:"holds,omitempty"` // the last runs while Held
	// RefusedBy is who signed the refusal; they do not decide on it again.
	RefusedBy  aiqyn.OfficerID             `json:"refused_by,omitempty"`
	Contest    *contestState               `json:"contest,omitempty"`
	Appealed   bool                        `json:"appealed,omitempty"`
	Appeal     *appealState                `json:"appeal,omitempty"`
	Correction *correctionState            `json:"correction,omitempty"`
	Returned   bool                        `json:"returned,omitempty"` // an appeal has sent it back
	Later      map[aiqyn.StepID]laterNamed `json:"later,omitempty"`    // draws that the filing did not name
	Fee        *feeState                   `json:"fee,omitempty"`      // nil: it costs nothing
	// Opens is until when the people of the case stand open to an officer.
	Opens map[aiqyn.OfficerID]time.Time `json:"opens,omitempty"`
	Glass *glassState                   `json:"glass,omitempty"`
	Read  time.Time                     `json:"read,omitzero"`    // when the consent was used up
	Files map[string]fileState          `json:"files,omitempty"`  // by hash
	Queue *queued                       `json:"queue,omitempty"`  // nil: it waits in none
	OnLot *onLot                        `json:"on_lot,omitempty"` // nil: it is about none
	// ErasureAsked is who asked first; a second role confirms.
	ErasureAsked *aiqyn.Actor `json:"erasure_asked,omitempty"`

	Seq      int64           `json:"seq"`
	Prev     string          `json:"prev,omitempty"`   // commitment of the last entry, hex
	Last     time.Time       `json:"last"`             // when it was recorded
	Bundle   string          `json:"bundle,omitempty"` // digest of the last evidence
	Commands map[string]span `json:"commands,omitempty"`
}

// span is the entries that one command caused.
type span struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Attempt is set when the command was recorded and refused all the same:
	// the kind of its event, and the reason it named.
	Attempt EventKind `json:"attempt,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

type suspension struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"`
	Reason string    `json:"reason"`
}

// clone returns a copy that apply may change while the original stays.
func (s *State) clone() *State {
	c := *s
	c.Facts = maps.Clone(s.Facts)
	c.Records = maps.Clone(s.Records)
	c.Drawn = maps.Clone(s.Drawn)
	c.Commands = maps.Clone(s.Commands)
	c.Suspensions = slices.Clone(s.Suspensions)
	c.Holds = slices.Clone(s.Holds)
	if s.Queue != nil {
		q := *s.Queue
		c.Queue = &q
	}
	return &c
}

// apply folds one event into the state. It decides nothing: what a case may
// do was decided when the event was made, and an old event always applies.
func (s *State) apply(ev *event) {
	s.Seq, s.Last = ev.seq, ev.at
	if ev.command != "" {
		if s.Commands == nil {
			s.Commands = make(map[string]span, 4)
		}
		sp, ok := s.Commands[ev.command]
		if !ok {
			sp.First = ev.index
		}
		sp.Last = ev.index
		if ev.kind == EventRefusalRejected || ev.kind == EventReadRefused {
			sp.Attempt, sp.Reason = ev.kind, ev.reason
		}
		s.Commands[ev.command] = sp
	}
	switch d := ev.data.(type) {
	case *filed:
		s.applyFiled(ev, d)
	case *pointChosen:
		s.Chosen = d.Point
	case *measurementOwed:
		s.Owed = append(slices.Clip(s.Owed), d.Trafos...)
	case *importedCase:
		s.applyImported(ev, d)
	case *lookedUp:
		if s.Facts == nil {
			s.Facts = make(map[string]reading, len(d.Readings))
		}
		for _, r := range d.Readings {
			s.Facts[r.Name] = r
		}
		s.applyClaim(d.Claim)
	case *opened:
		s.applyOpened(ev, d)
	case *drawn:
		if s.Drawn == nil {
			s.Drawn = make(map[aiqyn.StepID]drawnAt, 2)
		}
		s.Drawn[d.Step] = drawnAt{ev.index, drawnFields(*d)}
		if s.Step == d.Step && s.StepState == StepDrawing {
			s.StepState = StepOpen
		}
	case *performed:
		s.record(d.Step, d.Records)
		s.mayContest(d)
		if d.Bundle != nil {
			s.Bundle = d.Bundle.Digest()
		}
		s.applyFiles(ev, d.Step, d.Files)
	case *dearer:
		s.applyFiles(ev, ev.step, d.files())
	case *fileRead:
		s.applyFileRead(ev, d)
	case *charged:
		s.applyCharged(ev, d)
	case *ordered, *paid, *declined, *refundDue, *refunded:
		s.applyPayment(ev)
	default:
		s.applyDecision(ev)
	}
}

func (s *State) applyOpened(ev *event, d *opened) {
	if d.Draw != nil {
		s.nameLater(ev, d.Step, d.Draw)
	}
	s.Theirs, s.Asking = d.By == aiqyn.RoleApplicant, d.Asks
	s.Step, s.StepState, s.Due, s.Calendar, s.Opened = d.Step, StepDrawing, d.Due, d.Calendar, ev.at
	s.Escalated = ""
	if _, ok := s.Drawn[d.Step]; ok || s.Rosters[d.Step].Loads == nil {
		s.StepState = StepOpen
	}
}

func (s *State) applyFiled(ev *event, d *filed) {
	s.No, s.Ref, s.Service, s.Pack, s.Calendar = ev.no, d.Ref, d.Service, d.Pack, d.Calendar
	s.Applicant, s.Lang, s.Channel, s.Phone, s.Object = ev.actor.Behalf(), d.Lang, d.Channel, d.Phone, d.Object
	if s.Filed, s.FiledAt = ev.at, ev.index; ev.actor.For != "" {
		s.Agent, s.Mandate = ev.actor.Person, ev.actor.Mandate
	}
	if s.From = d.From; d.From != nil {
		s.Agent, s.Mandate = d.From.Agent, d.From.Mandate
	}
	s.applyCame(ev, d.Sent)
	s.applyBrought(d.Brought)
	s.Answers, s.Beacon, s.Round, s.Rosters, s.Kept, s.Ties = d.Answers, d.Beacon, d.Round, d.Rosters, d.Kept, d.Ties
}

// applyDecision folds the events that decide, stop or end a case.
func (s *State) applyDecision(ev *event) {
	switch d := ev.data.(type) {
	case *ruled:
		s.applyRuled(ev, d)
	case *granted:
		s.Grant, s.GrantAt, s.Granted = d, ev.index, ev.at
		s.close(aiqyn.Granted, ev.at)
	case *notified:
		s.Hearing, s.Noticed, s.StepState = d, ev.at, StepHearing
	case *objected:
		s.Objection, s.Objected = d.Text, ev.at
	case *refused:
		s.Reason, s.RefusedBy = d.Reason, ev.actor.Officer
		s.close(aiqyn.Refused, ev.at)
	case *escalated:
		s.StepState, s.Escalated, s.Due, s.Opened, s.Behind = StepEscalated, d.To, d.Due, ev.at, nil
	case *suspended:
		s.Suspensions = append(s.Suspensions, suspension{From: ev.at, Reason: d.Reason})
	case *resumed:
		if n := len(s.Suspensions); n > 0 {
			s.Suspensions[n-1].To = ev.at
		}
		s.Due = d.Due
	case *rescheduled:
		s.Due, s.Calendar = d.Due, d.Calendar
	case *corrected:
		s.applyCorrected(d)
		if s.Step == service.StepCorrection && d.Field == s.Correction.Field {
			s.endCorrection(CorrectionMade, d.Ground, ev.at)
		}
	case *correctionAsked:
		s.applyCorrectionAsked(ev, d)
	case *correctionDeclined:
		s.endCorrection(CorrectionDeclined, d.Ground, ev.at)
	case *annulled:
		s.applyAnnulled(ev)
	case *held:
		s.applyHold(ev, d)
	case *rebased:
		if d.Better == "new" {
			s.Pack = d.To
		}
	case *lapsed:
		s.close(aiqyn.Lapsed, ev.at)
	case *withdrawn:
		s.close(aiqyn.Withdrawn, ev.at)
	case *contested:
		s.applyContested(ev, d)
	case *alongside:
		s.applyAlongside(ev)
	case *answeredAlong:
		s.applyAnswered(ev, d)
	case *entered, *rankedAnew, *offerMade, *offerTaken, *offerOver, *queueRestored, *ticketTaken, *rebooked, *slotCancelled, *attended, *transferredOut, *transferredIn, *dateImported:
		s.applyQueue(ev)
	case *appealed:
		s.applyAppealed(ev, d)
	case *appealDecided:
		s.applyAppealDecided(ev, d)
	default:
		s.applyOther(ev)
	}
}

// applyOther folds what decides nothing here.
func (s *State) applyOther(ev *event) {
	switch d := ev.data.(type) {
	case *sentOn, *arrived:
		s.applySent(ev)
	case *stoodBehind:
		s.Behind = d
	case *seen:
		s.applySeen(ev, d)
	case *glass:
		s.applyGlass(ev, d)
	case *asked:
		s.applyAsked(d)
	case *bidEntered, *bidSealed, *bidCalled, *bidOpened, *bidWon, *bidLost, *lotObjected, *objectionJudged:
		s.applyLot(ev)
	case *erasureAsked:
		s.ErasureAsked = &ev.actor
	case *factRead:
		if ev.kind == EventRead {
			s.Read = ev.at
		}
	}
}

// applyCorrected puts the right value in place of the wrong one.
func (s *State) applyCorrected(d *corrected) {
	var value any
	json.Unmarshal(d.Value, &value)
	if f, ok := value.(float64); ok { // records are whole numbers
		value = int64(f)
	}
	if r, ok := s.Facts[d.Field]; ok {
		s.Facts[d.Field] = r.corrected(d)
		return
	}
	step, field, _ := cutDot(d.Field)
	if rec, ok := s.Records[step]; ok {
		rec = maps.Clone(rec)
		rec[field] = value
		s.Records[step] = rec
	}
}

func (s *State) close(o aiqyn.Outcome, at time.Time) {
	s.Outcome, s.Closed = o, at
	s.closeClaim(o)
	s.closeQueue(o)
	s.closeLot()
	s.Step, s.StepState, s.Due, s.Theirs, s.Asking = "", "", time.Time{}, false, false
}

// standing reports whether the clock is stopped now.
func (s *State) standing() bool {
	n := len(s.Suspensions)
	return n > 0 && s.Suspensions[n-1].To.IsZero()
}

func (s *State) status() Status {
	switch {
	case s.Step == "":
		return StatusClosed
	case s.Step == service.StepAppeal:
		return StatusAppeal
	case s.Step == service.StepCorrection:
		return StatusCorrection
	case s.owing():
		return StatusPayment
	case s.StepState == StepWaiting && s.Queue == nil:
		return StatusOpen
	case s.StepState == StepWaiting && s.Queue.State == QueueTaken:
		return StatusBooked
	case s.StepState == StepWaiting:
		return StatusQueue
	case s.standing():
		return StatusSuspended
	case s.Hearing != nil:
		return StatusHearing
	}
	return StatusOpen
}

// pauses gives the suspensions as room deadline counts them.
func (s *State) pauses() []deadline.Suspension {
	if len(s.Suspensions) == 0 {
		return nil
	}
	list := make([]deadline.Suspension, len(s.Suspensions))
	for i, p := range s.Suspensions {
		list[i] = deadline.Suspension{From: p.From, To: p.To, Reason: p.Reason}
	}
	return list
}

// holder is who must act on the open step in person, "" if nobody.
func (s *State) holder() aiqyn.OfficerID {
	if s.Step == "" || s.StepState == StepDrawing || s.handedUp() {
		return ""
	}
	return s.Drawn[s.Step].Officer
}

// handedUp reports whether the open step has been escalated. It stays with
// those above when they open a hearing: the officer drawn has lost it.
func (s *State) handedUp() bool { return s.Step != "" && s.Escalated != "" }
