package casework

import (
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/service"
)

// formerName is what a log was called until an entry, by which it goes on from a backup.
type formerName struct {
	until  int64
	origin string
}

// calledAt is the name of the log at an entry: what is signed names the one of its time.
func (a *auditor) calledAt(entry int64) string {
	for _, f := range a.former {
		if entry < f.until {
			return f.origin
		}
	}
	return a.origin
}

// signedEntry checks a signed entry: that its document is about this case at this
// point, by whoever acted, and, if the audit was told whom to believe, that the
// signature verifies.
func (c *caseAudit) signedEntry(ev *event, d *signed) {
	doc, err := d.document()
	s := c.rec.state
	switch {
	case err != nil:
		c.wrong(ev.index, "its signed document cannot be read: %v", err)
		return
	case doc.Log != c.calledAt(ev.index) || doc.Service != s.Service || doc.Pack != s.Pack:
		c.wrong(ev.index, "its signed document is about another log or other rules")
	case doc.Act == actFile && (ev.seq > 3 || doc.Applicant != s.Applicant):
		c.wrong(ev.index, "its signed document is about another filing")
	case doc.Act != actFile && (doc.Case != s.Ref || doc.Entries != s.Seq || doc.Facts != factsHash(s) || doc.Officer != ev.actor.Officer):
		c.wrong(ev.index, "its signed document is about another case, or the case as it did not stand")
	}
	if doc.Act == actFile {
		c.signedAnswers(ev, doc)
	}
	c.signed = &doc
	c.signedBy = ev.command
	c.mu.Lock()
	c.out.Signatures++
	c.mu.Unlock()
	if c.Trust == nil {
		return
	}
	by, err := d.verify(c.Trust)
	switch {
	case err != nil:
		c.wrong(ev.index, "its signature does not hold: %v", err)
	case c.e.keys.tie(by.Person) != d.Signer.Subject:
		c.wrong(ev.index, "names another signer than its certificate")
	case ev.actor.Officer == "" && by.Person != ev.actor.Person:
		c.wrong(ev.index, "is signed by somebody else than who acted")
	}
}

// signedAnswers holds what an applicant signed against what was filed.
func (c *caseAudit) signedAnswers(ev *event, doc document) {
	if !c.same(c.svc.Ask, doc.Answers, c.rec.state.Answers) {
		c.wrong(ev.index, "other answers were signed than were filed")
	}
}

// same reports whether what was typed is what was recorded. What was typed and
// not asked for was not recorded.
func (c *caseAudit) same(asked []service.Question, typed map[string]string, recorded map[string]any) bool {
	for name, value := range recorded {
		i := slices.IndexFunc(asked, func(q service.Question) bool { return q.Name == name })
		text, ok := typed[name]
		if i < 0 || !ok {
			return false
		}
		if v, err := c.e.value(asked[i], strings.TrimSpace(text)); err == nil && v != value || err != nil && strings.TrimSpace(text) != value {
			return false
		}
	}
	return true
}

// under holds an act against the document that was signed for it a moment before.
func (c *caseAudit) under(ev *event) {
	doc := c.signed
	if doc == nil || ev.command != c.signedBy || ev.command == "" {
		c.signed = nil
		return
	}
	if ev.actor.Role == aiqyn.RoleSystem && doc.Act != actDecide {
		return // what follows from what was signed, by rule
	}
	wrong := false
	switch d := ev.data.(type) {
	case *performed:
		i := position(c.svc, d.Step)
		wrong = doc.Act != actPerform || doc.Step != d.Step || i < 0 || !c.same(c.svc.Steps[i].Records, doc.Records, d.Records)
	case *ruled:
		wrong = doc.Act != actDecide || doc.Step != d.Step || doc.Decision != decisionWord(d.Grant)
	case *dearer:
		wrong = doc.Act != actDecide || doc.Point != d.Point || doc.Why != d.Reason || d.Letter != "" && doc.Letter != d.Letter
	case *notified:
		wrong = doc.Act != actDecide || doc.Step != d.Step || doc.Reason != d.Reason || doc.Note != d.Note
	case *refused:
		wrong = doc.Act != actDecide || doc.Step != d.Step || doc.Reason != d.Reason || doc.Note != d.Note
	case *refusalRejected:
		wrong = doc.Act != actDecide || doc.Step != d.Step || doc.Reason != d.Reason
	}
	if wrong {
		c.wrong(ev.index, "is not what was signed")
	}
}

// mustBeSigned notes an act that the pack wants signed and that is not.
func (c *caseAudit) mustBeSigned(ev *event) {
	name := ""
	switch d := ev.data.(type) {
	case *performed:
		name = string(d.Step)
	case *ruled:
		if ev.actor.Officer != "" {
			name = string(d.Step)
		}
	case *notified:
		if ev.actor.Officer != "" {
			name = string(d.Step)
		}
	}
	if name != "" && slices.Contains(c.svc.Sign, name) && (c.signed == nil || ev.command != c.signedBy) {
		c.wrong(ev.index, "is not signed, and must be")
	}
}
