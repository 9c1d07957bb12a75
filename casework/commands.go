package casework

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// commandOf wraps a public command for the sequencer.
func (e *Engine) commandOf(cmd any) (command, error) {
	if err := bounded(cmd); err != nil {
		return nil, err
	}
	switch c := cmd.(type) {
	case File:
		c.Channel = legible(c.Channel)
		return &file{File: c, signing: signing{cms: c.CMS}}, nil
	case Perform:
		return &perform{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, Perform: c, signing: signing{cms: c.CMS}}, nil
	case Decide:
		c.Note = legible(c.Note)
		return &decide{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, Decide: c, signing: signing{cms: c.CMS}}, nil
	case Object:
		return &object{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, legible(c.Text)}, nil
	case Contest:
		return &contest{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, legible(c.Text)}, nil
	case ChoosePoint:
		return &choosePoint{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, point: legible(c.Point)}, nil
	case PayFee:
		return &payFee{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, PayFee: c}, nil
	case SettlePayment:
		return &settlePayment{onCase: onCase{cid: c.ID, actor: aiqyn.System}, signed: c.Notice}, nil
	case Withdraw:
		return &withdraw{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}}, nil
	case Suspend:
		return &suspend{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Reason}, nil
	case Resume:
		return &resume{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}}, nil
	case Correct:
		c.Value, c.Ground = legible(c.Value), legible(c.Ground)
		return &correct{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, Correct: c}, nil
	case Annul:
		c.Ground = legible(c.Ground)
		return &annul{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, Annul: c}, nil
	case Hold:
		c.Ground = legible(c.Ground)
		return &hold{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c}, nil
	case Appeal:
		return &appeal{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, text: legible(c.Text)}, nil
	case AskCorrection:
		c.Said, c.Text = legible(c.Said), legible(c.Text)
		return &askCorrection{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, AskCorrection: c}, nil
	case DeclineCorrection:
		return &declineCorrection{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, legible(c.Ground)}, nil
	case DecideAppeal:
		c.Ground = legible(c.Ground)
		return &decideAppeal{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, DecideAppeal: c}, nil
	case Erase:
		return &erase{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, ground: legible(c.Ground)}, nil
	case Rebase:
		return &rebase{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, act: legible(c.Act)}, nil
	}
	if c := queueCommand(cmd); c != nil {
		return c, nil
	}
	return e.otherCommand(cmd)
}

// queueCommand wraps those about a case in a queue; nil for others.
func queueCommand(cmd any) command {
	switch c := cmd.(type) {
	case Restore:
		return &restoreQueue{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}}
	case TransferQueue:
		return &transferQueue{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, wishes: c.Answers}
	case LookAgain:
		return &lookAgain{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}}
	case TakeTicket:
		return &takeTicket{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Group}
	case Rebook:
		return &rebook{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, wish{c.NotBefore, anyPart(c.Part)}}
	case Attend:
		return &attend{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Came}
	case SealBid:
		return &sealBid{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Seal}
	case OpenBid:
		return &openBid{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Amount, c.Salt}
	}
	return nil
}

// otherCommand is commandOf for the rest: those about no case, or about one that
// they find themselves.
func (e *Engine) otherCommand(cmd any) (command, error) {
	switch c := cmd.(type) {
	case OpenPersonal:
		return &openPersonal{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c.Purpose}, nil
	case ReadFile:
		return &readFile{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, c}, nil
	case AskGlass:
		return &askGlass{onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, legible(c.Ground)}, nil
	case OpenGlass:
		return &openGlass{onCase: onCase{cid: c.ID, actor: c.Actor, ref: c.Ref}, signature: c.Signature}, nil
	case Attest:
		c.Text = legible(c.Text)
		return &attest{apart: apart{c.ID, c.Actor}, Attest: c}, nil
	case Import:
		return &importCase{Import: c}, nil
	case ImportQueue:
		return &importQueue{apart{c.ID, c.Actor}, c}, nil
	case ConfirmQueue:
		return &answerQueue{apart{c.ID, c.Actor}, c.Entry, legible(c.Ground), EventQueueConfirmed}, nil
	case DeclineQueue:
		return &answerQueue{apart{c.ID, c.Actor}, c.Entry, legible(c.Ground), EventQueueDeclined}, nil
	case AdoptTables:
		return &adoptTables{apart: apart{c.ID, c.Actor}, words: legible(c.Words)}, nil
	case BringTables:
		c.Words = legible(c.Words)
		return &bringTables{apart: apart{c.ID, c.Actor}, BringTables: c}, nil
	case ConfirmTables:
		return &answerTables{apart: apart{c.ID, c.Actor}, entry: c.Entry, ground: legible(c.Ground), kind: EventTables}, nil
	case DeclineTables:
		return &answerTables{apart: apart{c.ID, c.Actor}, entry: c.Entry, ground: legible(c.Ground), kind: EventTablesDeclined}, nil
	case ImportPlace:
		return &importPlace{ImportPlace: c}, nil
	case ReadFact:
		return &readFact{onCase: onCase{cid: c.ID, actor: c.Actor}, ReadFact: c}, nil
	}
	return commandApart(cmd)
}

