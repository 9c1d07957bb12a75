package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// shardFolds is what an audit knows of what this log and others tell each other. What
// another log has said it believes by its receipt, which the entry holds: that its words
// are those of the leaf always, that the other log has it where its key is known here.
type shardFolds struct {
	told map[int64]*toldOf   // by the entry of a case that it names
	came map[string]int64    // cases, by origin and index of the message that opened them
	sent map[int64]sentState // by the entry, of those that nothing was heard of
}

// toldOf is an entry that has another log told of one of a case.
type toldOf struct {
	index int64
	told
	matched bool
}

func (f *shardFolds) count(a *auditor, ev *event) {
	switch d := ev.data.(type) {
	case *restored:
		a.e.wasCalled(d.Origin)
		a.former = append(a.former, formerName{ev.index, d.Origin})
	case *told:
		if d.Subject != subjectSentOn && d.Subject != subjectTakenOn {
			return
		}
		entry, err := entryIn(d.Text)
		if err != nil || f.told[entry] != nil {
			a.wrong(ev.index, "tells another log of no entry, or of one that it was told of")
			return
		}
		if f.told == nil {
			f.told = make(map[int64]*toldOf)
		}
		f.told[entry] = &toldOf{index: ev.index, told: *d}
	}
}

// between holds what stands in a case of two logs to what it says itself, and to the
// proof of the other.
func (c *caseAudit) between(ev *event) {
	switch d := ev.data.(type) {
	case *filed:
		c.cameOver(ev, d)
	case *sentOn:
		c.sentOn(ev, d)
	case *arrived:
		c.arrivedThere(ev, d)
	case *takenOn:
		if !c.owesTaken || d.Ref != c.rec.state.Ref || d.Entry != c.rec.state.Came.Entry || d.To != c.rec.state.Came.Origin {
			c.wrong(ev.index, "tells another log of an application that it has not sent on")
		}
		c.owesTaken = false
		c.mustTell(ev.index, subjectTakenOn, d.To)
	}
	c.belongs(ev)
}

// belongs holds a case to the log that its place belongs to: as soon as its look-ups
// stand, and before anything else, it is sent on, or it must not be.
func (c *caseAudit) belongs(ev *event) {
	switch ev.kind {
	case EventFiled, EventLookedUp, EventSigned, EventConsentedInPerson, EventImported:
		return
	}
	if c.placedIn || c.svc == nil || c.pack == nil {
		return
	}
	c.placedIn = true
	if c.owesTaken {
		c.wrong(ev.index, "the log that has sent the application on was not told that it was taken on")
	}
	s := c.rec.state
	if s.From != nil || s.Channel == importChannel {
		return
	}
	log, code, err := c.e.competent(c.pack, c.svc, s, s.Filed)
	d, sent := ev.data.(*sentOn)
	switch {
	case err != nil:
		c.wrong(ev.index, "where the application belongs cannot be told: %v", err)
	case log == nil && sent:
		c.wrong(ev.index, "sends on an application that belongs here")
	case log != nil && s.Came != nil:
		c.wrong(ev.index, "goes on with an application that belongs to %s", log.Origin)
	case log != nil && !sent:
		c.wrong(ev.index, "goes on with an application that belongs to %s and was not sent on", log.Origin)
	case sent && (d.To != log.Origin || d.Territory != code):
		c.wrong(ev.index, "sends the application to another log than the one it belongs to, %s", log.Origin)
	}
}

// sentOn holds what is handed over to what was filed.
func (c *caseAudit) sentOn(ev *event, d *sentOn) {
	s := c.rec.state
	if s.over() || s.Sent != nil || c.pack == nil || c.pack.Competence == nil {
		c.wrong(ev.index, "sends on what has ended, or was sent on")
		return
	}
	want := sentOn{
		Answers: typed(s.Answers), Applicant: s.Applicant, By: d.By, Channel: s.Channel, Filed: s.Filed, Lang: s.Lang,
		Phone: s.Phone, Ref: s.Ref, Service: s.Service, Territory: d.Territory, To: d.To,
	}
	cal, err := c.e.calendar(c.svc.Calendar)
	if err == nil {
		if due, err := cal.Due(ev.at, c.pack.Competence.Within, nil); err != nil || due.At.Before(d.By) {
			c.wrong(ev.index, "gives more time to take the application on than the pack")
		}
	}
	if !sameMessage(&want, d) || ev.outcome != aiqyn.SentOn {
		c.wrong(ev.index, "hands over something else than was filed")
	}
	c.mustTell(ev.index, subjectSentOn, d.To)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shards.sent == nil {
		c.shards.sent = make(map[int64]sentState)
	}
	c.shards.sent[ev.index] = sentState{By: d.By, To: d.To}
}

