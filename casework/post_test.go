package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/notify"
	"aiqyn/store"
)

// pouch is a carrier that does as it is told and keeps what it carried.
type pouch struct {
	mu   sync.Mutex
	fail error
	got  []notify.Letter
}

func (p *pouch) Carry(_ context.Context, l notify.Letter) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return nil, p.fail
	}
	p.got = append(p.got, l)
	return []string{fmt.Sprint(l.ID)}, nil
}

func (p *pouch) failing(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

func (p *pouch) take() []notify.Letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

func (r *rig) post(carriers map[notify.Channel]notify.Carrier) *Post {
	r.t.Helper()
	texts, err := locale.Load()
	if err != nil {
		r.t.Fatal(err)
	}
	return &Post{Engine: r.Engine, Texts: texts, Carriers: carriers}
}

func (r *rig) deliver(p *Post) int {
	r.t.Helper()
	r.skip(time.Second) // log time may be a little ahead of a clock that stands
	n, err := p.Deliver(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// skip moves the clock and lets nothing happen.
func (r *rig) skip(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// letters are those of the holder, the newest first.
func (r *rig) letters(person aiqyn.PersonID) []Message {
	r.t.Helper()
	list, err := r.Letters(r.t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}, Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	return list.Items
}

// TestALetterIsHandedOnOnce: and its receipt is what the person sees of it.
func TestALetterIsHandedOnOnce(t *testing.T) {
	r := newRig(t)
	sms := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
	ref := r.file(holder, plot, 50)
	if n := r.deliver(p); n != 1 {
		t.Fatalf("tried %d letters", n)
	}
	got := sms.take()
	if len(got) != 1 || got[0].To != "+77000000000" || got[0].Lang != aiqyn.Kazakh || !strings.Contains(got[0].Text, string(ref)) {
		t.Fatalf("handed on %+v", got)
	}
	if n := r.deliver(p); n != 0 || len(sms.take()) > 0 {
		t.Error("handed on again")
	}
	if m := r.letters(holder)[0]; m.State != store.LetterSent || m.Channel != notify.SMS || m.Ref != ref {
		t.Errorf("after it was sent: %+v", m)
	}
	for range 2 { // a receipt that comes twice is one
		if err := p.Receipt(t.Context(), notify.SMS, fmt.Sprint(got[0].ID), true); err != nil {
			t.Fatal(err)
		}
	}
	if m := r.letters(holder)[0]; m.State != store.LetterDelivered || m.Ended.IsZero() {
		t.Errorf("after its receipt: %+v", m)
	}
	if others := r.letters(stranger); len(others) > 0 {
		t.Errorf("somebody else sees %+v", others)
	}
}

// TestReceiptBeforeItsLetter: a telephone can be faster than our disk.
func TestReceiptBeforeItsLetter(t *testing.T) {
	r := newRig(t)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: new(pouch)})
	r.file(holder, plot, 50)
	id := r.letters(holder)[0].ID
	if err := p.Receipt(t.Context(), notify.SMS, fmt.Sprint(id), true); err != nil {
		t.Fatal(err)
	}
	r.deliver(p)
	if m := r.letters(holder)[0]; m.State != store.LetterDelivered {
		t.Errorf("the early receipt is lost: %+v", m)
	}
}

// TestALetterThatFails is tried again, later each time, and in the end an
// operator has it sent again.
func TestALetterThatFails(t *testing.T) {
	r := newRig(t)
	sms := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
	r.file(holder, plot, 50)
	sms.failing(errors.New("broken"))
	var waits []time.Duration
	for range 40 {
		r.deliver(p)
		before := r.clock()
		m := r.letters(holder)[0]
		if m.State == store.LetterDead {
			break
		}
		rows, err := r.db.Messages(t.Context(), r.keys.hash("phone", "+77000000000"), r.clock().Add(time.Second), 1)
		if err != nil || rows[0].Due.Sub(before) <= 0 {
			t.Fatalf("tried %d times, due %v: %v", m.Tries, rows, err)
		}
		waits = append(waits, rows[0].Due.Sub(before))
		r.skip(rows[0].Due.Sub(r.clock()))
	}
	if len(waits) != postAgain[store.LaneRest].Tries-1 || waits[0] > time.Minute || waits[len(waits)-1] < 2*time.Hour {
		t.Errorf("it waited %v", waits)
	}
	operator := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01", Body: "utility"}
	dead, err := r.DeadLetters(t.Context(), operator, Page{})
	if err != nil || len(dead.Items) != 1 || dead.Items[0].Failure != notify.Fault || dead.Items[0].To != "" || dead.Items[0].Args["ref"] != "…" || dead.Items[0].Ref != "" {
		t.Fatalf("the operator sees %+v, %v", dead.Items, err)
	}
	if _, err := r.DeadLetters(t.Context(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("somebody else sees them: %v", err)
	}
	if _, err := r.Do(t.Context(), Resend{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01"}, Letters: []int64{dead.Items[0].ID}}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("somebody else sends again: %v", err)
	}
	again := Resend{ID: r.id(), Actor: operator, Letters: []int64{dead.Items[0].ID}}
	r.must(again)
	sms.failing(nil)
	r.deliver(p)
	if got := sms.take(); len(got) != 1 || got[0].ID != dead.Items[0].ID {
		t.Errorf("sent again: %+v", got)
	}
	if res := r.must(again); !res.Again {
		t.Error("the same wish twice")
	}
	if n := r.deliver(p); n != 0 {
		t.Errorf("%d letters more", n)
	}
	r.keepNetwork()
	if rep := r.audit(); !rep.OK {
		t.Errorf("audit: %+v", rep.Problems)
	}
}

// TestALetterWithoutALine waits and has not been tried, however long it takes.
func TestALetterWithoutALine(t *testing.T) {
	r := newRig(t)
	sms := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
	r.file(holder, plot, 50)
	sms.failing(&notify.Failure{Code: notify.NoLine, Blameless: true, Err: errors.New("no line")})
	for range 50 {
		r.deliver(p)
		r.skip(time.Hour)
	}
	if m := r.letters(holder)[0]; m.State != store.LetterWaiting || m.Tries != 0 || m.Failure != notify.NoLine {
		t.Errorf("after two days without a line: %+v", m)
	}
	sms.failing(nil)
	r.skip(time.Hour)
	if r.deliver(p); len(sms.take()) != 1 {
		t.Error("the line is back and the letter did not go")
	}
}

// TestTwoPost: two processes share the outbox, and each letter goes once.
func TestTwoPost(t *testing.T) {
	r := newRig(t)
	sms := new(pouch)
	for i := range 20 {
		r.file(holder, fmt.Sprintf("99-999-002-%03d", i+1), 20)
	}
	r.skip(time.Second)
	var both sync.WaitGroup
	for range 2 {
		p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
		both.Go(func() {
			if _, err := p.Deliver(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	seen := map[int64]bool{}
	for _, l := range sms.take() {
		if seen[l.ID] {
			t.Errorf("letter %d went twice", l.ID)
		}
		seen[l.ID] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d letters went", len(seen))
	}
}

// TestDiedWithALetterInHand: what was claimed and never settled is claimed again,
// under the same id.
func TestDiedWithALetterInHand(t *testing.T) {
	r := newRig(t)
	r.file(holder, plot, 50)
	r.skip(time.Second)
	claimed, err := r.Store.ClaimLetters(t.Context(), store.LaneRest, r.clock(), r.clock().Add(postClaim), 10)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	sms := new(pouch)
	r.reopen()
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
	if n := r.deliver(p); n != 0 {
		t.Errorf("%d letters while the claim holds", n)
	}
	r.pass(postClaim + time.Second)
	r.deliver(p)
	if got := sms.take(); !slices.ContainsFunc(got, func(l notify.Letter) bool { return l.ID == claimed[0].ID }) {
		t.Errorf("handed on %+v", got)
	}
}
