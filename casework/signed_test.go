package casework

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

// signers is a rig with an authority, and a certificate for whoever needs one.
type signers struct {
	*rig
	authority *practice.Authority
	officers  map[aiqyn.OfficerID]aiqyn.PersonID
}

func newSigners(t *testing.T, sign ...string) *signers {
	t.Helper()
	a, err := practice.NewAuthority(practice.ECDSA, start.AddDate(-2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	s := &signers{authority: a, officers: map[aiqyn.OfficerID]aiqyn.PersonID{}}
	s.rig = bareRig(t, start, func(c *Config) {
		c.Trust = func() (*signature.Trust, error) { return s.trust(), nil }
	})
	if len(sign) > 0 {
		s.files = s.edited("energy.connection/service.yaml", "\nsteps:\n", "\nsign: ["+strings.Join(sign, ", ")+"]\nsteps:\n")
		// What must be signed when it is filed nothing brings along.
		s.files = slices.DeleteFunc(s.files, func(f service.File) bool { return strings.Contains(f.Name, "construction.assignment/") })
		if slices.Contains(sign, "filing") { // the signature is for the body that it names
			s.files = s.edited("energy.connection/service.yaml", "\nterritory: 'has(place.district) ? place.district : \"\"'", "")
		}
		s.reopen()
	}
	s.seed()
	for i, role := range []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer} {
		var list []aiqyn.OfficerID
		for n := range 6 {
			o := aiqyn.OfficerID(fmt.Sprintf("%s-%02d", role, n+1))
			list = append(list, o)
			s.officers[o] = aiqyn.PersonID(fmt.Sprintf("8001013000%d%d", i, n))
		}
		s.must(Roster{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: "utility", Officers: list, Persons: s.officers})
	}
	return s
}

func (s *signers) trust() *signature.Trust {
	trust, err := s.authority.Trust(signature.Policy{}, start.AddDate(-1, 0, 0), start.AddDate(2, 0, 0))
	if err != nil {
		s.t.Fatal(err)
	}
	return trust
}

// identity is a certificate of a person.
func (s *signers) identity(p aiqyn.PersonID, usage practice.Usage, from time.Time) *practice.Identity {
	s.t.Helper()
	i, err := s.authority.Issue(signature.Holder{Name: "ТЕСТОВ", Person: p}, practice.ECDSA, usage, from)
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}

func (s *signers) month() time.Time { return s.clock().AddDate(0, -1, 0) }

// document is what must be signed for a command.
func (s *signers) document(cmd any) []byte {
	s.t.Helper()
	doc, err := s.Document(s.t.Context(), cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

// by signs with a certificate.
func (s *signers) by(i *practice.Identity, doc []byte, o practice.Options) []byte {
	s.t.Helper()
	cms, err := i.Sign(doc, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return cms
}

// sign signs as a person, stamped now.
func (s *signers) sign(p aiqyn.PersonID, doc []byte) []byte {
	s.t.Helper()
	return s.by(s.identity(p, practice.ForSigning, s.month()), doc, practice.Options{At: s.clock(), Stamp: s.clock(), Status: s.clock()})
}

func (s *signers) decision(ref aiqyn.Reference) Decide {
	return Decide{ID: s.id(), Actor: s.officer(ref), Ref: ref, Step: "conditions", Grant: true}
}

// TestSignedFromFilingToRuling: each act of a case signed, as its pack demands;
// the audit verifies every signature, and whoever believes another authority
// finds that they prove nothing.
func TestSignedFromFilingToRuling(t *testing.T) {
	s := newSigners(t, "filing", "survey", "conditions")
	s.keepNetwork()
	f := s.filing(holder, plot, 50)
	if _, err := s.Do(t.Context(), f); keyOf(err) != "error.signature-required" {
		t.Errorf("filed unsigned: %v", err)
	}
	f.CMS = s.sign(holder, s.document(f))
	ref := s.must(f).Ref
	if again := s.must(f); !again.Again || again.Ref != ref {
		t.Error("filed twice")
	}
	s.pass(10 * time.Second)
	p := s.surveyOf(ref)
	if _, err := s.Do(t.Context(), p); keyOf(err) != "error.signature-required" {
		t.Errorf("surveyed unsigned: %v", err)
	}
	p.CMS = s.sign(s.officers[p.Actor.Officer], s.document(p))
	s.must(p)
	s.pass(10 * time.Second)
	d := s.decision(ref)
	if _, err := s.Do(t.Context(), d); keyOf(err) != "error.signature-required" {
		t.Errorf("decided unsigned: %v", err)
	}
	d.CMS = s.sign(s.officers[d.Actor.Officer], s.document(d))
	s.must(d)
	v := s.view(ref)
	if v.Outcome != aiqyn.Granted {
		t.Fatalf("outcome %s", v.Outcome)
	}
	count := 0
	for i, e := range v.Events {
		if e.Kind == EventSigned {
			count++
			if e.Signed == nil || e.Signed.Level != SignedInPractice || e.Signed.Status != "ocsp" || e.Signed.Stamped == "" {
				t.Errorf("event %d shows %+v", i, e.Signed)
			}
		}
	}
	if count != 3 {
		t.Errorf("%d signatures in %v", count, kinds(v))
	}
	cfg := s.auditConfig()
	cfg.Trust = s.trust()
	if rep, err := Audit(t.Context(), cfg); err != nil || !rep.OK || rep.Signatures != 3 {
		t.Errorf("audit: %+v, %v", rep, err)
	}
	cfg.Trust = newSigners(t).trust()
	if rep, err := Audit(t.Context(), cfg); err != nil || rep.OK {
		t.Errorf("by another authority: %+v, %v", rep, err)
	}

	// Under the name by which the log goes on from a copy, what was signed is still of the
	// log that it names; what names it too early is not.
	was, err := s.Store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, _ := s.reorigin()
	if rep := s.audit(); rep.OK {
		t.Error("no entry says that the log had another name, and the audit believes it")
	}
	if _, err := s.RecordRestore(t.Context(), aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}, old, was.Checkpoint); err != nil {
		t.Fatal(err)
	}
	if rep := s.audit(); !rep.OK || rep.Signatures != 3 {
		t.Errorf("after a restore: %+v", rep)
	}
}

// TestSignaturesThatAreRefused: expired, revoked, for entering, over other bytes,
// by somebody else, of a stranger's authority. None of them leaves a trace.
func TestSignaturesThatAreRefused(t *testing.T) {
	s := newSigners(t)
	ref := s.toConditions(holder, plot, 50)
	d := s.decision(ref)
	me := s.officers[d.Actor.Officer]
	doc := s.document(d)
	good := s.identity(me, practice.ForSigning, s.month())
	revoked := s.identity(me, practice.ForSigning, s.month())
	s.authority.Revoke(revoked, s.clock().Add(-time.Hour))
	refusal := d
	refusal.Grant, refusal.Reason = false, "no-right"
	before := len(s.view(ref).Events)
	now := practice.Options{At: s.clock()}
	for _, x := range []struct {
		name string
		cms  []byte
		key  string
	}{
		{"not a signature", []byte("X"), "error.signature-malformed"},
		{"too long", bytes.Repeat([]byte("A"), maxSignature+1), "error.signature-too-large"},
		{"expired", s.by(s.identity(me, practice.ForSigning, s.clock().AddDate(-1, -1, 0)), doc, now), "error.signature-expired"},
		{"revoked", s.by(revoked, doc, now), "error.signature-revoked"},
		{"for entering", s.by(s.identity(me, practice.ForEntering, s.month()), doc, now), "error.signature-usage"},
		{"over the other decision", s.by(good, s.document(refusal), now), "error.signature-other-bytes"},
		{"over other bytes", s.by(good, append(bytes.Clone(doc), ' '), now), "error.signature-other-bytes"},
		{"made tomorrow", s.by(good, doc, practice.Options{At: s.clock().AddDate(0, 0, 1)}), "error.signature-time"},
		{"by another authority", s.by(newSigners(t).identity(me, practice.ForSigning, s.month()), doc, now), "error.signature-untrusted"},
		{"by somebody else", s.sign(holder, doc), "error.signature-other-person"},
	} {
		c := d
		c.ID, c.CMS = s.id(), x.cms
		if _, err := s.Do(t.Context(), c); keyOf(err) != x.key {
			t.Errorf("%s: %v, want %s", x.name, err, x.key)
		}
	}
	if n := len(s.view(ref).Events); n != before {
		t.Errorf("%d events were left behind", n-before)
	}
}

// TestASignatureIsOfItsMoment: what was signed is about the case as it stood.
// When it has gone on, it must be signed again.
func TestASignatureIsOfItsMoment(t *testing.T) {
	s := newSigners(t)
	ref := s.toConditions(holder, plot, 50)
	d := s.decision(ref)
	me := s.officers[d.Actor.Officer]
	d.CMS = s.sign(me, s.document(d))
	s.must(Suspend{ID: s.id(), Actor: d.Actor, Ref: ref, Reason: "register-down"})
	s.must(Resume{ID: s.id(), Actor: d.Actor, Ref: ref})
	if _, err := s.Do(t.Context(), d); keyOf(err) != "error.signature-other-bytes" {
		t.Errorf("a signature of before: %v", err)
	}
	d.CMS = s.sign(me, s.document(d))
	s.must(d)
	stranger := d
	stranger.Actor.Officer = "engineer-99"
	if _, err := s.Document(t.Context(), stranger); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("a document for whom the case is not: %v", err)
	}
}

// TestAnOfficerOfNoPerson: whom the registrar has not named as a person cannot
// sign, since nobody could say whose signature it is; and without an authority to
// believe no signature is taken.
func TestAnOfficerOfNoPerson(t *testing.T) {
	s := newSigners(t)
	ref := s.toConditions(holder, plot, 50)
	d := s.decision(ref)
	d.CMS = s.sign(s.officers[d.Actor.Officer], s.document(d))
	s.seq.ties = nil // as of a roster from before
	if _, err := s.Do(t.Context(), d); keyOf(err) != "error.signature-no-tie" {
		t.Errorf("signed by nobody known: %v", err)
	}
	s.Trust = nil
	if _, err := s.Do(t.Context(), d); keyOf(err) != "error.signature-no-roots" {
		t.Errorf("without an authority to believe: %v", err)
	}
}

// TestAnExchangedDocument: neither the audit nor a stranger takes a document that
// is not the one under the signature, or not in its form.
func TestAnExchangedDocument(t *testing.T) {
	s := newSigners(t)
	f := s.filing(holder, plot, 50)
	f.CMS = s.sign(holder, s.document(f))
	s.must(f)
	doc := signed{Act: actFile, Document: strings.Replace(string(s.document(f)), `"50"`, `"51"`, 1), CMS: f.CMS, Level: SignedInPractice}
	if _, err := doc.document(); err != nil {
		t.Fatal(err)
	}
	doc.Signer.At = s.clock()
	if _, err := doc.verify(s.trust()); keyOf(err) != "error.signature-other-bytes" {
		t.Errorf("an exchanged document: %v", err)
	}
	doc.Document = " " + doc.Document
	if _, err := doc.document(); err == nil {
		t.Error("a document in another form is taken")
	}
}
