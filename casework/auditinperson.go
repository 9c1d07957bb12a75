package casework

import (
	"slices"

	"aiqyn"
)

// knownHow holds how an applicant is said to have been known, in what they file and do
// themselves, to what proves it: a card to the signature that came with it, a person at a
// counter to the two clerks who say so.
func (c *caseAudit) knownHow(ev *event) {
	if c.owesKnown != nil && ev.command != c.owesKnown.command {
		c.unproven()
	}
	switch d := ev.data.(type) {
	case *filed:
		if a := ev.actor.Assurance; a == aiqyn.ByCard || a == aiqyn.InPerson {
			c.owesKnown = ev
		}
	case *signed:
		if d.Level == SignedByCard {
			c.carded = ev.command
		}
		if c.owesKnown != nil && c.owesKnown.actor.Assurance == aiqyn.ByCard && d.Level == SignedByCard {
			c.owesKnown = nil
		}
	case *performed:
		if ev.actor.Assurance == aiqyn.ByCard && (ev.command == "" || c.carded != ev.command) {
			c.wrong(ev.index, "is said to be by a card that has signed nothing")
		}
	case *consentedInPerson:
		c.consented(ev, d)
	}
}

// unproven names a filing whose applicant was known by nothing that is on record.
func (c *caseAudit) unproven() {
	if ev := c.owesKnown; ev != nil {
		c.wrong(ev.index, "the applicant is said to have been known by %s, and nothing on record shows it", ev.actor.Assurance)
	}
	c.owesKnown = nil
}

// consented holds the word of two clerks to what they are: two people of the body that
// may read, beside the filing that they have taken.
func (c *caseAudit) consented(ev *event, d *consentedInPerson) {
	s, f := c.rec.state, c.owesKnown
	switch {
	case f == nil || f.actor.Assurance != aiqyn.InPerson:
		c.wrong(ev.index, "says that somebody has consented in person, in a case that they have not opened so")
	case d.First == "" || ev.actor.Officer == "" || d.First == ev.actor.Officer || d.FirstTie == "" || d.SecondTie == "" || d.FirstTie == d.SecondTie:
		c.wrong(ev.index, "a consent in person was not taken by two people")
	case ev.actor.Role != aiqyn.RoleReader || ev.actor.Body != d.Body || s.Answers[useQuestion] != useConsent || s.Answers[readerQuestion] != string(d.Body):
		c.wrong(ev.index, "a consent in person was taken by another body than may read")
	case !slices.Contains(PersonDocuments, d.Document):
		c.wrong(ev.index, "a consent in person was taken on no document")
	case slices.Contains([]string{d.FirstTie, d.SecondTie}, c.e.keys.tie(s.Applicant)):
		c.wrong(ev.index, "a clerk has witnessed their own consent")
	}
	c.owesKnown = nil
}
