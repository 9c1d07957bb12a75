package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/signature"
)

// Whoever decides, surveys or files may sign what they do with their electronic
// signature (ЭЦП), and must where the pack says so. They sign a document that
// says what they do, about which case, and where in the log that case stands: the
// same bytes are offered for download, built again when the command is decided,
// and kept in the entry with the signature. So a signature cannot be taken over to
// another case, to another decision, or to facts that have changed meanwhile.

// document is what is signed, as everybody may read it. It is written as indented
// JSON in this order; its bytes are what the signature is over.
type document struct {
	Act       string            `json:"act"` // file, decide, perform
	Log       string            `json:"log"`
	Service   aiqyn.ServiceID   `json:"service"`
	Pack      string            `json:"pack"`
	Case      aiqyn.Reference   `json:"case,omitempty"`
	Applicant aiqyn.PersonID    `json:"applicant,omitempty"` // of a filing
	Mandate   string            `json:"mandate,omitempty"`   // by what right the signer files for them
	Officer   aiqyn.OfficerID   `json:"officer,omitempty"`
	Step      aiqyn.StepID      `json:"step,omitempty"`
	Decision  string            `json:"decision,omitempty"` // grant, refuse
	Reason    string            `json:"reason,omitempty"`
	Note      string            `json:"note,omitempty"`
	Point     string            `json:"point,omitempty"`        // another than the best
	Why       string            `json:"point_reason,omitempty"` // of a much dearer one
	Letter    string            `json:"point_letter,omitempty"` // that the reason rests on
	Answers   map[string]string `json:"answers,omitempty"`
	Records   map[string]string `json:"records,omitempty"`
	Evidence  []EvidenceItem    `json:"evidence,omitempty"`
	Facts     string            `json:"facts,omitempty"` // hash of what the case stands on
	Entries   int64             `json:"entries"`         // of the case before this act
}

// What is signed.
const (
	actFile    = "file"
	actDecide  = "decide"
	actPerform = "perform"
)

// Levels of a signature.
const (
	SignedByCard     = "card"     // by a certificate of an authority that the body believes
	SignedInPractice = "practice" // by one that proves nothing
)

// maxSignature bounds a signature with the certificates and answers that travel in it.
const maxSignature = 48 << 10

func (d document) bytes() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		panic(err) // texts and whole numbers always encode
	}
	return b.Bytes()
}

// Document returns the bytes that a signature under a command must be over: of a
// File, a Decide or a Perform, as its case stands now.
func (e *Engine) Document(ctx context.Context, cmd any) ([]byte, error) {
	switch c := cmd.(type) {
	case File:
		pack := e.packs.current()
		svc, ok := pack.Service(c.Service)
		if !ok {
			return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
		}
		return e.filingDocument(svc, pack.Hash(), c).bytes(), nil
	case Decide:
		c.Note = legible(c.Note)
		return e.documentOf(ctx, c.Actor, c.Ref, func(s *State) document { return e.decisionDocument(s, c) })
	case Perform:
		return e.documentOf(ctx, c.Actor, c.Ref, func(s *State) document { return e.workDocument(s, c) })
	}
	return nil, aiqyn.E(aiqyn.Invalid, "error.signature-act")
}

func (e *Engine) documentOf(ctx context.Context, actor aiqyn.Actor, ref aiqyn.Reference, build func(*State) document) ([]byte, error) {
	c := onCase{cid: "document", actor: actor, ref: ref}
	rec, err := c.find(ctx, e)
	if err != nil {
		return nil, err
	}
	if !mayAct(rec, actor) {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.not-drawn")
	}
	return build(rec.state).bytes(), nil
}

func (e *Engine) filingDocument(svc *service.Service, pack string, c File) document {
	return document{Act: actFile, Log: e.Origin, Service: svc.ID, Pack: pack, Applicant: c.Actor.Behalf(), Mandate: c.Actor.Mandate, Answers: c.Answers}
}

func (e *Engine) onCaseDocument(act string, s *State, officer aiqyn.OfficerID, step aiqyn.StepID) document {
	return document{
		Act: act, Log: e.Origin, Service: s.Service, Pack: s.Pack, Case: s.Ref, Officer: officer, Step: step, Facts: factsHash(s), Entries: s.Seq,
	}
}

func (e *Engine) decisionDocument(s *State, c Decide) document {
	d := e.onCaseDocument(actDecide, s, c.Actor.Officer, c.Step)
	d.Decision, d.Note = decisionWord(c.Grant), c.Note
	if !c.Grant {
		d.Reason = c.Reason
	} else {
		d.Point, d.Why, d.Letter = c.Point, c.PointReason, c.PointLetter
	}
	return d
}

func decisionWord(grant bool) string {
	if grant {
		return "grant"
	}
	return "refuse"
}

func (e *Engine) workDocument(s *State, c Perform) document {
	d := e.onCaseDocument(actPerform, s, c.Actor.Officer, c.Step)
	d.Records, d.Evidence = c.Records, c.Evidence
	return d
}

// signing is the signature under a command, from its preparation on.
type signing struct {
	cms      []byte
	verified []byte // the document that it was verified over
	by       *signature.Signer
}