// commandApart wraps those that are about no case.
func commandApart(cmd any) (command, error) {
	switch c := cmd.(type) {
	case Demanded:
		c.Body, c.Region, c.Text = legible(c.Body), legible(c.Region), legible(c.Text)
		return &demand{apart{c.ID, c.Actor}, c}, nil
	case Classify:
		c.Ground, c.Item, c.Roadmap = legible(c.Ground), legible(c.Item), legible(c.Roadmap)
		return &classify{apart: apart{c.ID, c.Actor}, Classify: c}, nil
	case EraseReport:
		c.Ground = legible(c.Ground)
		return &eraseReport{apart{c.ID, c.Actor}, c}, nil
	case AddPasskey:
		c.Name = legible(c.Name)
		return &addPasskey{onPasskey: onPasskey{apart: apart{c.ID, c.Actor}}, AddPasskey: c}, nil
	case RemovePasskey:
		return &removePasskey{onPasskey: onPasskey{apart: apart{c.ID, c.Actor}}, RemovePasskey: c}, nil
	case Resend:
		return &resend{apart{c.ID, c.Actor}, c}, nil
	case GiveMandate:
		return &giveMandate{apart: apart{c.ID, c.Actor}, GiveMandate: c}, nil
	case AcceptMandate:
		return &acceptMandate{onOne{apart: apart{c.ID, c.Actor}, of: c.Mandate}}, nil
	case EndMandate:
		return &endMandate{onOne{apart: apart{c.ID, c.Actor}, of: c.Mandate}}, nil
	case ExpireMandate:
		return &expireMandate{onOne{apart: apart{aiqyn.CommandID(fmt.Sprint("mandate-expires/", c.Mandate)), aiqyn.System}, of: c.Mandate}}, nil
	case Represent:
		return &represent{apart: apart{c.ID, c.Actor}, Represent: c}, nil
	case ReportPlaces:
		return &reportPlaces{apart: apart{c.ID, c.Actor}, ReportPlaces: c}, nil
	case PublishSlots:
		return &publishSlots{apart: apart{c.ID, c.Actor}, PublishSlots: c}, nil
	case PublishLot:
		return &publishLot{apart: apart{c.ID, c.Actor}, PublishLot: c}, nil
	case WithdrawLot:
		return &withdrawLot{apart{c.ID, c.Actor}, c}, nil
	case Tell:
		c.Subject, c.Text = legible(c.Subject), legible(c.Text)
		return &tell{apart{c.ID, c.Actor}, c}, nil
	case Hear:
		return &hear{apart: apart{actor: aiqyn.System}, Hear: c}, nil
	case Measurements:
		return &takePeaks{apart: apart{c.ID, c.Actor}, table: c.Table}, nil
	case RegisterMeters:
		return &registerMeters{apart: apart{c.ID, c.Actor}, table: c.Table}, nil
	case CorrectPeaks:
		return &correctPeaks{apart: apart{c.ID, c.Actor}, table: c.Table}, nil
	case SignPeaks:
		return &signPeaks{apart: apart{c.ID, c.Actor}, SignPeaks: c}, nil
	case DeclinePeaks:
		c.Ground = legible(c.Ground)
		return &declinePeaks{apart: apart{c.ID, c.Actor}, DeclinePeaks: c}, nil
	case ReduceMargin:
		c.Ground = legible(c.Ground)
		return &reduceMargin{apart: apart{c.ID, c.Actor}, ReduceMargin: c}, nil
	case Roster:
		return &setRoster{apart: apart{c.ID, c.Actor}, Roster: c}, nil
	case Publish:
		return &publish{apart: apart{c.ID, c.Actor}, Publish: c}, nil
	}
	return nil, fmt.Errorf("%T is not a command", cmd)
}

// legible is a free text as it is recorded: UTF-8 in its composed form without
// control characters, so that what the log holds is what was in memory when it
// was decided, and every database and page can show it.
func legible(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
}

// onCase is what commands about one case have in common.
type onCase struct {
	cid   aiqyn.CommandID
	actor aiqyn.Actor
	ref   aiqyn.Reference
	no    int64
}

func (c *onCase) id() aiqyn.CommandID { return c.cid }
func (c *onCase) about() int64        { return c.no }
func (c *onCase) by() aiqyn.Actor     { return c.actor }

// prepare finds the case's number.
func (c *onCase) prepare(ctx ctx, e *Engine) error {
	if c.cid != "" {
		if no, ok := e.numbers.find(c.ref); ok {
			c.no = no
			return nil
		}
	}
	_, err := c.find(ctx, e)
	return err
}

