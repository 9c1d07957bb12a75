package casework

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
)

// ledTo is what a grant says of the case that it has opened, and what has become
// of the grant's own.
type ledTo struct {
	by, entry               int64
	answers                 [sha256.Size]byte
	share                   bool
	outcome                 aiqyn.Outcome
	used, connected, unused bool
	along, over             bool // brought along by a filing, which has ended; outcome is then what it was told
}

// ledFrom is what that case says, and what has become of it.
type ledFrom struct {
	from, entry   int64
	answers       [sha256.Size]byte
	started, over bool
	granted       bool
	along         bool
	outcome       aiqyn.Outcome
}

// leads holds a grant to what its service says follows: nothing else, with the
// answers that the ruling's facts give, and always.
func (c *caseAudit) leads(ev *event, d *granted) {
	if c.svc == nil {
		return
	}
	next := c.svc.Follow
	if next == nil || d.Follow == nil {
		if (next == nil) != (d.Follow == nil) {
			c.wrong(ev.index, "the grant does not lead to what its service says follows")
		}
		return
	}
	answers, err := next.Answers(c.ruled)
	other := func(name, text string) bool { return answers[name] != text }
	if err != nil || d.Follow.Service != next.Service || anyPair(d.Follow.Answers, other) {
		c.wrong(ev.index, "the grant carries on something else than its ruling gives")
	}
}

// onRoad notes what a case says of others of its road.
func (c *caseAudit) onRoad() {
	s := c.rec.state
	if s.From != nil {
		came := ledFrom{from: s.From.Case, entry: s.FiledAt, answers: answersHash(typed(s.Answers)), started: s.started(), over: s.over(), granted: s.Grant != nil, along: s.From.Brought, outcome: s.Outcome}
		c.mu.Lock()
		c.came[s.No] = came
		c.mu.Unlock()
	}
	for i, b := range s.Brought {
		led := ledTo{by: s.No, entry: s.FiledAt, answers: answersHash(c.named[i].Answers), outcome: b.Outcome, along: true, over: s.over()}
		c.mu.Lock()
		c.led[b.Case] = led
		c.mu.Unlock()
	}
	if s.Grant == nil || s.Grant.Follow == nil {
		return
	}
	g := s.Grant.Follow
	c.mu.Lock()
	defer c.mu.Unlock()
	c.led[g.Case] = ledTo{by: s.No, entry: s.GrantAt, answers: answersHash(g.Answers), share: s.Grant.Share != "", outcome: s.Outcome, used: s.Used, unused: s.Unused, connected: !s.Connected.IsZero()}
}

func answersHash(answers map[string]string) [sha256.Size]byte {
	b, err := canonical.Encode(answers)
	if err != nil {
		panic(err) // texts always encode
	}
	return sha256.Sum256(b)
}

// roads holds the cases of a road against one another. What was erased says
// nothing any more.
func (a *auditor) roads(context.Context) error {
	for _, no := range slices.Sorted(maps.Keys(a.came)) {
		if _, told := a.led[no]; !told && a.residue[a.came[no].from] == nil {
			a.wrong(a.came[no].entry, "case %d says that a grant has opened it, and none has", no)
		}
	}
	for _, no := range slices.Sorted(maps.Keys(a.led)) {
		to := a.led[no]
		from, there := a.came[no]
		switch {
		case !there:
			if a.residue[no] == nil {
				a.wrong(to.entry, "the case %d that the grant has opened is not there", no)
			}
		case from.from != to.by || from.answers != to.answers || from.along != to.along:
			a.wrong(from.entry, "case %d was opened by another grant, or with other answers, than it says", no)
		case to.along:
			if !to.over && from.outcome != to.outcome {
				a.wrong(to.entry, "case %d that was brought along has come to something else than was told", no)
			}
		case to.outcome != aiqyn.Granted && !from.over:
			a.wrong(to.entry, "what was granted has ended, and case %d that follows it goes on", no)
		case to.share && (to.connected != from.granted || !to.used && from.started && to.outcome == aiqyn.Granted):
			a.wrong(to.entry, "what was reserved does not stand as case %d that follows has left it", no)
		case to.share && from.over && !from.granted && to.outcome == aiqyn.Granted && !to.unused:
			a.wrong(to.entry, "case %d that follows has ended, and what was reserved for it is held", no)
		}
	}
	a.heardRight()
	return nil
}

// anyPair reports whether something is so of a pair of a map.
func anyPair(m map[string]string, is func(k, v string) bool) bool {
	for k, v := range m {
		if is(k, v) {
			return true
		}
	}
	return false
}
