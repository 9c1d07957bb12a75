package casework

import (
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/pay"
	"aiqyn/secrecy"
	"aiqyn/service"
)

// Result is what a command is answered with once it is on disk and in the log.
type Result struct {
	Case  aiqyn.CaseID
	Ref   aiqyn.Reference
	First int64 // index of its first entry in the log
	Last  int64
	// Again is true when the command had been carried out before: the answer
	// is the first one.
	Again bool
	// Fact is what a ReadFact has read.
	Fact *FactView
}

// The commands. Each is carried out once per ID; who may send it is decided by
// room access before, and by the state of the case here.
type (
	// File opens a case.
	File struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor // the applicant
		Service aiqyn.ServiceID
		Answers map[string]string // by question name, as typed
		Channel string            // "online", "centre"
		Lang    aiqyn.Lang
		// CMS is an electronic signature over [Engine.Document]; optional, unless
		// the pack demands it. So it is with Perform and Decide.
		CMS []byte
		// Witnesses are the clerks who have taken it at a counter, where the applicant
		// is known in person: see [Engine.CountersignConsent].
		Witnesses *Witnesses
	}
	// Perform records what an officer did in a step that does not decide: a survey.
	Perform struct {
		ID       aiqyn.CommandID
		Actor    aiqyn.Actor
		Ref      aiqyn.Reference
		Step     aiqyn.StepID
		Records  map[string]string
		Evidence []EvidenceItem
		Occurred time.Time // when, by the officer's own clock; zero: now
		CMS      []byte
	}
	// Decide grants or refuses. A refusal names one reason of the closed list;
	// if it is not true on the facts, it is answered with a Conflict and logged.
	// The first true refusal opens the hearing, a second one after it is final.
	Decide struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Step   aiqyn.StepID
		Grant  bool
		Reason string // of the service's refusal reasons, when not Grant
		Note   string
		CMS    []byte
		// Point names another of the places there are than the best, where the service
		// allows it; PointReason why one that is much dearer, by its closed list.
		Point, PointReason string
		// PointLetter names the letter that the reason rests on, where the list wants one:
		// "sha256:" and 64 hex digits, of a file that was uploaded to the case for it.
		PointLetter string
	}
	// Object is what the applicant says against a preliminary refusal.
	Object struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Text  string
	}
	// Contest says that what an officer has recorded is wrong, and has another record
	// it again. It can be done once, where the service allows it.
	Contest struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Text  string
	}
	// ChoosePoint says that the applicant wants another connection point than the best.
	ChoosePoint struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Point string
	}
	// PayFee has the payment provider make an order for the official price, which
	// the pack alone sets. Return is the path to send the browser back to.
	PayFee struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Lang   aiqyn.Lang // of what the provider shows
		Return string
	}
	// SettlePayment is the provider's word about an order. Nobody sends it but the
	// provider: its signature says so.
	SettlePayment struct {
		ID     aiqyn.CommandID
		Notice pay.Signed
	}
	// Withdraw ends the case at the applicant's wish.
	Withdraw struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
	}
	// Suspend stops the clock for a reason of the closed list.
	Suspend struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Reason string
	}
	// Resume starts it again.
	Resume struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
	}
	// Correct replaces one recorded value and runs again what depended on it.
	Correct struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Entry  int64  // the entry that was wrong
		Field  string // "survey.measured-load", "rights", …
		Value  string // as typed for records; canonical JSON for look-ups, or "" to read the register again
		Ground string
	}
	// AskCorrection points at an error in what was granted. It costs nothing.
	AskCorrection struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Field string // one of CaseView.Correctable
		Said  string // what it should be; may be empty for a fact of a register
		Text  string // how one can tell
	}
	// DeclineCorrection says why nothing is corrected; Correct is the other answer.
	DeclineCorrection struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Ground string
	}
	// Annul ends a grant that should not have been given.
	Annul struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Entry  int64
		Ground string
	}
	// Hold forbids erasure and change until the end of a day; an overseer asks
	// for it, or lifts it before.
	Hold struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Ground string
		Until  deadline.Date // the last day; zero: as long as the pack lets it
		Lift   bool
	}
	// Appeal asks somebody else to look at a refusal.
	Appeal struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Text  string
	}
	// OpenPersonal uncovers the people of a case for the officer who works on it.
	// They read who did, and what for.
	OpenPersonal struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Ref     aiqyn.Reference
		Purpose Purpose
	}
	// ReadFile opens one file of a case for a quarter of an hour, to those who work
	// on the case and say what for, and to the person whose case it is. Both are
	// recorded; that person sees who has read.
	ReadFile struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Ref     aiqyn.Reference
		Hash    string
		Purpose Purpose
	}
	// AskGlass asks to see a person in the clear, for those who only watch;
	// OpenGlass is the second person letting them, for a day.
	AskGlass struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Ground string
	}
	OpenGlass struct {
		ID        aiqyn.CommandID
		Actor     aiqyn.Actor
		Ref       aiqyn.Reference
		Signature string
	}
	// Classify gives something of the network a class, or asks for that: hiding what
	// was open takes a second person, whose command names the entry that asked and
	// nothing else.
	Classify struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		secrecy.Classification
		Entry int64
	}
	// Attest says, under an auditor's name, what recomputing the log has come to.
	Attest struct {
		ID        aiqyn.CommandID
		Actor     aiqyn.Actor
		Size      int64 // entries that were audited, from the first
		Sound     bool
		Text      string // what was found; needed when it is not sound
		Signature string
	}
	// DecideAppeal ends an appeal: the refusal stands, is annulled, or the case is
	// decided again by somebody else. What the facts say binds here too: a refusal
	// whose reason is false is not upheld, one whose reason is true not annulled.
	DecideAppeal struct {
		ID        aiqyn.CommandID
		Actor     aiqyn.Actor
		Ref       aiqyn.Reference
		Outcome   AppealOutcome
		Ground    string // why, for the applicant
		Signature string // the officer's full name
	}
	// Erase asks for, or as a second role confirms, the erasure of a closed case.
	Erase struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Ref    aiqyn.Reference
		Ground string
	}
	// Rebase moves an open case to the pack in force, citing an act; both packs
	// are evaluated and the better for the applicant wins.
	Rebase struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Ref   aiqyn.Reference
		Act   string
	}
	// ReadFact is another body reading a fact that the person let it read, once:
	// they were granted a service that looks it up, and answered use: consent
	// and reader: the body. Whoever tries without, the person sees on the case.
	ReadFact struct {
		ID       aiqyn.CommandID
		Actor    aiqyn.Actor // RoleReader, with its Body
		Person   aiqyn.PersonID
		Register string
	}
	// Demanded reports that a body still asked for a paper nobody may ask for.
	Demanded struct {
		ID          aiqyn.CommandID
		Actor       aiqyn.Actor
		Certificate string // of the pack's list
		Body        string // as the person names it
		Region      string
		Text        string
	}
	// EraseReport asks for, or as a second role confirms, the erasure of what a
	// person wrote in a report. That there was a report, and of whom, stays counted.
	EraseReport struct {
		ID     aiqyn.CommandID
		Actor  aiqyn.Actor
		Entry  int64
		Ground string
	}
	// Resend has letters that were given up tried once more.
	Resend struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Letters []int64
	}
	// Roster sets who may be drawn for a role of a body.
	Roster struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Role  aiqyn.Role
		Body  aiqyn.BodyID
		// Officers are all who stand on it from now on. Without them it is changed as it
		// stands: Enrol comes in, or Leaves goes.
		Officers []aiqyn.OfficerID
		Leaves   aiqyn.OfficerID
		// Persons says who they are as people, so that nobody is drawn onto a case
		// of their own. The log holds keyed hashes of them.
		Persons map[aiqyn.OfficerID]aiqyn.PersonID
		// Enrol, if it names anybody, enters somebody new into the list of officers,
		// with a number to sign in by. Who was on a roster before and is not named
		// again stays who they were.
		Enrol Enrolment
	}
	// Enrolment is somebody who becomes an officer.
	Enrolment struct {
		Officer aiqyn.OfficerID
		Name    string // with which they sign
		Phone   string
	}
	// Publish takes one signature for a new pack; the second one by another
	// publisher makes it known, and it takes effect on its day.
	Publish struct {
		ID    aiqyn.CommandID
		Actor aiqyn.Actor
		Files []service.File
		From  deadline.Date
		// Signature is the publisher's full name.
		Signature string
	}
)

// EvidenceItem is one piece of what a step leaves behind.
type EvidenceItem struct {
	Hash string    `json:"hash,omitempty"` // of the file: "sha256:" and 64 hex digits
	Kind string    `json:"kind"`           // place, time, photo, signature, document
	Lat  string    `json:"lat,omitempty"`  // decimal degrees
	Lon  string    `json:"lon,omitempty"`
	Time time.Time `json:"time,omitzero"`
	Text string    `json:"text,omitempty"` // of a signature: the full name of the one who signs
}