// find reads the case as it stands on disk, for commands that compute on it
// beforehand.
func (c *onCase) find(ctx ctx, e *Engine) (*record, error) {
	if c.cid == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	rec, err := e.caseOf(ctx, c.ref)
	if err != nil {
		return nil, err
	}
	c.no = rec.row.No
	e.numbers.keep(c.ref, c.no)
	return rec, nil
}

// caseOf reads a case as it stands on disk; NotFound if there is none, or not any
// more.
func (e *Engine) caseOf(ctx ctx, ref aiqyn.Reference) (*record, error) {
	row, ok, err := e.Store.CaseByRef(ctx, string(ref))
	if err != nil {
		return nil, err
	}
	if !ok || row.Status == string(StatusErased) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return e.keys.openRecord(row)
}

// caseNo is caseOf by the number.
func (e *Engine) caseNo(ctx ctx, no int64) (*record, error) {
	rows, err := e.Store.CasesByNo(ctx, []int64{no})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].Status == string(StatusErased) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return e.keys.openRecord(rows[0])
}

// open checks what every act on an open case needs: that it is open, not held,
// and that the step named is the open one and the actor's to do.
func (c *onCase) open(t *turn, step aiqyn.StepID) (*service.Step, error) {
	s := t.rec.state
	switch {
	case s.Step == "":
		return nil, aiqyn.E(aiqyn.Conflict, "error.case-closed")
	case s.Held:
		return nil, aiqyn.E(aiqyn.Conflict, "error.case-held")
	case s.standing():
		return nil, aiqyn.E(aiqyn.Conflict, "error.case-suspended")
	case s.Step != step:
		if position(t.svc, step) >= 0 && position(t.svc, step) < position(t.svc, s.Step) {
			return nil, aiqyn.E(aiqyn.Conflict, "error.step-taken")
		}
		return nil, aiqyn.E(aiqyn.Conflict, "error.step-not-open")
	}
	if s.StepState == StepWaiting && s.isOf(c.actor) {
		return nil, aiqyn.E(aiqyn.Conflict, "error.no-offer")
	}
	if !mayAct(t.rec, c.actor) {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.not-drawn")
	}
	if s.Theirs {
		return findStep(t.svc, step), nil
	}
	if err := t.ownCase(c.actor); err != nil {
		return nil, err
	}
	return findStep(t.svc, step), nil
}

// mayAct reports whether the open step is the actor's: they were drawn, or it
// was escalated to their role in the body that answers for the service.
func mayAct(r *record, a aiqyn.Actor) bool {
	s := r.state
	if s.Theirs {
		return s.isOf(a)
	}
	if s.handedUp() {
		return r.atDesk(a)
	}
	return s.StepState != StepDrawing && a.Officer != "" && s.Drawn[s.Step].Officer == a.Officer
}

// applicant checks that the actor is who filed.
func (c *onCase) applicant(t *turn) error { return c.owns(t.rec.state) }

func (c *onCase) owns(s *State) error {
	if !s.isOf(c.actor) {
		return aiqyn.E(aiqyn.NotFound, "error.not-found") // whose case it is, is nobody else's business
	}
	return nil
}

// owned finds the case, whose it must be, and its service.
func (c *onCase) owned(ctx ctx, e *Engine) (*record, *service.Service, error) {
	rec, err := c.find(ctx, e)
	if err != nil {
		return nil, nil, err
	}
	if err := c.owns(rec.state); err != nil {
		return nil, nil, err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	return rec, svc, err
}

// apart is what commands about no case have in common.
type apart struct {
	cid   aiqyn.CommandID
	actor aiqyn.Actor
}

func (c *apart) id() aiqyn.CommandID { return c.cid }
func (c *apart) about() int64        { return 0 }
func (c *apart) by() aiqyn.Actor     { return c.actor }

// prepare answers a retry from before the batch in hand; decide repeats the
// check for one within it.
func (c *apart) prepare(context.Context, *Engine) error {
	if c.cid == "" {
		return aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	return nil
}

// once records that the command was carried out. A command about no case is
// looked up on disk here: there are few of them.
func (c *apart) once(t *turn) (done bool, err error) {
	was, ok, err := t.e.Store.CommandDone(context.Background(), t.command)
	if err != nil {
		return false, err
	}
	if ok {
		t.result = Result{First: was.First, Last: was.Last, Again: true}
	}
	return ok, nil
}

// finish notes the command with what it caused.
func (c *apart) finish(t *turn) {
	t.result.First = t.s.next
	t.result.Last = t.s.next + int64(len(t.events)) - 1
	t.commands = append(t.commands, store.Command{ID: t.command, First: t.result.First, Last: t.result.Last})
}
