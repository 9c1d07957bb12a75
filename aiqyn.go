// Package aiqyn holds the nouns that every room shares: services, cases,
// applicants, officers, events, decisions, texts in three languages and the
// one error type that a person can read. It imports nothing but the standard
// library, and every other room may import it.
package aiqyn

import "time"

// Identifiers are opaque strings made by the store; a named type each keeps
// an officer from being passed where a case is meant.
type (
	// ServiceID names a service within the packs: "energy.connection".
	ServiceID string
	// CaseID is the internal identity of one case, random and never shown.
	CaseID string
	// Reference is what a person reads and types: "AQ-7K2M-9F3D".
	Reference string
	// PersonID is an IIN (person) or BIN (company), twelve digits.
	PersonID string
	// OfficerID names an officer of a body: "surveyor-03".
	OfficerID string
	// BodyID names a state body or provider: "utility".
	BodyID string
	// StepID names a step within its service: "survey".
	StepID string
	// CommandID is chosen by whoever sends a command; the same id twice is
	// the same command, and gets the first answer again.
	CommandID string
)

// Kind tells what sort of public service this is; each closes its own door
// to bribery (DESIGN.md, "The idea").
type Kind string

// The three kinds of public service.
const (
	Fact  Kind = "fact"  // the state looks it up; nobody asks for paper
	Right Kind = "right" // computed from published rules and recorded facts
	Share Kind = "share" // published capacity handed out in provable order
)

// Role is what a person acts as. Rights follow from the role, the purpose and
// the case together; room access holds the policy.
type Role string

// Roles known to the platform. A pack may not invent others.
const (
	RoleAnonymous Role = "anonymous"
	RoleApplicant Role = "applicant"
	RoleSurveyor  Role = "surveyor"
	RoleEngineer  Role = "engineer"
	RoleHead      Role = "head"            // of a body: escalations, second signatures
	RoleAppeals   Role = "appeals-officer" // of the body above: decides on refusals that others signed
	RolePublisher Role = "publisher"       // of packs; two are needed
	RoleRegistrar Role = "registrar"       // of officers and rosters
	RoleCustodian Role = "custodian"       // of keys; one of the two who may erase
	RoleAuditor   Role = "auditor"
	RoleOverseer  Role = "overseer" // anti-corruption
	RoleOperator  Role = "operator"
	RoleSecrecy   Role = "secrecy-officer" // classifies what of the network the public may see
	// RoleInstitution is who answers for one that gives places of a queue: a
	// kindergarten, a surgery. Their body is the institution.
	RoleInstitution Role = "institution"
	RoleReader      Role = "reader" // of another body: reads a fact with consent
	RoleSystem      Role = "system" // timers, draws, rules: nobody in person
)

// Roles lists every role, in the order in which tables show them.
var Roles = []Role{
	RoleAnonymous, RoleApplicant, RoleSurveyor, RoleEngineer, RoleHead, RoleAppeals, RolePublisher,
	RoleRegistrar, RoleCustodian, RoleAuditor, RoleOverseer, RoleOperator, RoleSecrecy, RoleInstitution, RoleReader, RoleSystem,
}

// Assurance is how strongly a person was known when they acted.
type Assurance string

// How a person may be known, from the weakest.
const (
	ByCode    Assurance = "code"    // a one-time code to their number
	ByOIDC    Assurance = "oidc"    // the state's identity provider vouched for them
	ByPasskey Assurance = "passkey" // a key in their device, opened by finger, face or PIN
	ByCard    Assurance = "card"    // the signature of their card or certificate
	// InPerson is that two clerks have looked at them and at their document.
	InPerson Assurance = "in-person"
)

// Actor is whoever causes an event.
type Actor struct {
	Assurance Assurance `json:"assurance,omitempty"` // how they were known; empty for what no person did
	Body      BodyID    `json:"body,omitempty"`      // the officer's body
	For       PersonID  `json:"for,omitempty"`       // whom they act for, if not for themselves
	Mandate   string    `json:"mandate,omitempty"`   // by what right they act for another
	Officer   OfficerID `json:"officer,omitempty"`   // of officers
	Person    PersonID  `json:"person,omitempty"`    // of applicants
	Role      Role      `json:"role"`
}

// Behalf is whose affair it is that the actor does: the one they act for, or
// their own.
func (a Actor) Behalf() PersonID {
	if a.For != "" {
		return a.For
	}
	return a.Person
}

// Desk names where the actor's unfinished forms lie: what somebody writes for
// another lies apart from their own, and from what that other writes.
func (a Actor) Desk() PersonID {
	if a.For != "" {
		return a.Person + "/" + a.For
	}
	return a.Person
}

// System is the actor of timers, draws and rules.
var System = Actor{Role: RoleSystem}

// Clock tells the time. Tests and the demonstration inject their own.
type Clock func() time.Time

// Outcome is how a case ended.
type Outcome string

// Outcomes of a case; the empty string means that it is still open.
const (
	Granted   Outcome = "granted"
	Refused   Outcome = "refused"
	Withdrawn Outcome = "withdrawn"
	Lapsed    Outcome = "lapsed" // a grant not taken up in time
	Annulled  Outcome = "annulled"
	SentOn    Outcome = "sent-on"  // to the log that carries its place
	Imported  Outcome = "imported" // came from a former system: what that decided is claimed, not proven
)

// LawStatus says how sure we are that a rule is law.
type LawStatus string

// How sure we are that a rule is law. Pages show the last two as such.
const (
	Confirmed   LawStatus = "confirmed"
	Unconfirmed LawStatus = "unconfirmed"
	Proposal    LawStatus = "proposal" // ours, not law
)

// Law cites where a rule comes from.
type Law struct {
	Act     string    `json:"act" yaml:"act"`                   // register number, as in adilet.zan.kz: "V1500010403"
	Article string    `json:"article,omitempty" yaml:"article"` // "8–13"
	Title   Text      `json:"title,omitzero" yaml:"title"`      // how the act is called
	From    string    `json:"from" yaml:"from"`                 // first day in force, 2006-01-02
	To      string    `json:"to,omitempty" yaml:"to"`           // last day in force; empty means still
	Status  LawStatus `json:"status" yaml:"status"`             //
	Source  string    `json:"source,omitempty" yaml:"source"`   // where we read it
}