func sameMessage(a, b *sentOn) bool {
	x, y := *a, *b
	if !x.Filed.Equal(y.Filed) || !maps.Equal(x.Answers, y.Answers) {
		return false
	}
	x.Filed, x.By, x.Answers = y.Filed, y.By, nil
	y.Answers = nil
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// mustTell holds an entry of a case to the one behind it by which the other log is told.
func (c *caseAudit) mustTell(entry int64, subject, to string) {
	c.mu.Lock()
	t := c.shards.told[entry]
	c.mu.Unlock()
	if t == nil || t.index != entry+1 || t.Subject != subject || t.To != to {
		c.wrong(entry, "the other log is not told of it")
		return
	}
	t.matched = true
}

// arrivedThere holds what another log is said to have said to its receipt.
func (c *caseAudit) arrivedThere(ev *event, d *arrived) {
	s := c.rec.state.Sent
	if s == nil || s.Heard != 0 {
		c.wrong(ev.index, "is a word of another log about what was not sent on, or a second one")
		return
	}
	c.mu.Lock()
	delete(c.shards.sent, s.Entry)
	c.mu.Unlock()
	said, ok := c.proof(ev, s.To, d.Receipt, d.Entry, d.Leaf)
	if !ok {
		return
	}
	want := arrived{Declined: d.Declined, Ref: d.Ref}
	var is arrived
	entry := int64(-1)
	switch x := said.(type) {
	case *takenOn:
		is.Ref, entry = x.Ref, x.Entry
	case *told:
		if x.Subject == subjectDeclined {
			entry, is.Declined, _ = declinedOf(x.Text)
		}
	}
	if is != want || entry != s.Entry {
		c.wrong(ev.index, "is not what the other log has said")
	}
}

// cameOver holds a filing that another log has sent on to what that has said.
func (c *caseAudit) cameOver(ev *event, d *filed) {
	if d.Sent == nil {
		return
	}
	from := d.Sent
	c.owesTaken = true
	if ev.command != commandHash(heardID(from.Origin, from.Entry)) {
		c.wrong(ev.index, "is not the filing that the other log's message makes")
	}
	c.mu.Lock()
	if c.shards.came == nil {
		c.shards.came = make(map[string]int64)
	}
	key := string(heardID(from.Origin, from.Entry))
	other, twice := c.shards.came[key]
	c.shards.came[key] = ev.no
	c.mu.Unlock()
	if twice {
		c.wrong(ev.index, "what was sent on once has opened case %d too", other)
	}
	said, ok := c.proof(ev, from.Origin, from.Receipt, from.Entry, from.Leaf)
	if !ok {
		return
	}
	m, ok := said.(*sentOn)
	pack := c.e.packs.byHash[d.Pack]
	is := ok && m.Service == d.Service && m.Applicant == ev.actor.Behalf() && m.Channel == d.Channel && m.Lang == d.Lang && m.Ref == from.Ref &&
		m.Filed.Equal(from.Filed) && !from.Filed.After(ev.at) && (d.Phone != "" || m.Phone == "")
	if !is || !maps.Equal(typed(d.Answers), m.Answers) {
		c.wrong(ev.index, "is filed otherwise than the other log has sent it on")
	}
	if pack == nil || pack.Competence == nil || from.Since != string(pack.Competence.Since) {
		c.wrong(ev.index, "has its terms run from another moment than the pack says")
	}
}

// proof opens the receipt of another log that an entry holds.
func (c *caseAudit) proof(ev *event, origin, receipt string, index int64, leaf string) (said any, ok bool) {
	r, err := ledger.ParseReceipt([]byte(receipt))
	if err != nil {
		c.wrong(ev.index, "holds no receipt of the other log: %v", err)
		return nil, false
	}
	said, to, err := saidBy(r)
	if err != nil || !c.e.isOwn(to) {
		c.wrong(ev.index, "holds a receipt that says nothing to this log")
		return nil, false
	}
	proof, err := ledger.ParseProof(r.Proof)
	entry := r.Entry()
	hash := ledger.LeafHash(entry.Commitment())
	if err != nil || proof.Index != index || hash.String() != leaf || ledger.PrivateHash(r.Private) != r.Event[ledger.FieldPrivate] {
		c.wrong(ev.index, "holds a receipt that was changed, or is of another entry")
		return nil, false
	}
	if s := c.e.shard(origin); s != nil {
		v, err := s.Verifier.Verify(r)
		if err != nil || v.Origin != origin || v.Level != ledger.Witnessed {
			c.wrong(ev.index, "holds a receipt that log %s and its witnesses have not given: %v", origin, err)
			return nil, false
		}
	}
	return said, true
}

// shardsTold holds what other logs were told of to the cases, and what was sent on to
// its date: by then the other log must have said something of it.
func (a *auditor) shardsTold(ctx context.Context) error {
	for _, entry := range slices.Sorted(maps.Keys(a.shards.told)) {
		t := a.shards.told[entry]
		if t.matched {
			continue
		}
		erased, err := a.wasErased(ctx, entry)
		if err != nil {
			return err
		}
		if !erased {
			a.wrong(t.index, "tells another log of entry %d, which does not say so", entry)
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(a.shards.sent)) {
		s := a.shards.sent[entry]
		if a.head.Recorded.After(s.By) {
			a.wrong(entry, "was sent on to %s, and by its date that log has not said that it came", s.To)
		}
	}
	return nil
}

func (a *auditor) wasErased(ctx context.Context, entry int64) (bool, error) {
	var row store.Entry
	for e, err := range a.Store.Entries(ctx, entry, entry+1) {
		if err != nil {
			return false, err
		}
		row = *e
	}
	return row.Case != 0 && a.residue[row.Case] != nil, nil
}
