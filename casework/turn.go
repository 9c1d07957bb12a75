package casework

import (
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// command is what Do carries out: prepared by its caller, outside the
// sequencer, then decided in log order.
type command interface {
	// id is the caller's name for the command; the same id is the same command.
	id() aiqyn.CommandID
	// prepare does what is slow: look-ups, computations. It may run again.
	prepare(ctx ctx, e *Engine) error
	// about is the number of the case, 0 for a command that opens one or
	// concerns none.
	about() int64
	// by is who sends it; whether they act for another is checked before decide.
	by() aiqyn.Actor
	// decide emits events, or says why not. It may emit events and return an
	// error: an attempt that is itself recorded.
	decide(t *turn) error
}

// turn is one command being decided. What it emits counts only if the turn is
// kept; until then the case, the shares and the loads are as they were.
type turn struct {
	e       *Engine
	s       *sequencer
	now     time.Time
	rec     *record // working copy; nil for a command about no case
	svc     *service.Service
	command string // hash of the command's id
	events  []*event
	base    int64   // entries that come before its own in what is kept together
	caused  []*turn // on other cases, kept with it
	keep    bool    // keep the events although decide failed

	messages     []outgoing
	questions    []store.Question
	reservations []store.Reservation
	commands     []store.Command
	snapshots    []store.Snapshot
	demands      []store.Demand
	reportKeys   []store.ReportKey
	accountActs  []store.AccountAct
	passkeys     []store.Passkey
	mandates     []store.Mandate
	changed      []*mandate // the same, open
	under        []store.MandateCase
	passkeysGone [][]byte
	erased       []int64
	silenced     []int64 // reports
	again        []int64 // letters
	likenesses   []store.Likeness
	payments     []store.Payment
	capacity     *store.Publication
	before       *State // of the newest earlier case about the same, when one is opened
	measurements []store.Measurement
	meters       []store.Meter
	places       []store.QueuePlace
	moves        []store.QueueMove
	inversions   []store.QueueInversion
	queueDays    []store.QueueDay
	lots         []store.Lot
	lotCases     []store.LotCase
	undo         []func()
	result       Result
}

// outgoing is a message to a person, before it is sealed.
type outgoing struct {
	Phone string          `json:"phone"`
	Lang  aiqyn.Lang      `json:"lang"`
	Key   string          `json:"key"`
	Args  map[string]any  `json:"args,omitempty"`
	Ref   aiqyn.Reference `json:"ref,omitempty"`
	// Subject is whose letter it is; Email, if set, where it must go.
	Subject string `json:"subject,omitempty"`
	Email   string `json:"email,omitempty"`
	// At is when it is to go, if not at once: if there is reason to by then.
	At time.Time `json:"at,omitzero"`
	// Told is set on what a program of the subject is told.
	Told *happening `json:"told,omitempty"`
}

// emit records an event of the turn's case and folds it into its state.
func (t *turn) emit(kind EventKind, actor aiqyn.Actor, data any, set ...func(*event)) *event {
	ev := &event{
		index: t.s.next + t.base + int64(len(t.events)), no: t.rec.state.No, seq: t.rec.state.Seq + 1,
		kind: kind, at: t.now, actor: recorded(actor), command: t.command, step: t.rec.state.Step, data: data,
	}
	for _, f := range set {
		f(ev)
	}
	t.passHours()
	stood, bid := t.rec.state.place(), t.rec.state.lotCase()
	t.rec.state.apply(ev)
	t.relocate(ev, stood)
	t.rebid(bid)
	t.rec.facts = factsAfter(kind, t.rec.facts)
	if pack := t.e.packs.byHash[t.rec.state.Pack]; pack != nil {
		t.likenesses = append(t.likenesses, t.e.keys.readAbout(pack.Registers, t.rec.state, ev)...)
	}
	t.events = append(t.events, ev)
	return ev
}

// recorded is an actor as the log names them: officers by their number, never
// by the person they are.
func recorded(a aiqyn.Actor) aiqyn.Actor {
	if a.Officer != "" && a.Role != aiqyn.RoleApplicant {
		a.Person = ""
	}
	return a
}

// factsAfter forgets the decoded look-ups when an event may have changed them.
func factsAfter(kind EventKind, facts map[string]any) map[string]any {
	if kind == EventLookedUp || kind == EventCorrected {
		return nil
	}
	return facts
}

// emitSystem records an event that belongs to no case.
func (t *turn) emitSystem(kind EventKind, actor aiqyn.Actor, data any) *event {
	t.passHours()
	ev := &event{index: t.s.next + int64(len(t.events)), kind: kind, at: t.now, actor: recorded(actor), command: t.command, data: data}
	ev.seq = t.s.systemSeq + 1
	for _, other := range t.events {
		if other.no == 0 {
			ev.seq++
		}
	}
	t.events = append(t.events, ev)
	return ev
}

func withOutcome(o aiqyn.Outcome) func(*event) { return func(ev *event) { ev.outcome = o } }
func withReason(r string) func(*event)         { return func(ev *event) { ev.reason = r } }
func atStep(s aiqyn.StepID) func(*event)       { return func(ev *event) { ev.step = s } }

// rollback undoes what the turn changed outside its own case.
func (t *turn) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	if len(t.undo) > 0 {
		t.e.Capacity.settled(t.s.next)
	}
}