// prepare verifies the signature, if there is one, over a document.
func (s *signing) prepare(e *Engine, doc document) error {
	s.by, s.verified = nil, nil
	switch {
	case len(s.cms) == 0:
		return nil
	case len(s.cms) > maxSignature:
		return aiqyn.E(aiqyn.TooLarge, "error.signature-too-large", "limit", maxSignature>>10)
	case e.Trust == nil:
		return aiqyn.E(aiqyn.Invalid, "error.signature-no-roots").On("cms")
	}
	trust, err := e.Trust()
	if err != nil {
		return err
	}
	content := doc.bytes()
	by, err := trust.Verify(s.cms, signature.Given{Content: content, At: e.Clock()})
	if err != nil {
		var refused *aiqyn.Error
		if errors.As(err, &refused) {
			return refused.On("cms")
		}
		return err
	}
	s.by, s.verified = by, content
	return nil
}

// prepareOn is prepare for an act on a case. Without a signature the case need
// not be read for it.
func (s *signing) prepareOn(ctx ctx, e *Engine, on *onCase, doc func(*State) document) error {
	if len(s.cms) == 0 {
		return on.prepare(ctx, e)
	}
	rec, err := on.find(ctx, e)
	if err != nil {
		return err
	}
	return s.prepare(e, doc(rec.state))
}

// known is the actor as their signature has them known: whoever signs with a certificate
// that proves who they are is known by that, however they have signed in.
func (s *signing) known(a aiqyn.Actor) aiqyn.Actor {
	if s.by != nil && !s.by.Practice && a.Officer == "" {
		a.Assurance = aiqyn.ByCard
	}
	return a
}

// emit records the signature before the act that it is under. The case may have
// gone on since the signature was verified: then it is over something else.
func (s *signing) emit(t *turn, actor aiqyn.Actor, name string, doc document) error {
	if s.by == nil {
		if t.svc.MustBeSigned(name) {
			return aiqyn.E(aiqyn.Invalid, "error.signature-required").On("cms")
		}
		return nil
	}
	if !bytes.Equal(doc.bytes(), s.verified) {
		return errStale
	}
	if err := s.isTheirs(t, actor); err != nil {
		return err
	}
	level := SignedByCard
	if s.by.Practice {
		level = SignedInPractice
	}
	b := s.by
	cms, err := signature.Decode(s.cms)
	if err != nil {
		return err
	}
	t.emit(EventSigned, actor, &signed{Act: doc.Act, CMS: cms, Document: string(s.verified), Level: level, Signer: signedBy{
		Algorithm: b.Algorithm, AsOf: whole(b.AsOf), At: whole(b.At), Claimed: whole(b.Claimed), Fingerprint: b.Fingerprint, Issuer: b.Issuer,
		Serial: b.Serial, Stamped: b.Stamped, Status: b.Status, Subject: t.e.keys.tie(b.Person),
	}}, atStep(doc.Step))
	return nil
}

func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// isTheirs holds the signer against the one who acts: an applicant by their
// number, an officer by the person whom the registrar has put on the roster.
func (s *signing) isTheirs(t *turn, actor aiqyn.Actor) error {
	other := aiqyn.E(aiqyn.Forbidden, "error.signature-other-person").On("cms")
	if actor.Officer == "" {
		if s.by.Person != actor.Person {
			return other
		}
		return nil
	}
	switch tie := t.s.ties[actor.Officer]; {
	case tie == "":
		return aiqyn.E(aiqyn.Conflict, "error.signature-no-tie").On("cms")
	case tie != t.e.keys.tie(s.by.Person):
		return other
	}
	return nil
}

// signedUnder opens the document of a signed entry.
func (d *signed) document() (document, error) {
	var doc document
	dec := json.NewDecoder(bytes.NewReader([]byte(d.Document)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return doc, err
	}
	if string(doc.bytes()) != d.Document || doc.Act != d.Act {
		return doc, errors.New("the document is not in its form")
	}
	return doc, nil
}

// CheckSigned verifies the signature that the private part of a signed entry
// holds, by what a stranger trusts: over the very document, by a certificate that
// held when it was signed. It returns who signed what.
func CheckSigned(private []byte, trust *signature.Trust) (*signature.Signer, []byte, error) {
	ev := &event{kind: EventSigned}
	if err := decodePrivate(private, ev); err != nil {
		return nil, nil, err
	}
	d := ev.data.(*signed)
	by, err := d.verify(trust)
	return by, []byte(d.Document), err
}

// verify checks a recorded signature as of the time that it was taken at. What
// lists and answers said by then may be gone: what travels with the signature, or
// is at hand, still refuses a certificate that had been revoked.
func (d *signed) verify(trust *signature.Trust) (*signature.Signer, error) {
	by, err := trust.With(signature.Policy{StatusOptional: true}).Verify(d.CMS, signature.Given{Content: []byte(d.Document), At: d.Signer.At})
	if err != nil {
		return nil, err
	}
	if by.Fingerprint != d.Signer.Fingerprint || by.Serial != d.Signer.Serial || by.Stamped != d.Signer.Stamped || by.Practice != (d.Level == SignedInPractice) {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-other-signer")
	}
	return by, nil
}
