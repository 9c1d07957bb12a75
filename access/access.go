// Package access is the one policy of who may do what. A question names a
// role, an action and the relation of the person to the case; the answer is
// one line of one table, or no. Nothing is allowed that the table does not
// list, and the table is published as it is.
//
// What a line lets a person see is part of it: before the draw no officer sees
// who applied, afterwards only the drawn one does, and whoever watches over
// officers sees people masked.
package access

import (
	"slices"
	"time"

	"aiqyn"
)

// Action is something that a person may want to do.
type Action string

// Actions, as the pages and the interface of programs know them.
const (
	ActionSeePublic     Action = "see-public"      // catalogue, free capacity, ledger, verify
	ActionFileCase      Action = "file-case"       //
	ActionViewOwnCase   Action = "view-own-case"   // the citizen's page of a case
	ActionViewReceipt   Action = "view-receipt"    //
	ActionReceiptFile   Action = "receipt-file"    // download the receipt
	ActionObject        Action = "object"          // at the hearing before a refusal
	ActionWithdraw      Action = "withdraw"        //
	ActionPay           Action = "pay"             // the official price
	ActionContest       Action = "contest"         // what an officer has recorded
	ActionChoosePoint   Action = "choose-point"    // another connection point than the best
	ActionTakeStep      Action = "take-step"       // that is the applicant's own
	ActionAppeal        Action = "appeal"          //
	ActionAskCorrect    Action = "ask-correction"  // of an error in what was given
	ActionReportDemand  Action = "report-demand"   // who demanded a paper that the state has
	ActionConsent       Action = "consent"         // let another body read a fact
	ActionWebhook       Action = "webhook"         // have a program told of one's own cases
	ActionInbox         Action = "inbox"           // list the cases of one's desk by clock
	ActionOpenSealed    Action = "open-sealed"     // a case before its draw: object only
	ActionOpenCase      Action = "open-case"       // a case after its draw
	ActionPerformStep   Action = "perform-step"    //
	ActionDecide        Action = "decide"          // grant or refuse
	ActionDecideAppeal  Action = "decide-appeal"   // on a refusal that somebody else signed
	ActionSuspend       Action = "suspend"         // stop the clock for a listed reason
	ActionResume        Action = "resume"          //
	ActionHold          Action = "hold"            // freeze a case, signed and for a time
	ActionCorrect       Action = "correct"         //
	ActionAnnul         Action = "annul"           //
	ActionEraseRequest  Action = "erase-request"   // first of two to erase
	ActionEraseConfirm  Action = "erase-confirm"   // second of two, of another role
	ActionPublishPack   Action = "publish-pack"    // two publishers sign
	ActionRoster        Action = "register-roster" //
	ActionAudit         Action = "audit"           // recompute the ledger
	ActionWatch         Action = "watch"           // what expires, what looks odd
	ActionReadFact      Action = "read-fact"       // by another body, with consent
	ActionOpenPersonal  Action = "open-personal"   // see whose case one works on, for a purpose
	ActionAskGlass      Action = "ask-glass"       // see a person in the clear though one only watches
	ActionOpenGlass     Action = "open-glass"      // let somebody: the second person
	ActionReadings      Action = "see-readings"    // who looked at one's own data
	ActionOffice        Action = "see-office"      // one's own acts, and what waits for one
	ActionAttest        Action = "attest"          // that one has recomputed the log
	ActionMetrics       Action = "metrics"         // health of the service, no people
	ActionAccount       Action = "manage-account"  // one's own sessions, keys and number
	ActionActFor        Action = "act-for"         // choose for whom one acts
	ActionMandate       Action = "mandate"         // let another act for one, take that up, end it
	ActionImport        Action = "import"          // cases of a former system
	ActionConfirmQueue  Action = "confirm-queue"   // second of two to take a former queue over
	ActionConfirmTables Action = "confirm-tables"  // second of two to put tables of the network into force
	ActionReduce        Action = "reduce"          // withdraw a published margin: takes two
	ActionMeasure       Action = "measure"         // take in what meters have counted
	ActionReportPlaces  Action = "report-places"   // of one's institution, and see who has them
	ActionClassify      Action = "classify"        // what of the network the public may see
	ActionConfirmClass  Action = "confirm-class"   // second of two to hide what was open
	ActionReviewClass   Action = "review-class"    // be named as who reviews a class, and told before it ends
	ActionSeeExact      Action = "see-exact"       // of the network, though it is classified
	ActionOperate       Action = "operate"         // letters that did not arrive, and jobs; no people
)

// Actions lists every action in the order of the published table.
var Actions = []Action{
	ActionSeePublic, ActionFileCase, ActionViewOwnCase, ActionViewReceipt, ActionReceiptFile,
	ActionObject, ActionWithdraw, ActionPay, ActionContest, ActionChoosePoint, ActionTakeStep, ActionAppeal, ActionAskCorrect, ActionReportDemand, ActionConsent, ActionWebhook, ActionInbox,
	ActionOpenSealed, ActionOpenCase, ActionOpenPersonal, ActionAskGlass, ActionOpenGlass, ActionReadings, ActionPerformStep, ActionDecide, ActionDecideAppeal, ActionSuspend, ActionResume,
	ActionHold, ActionCorrect, ActionAnnul, ActionEraseRequest, ActionEraseConfirm,
	ActionPublishPack, ActionRoster, ActionAudit, ActionAttest, ActionWatch, ActionOffice, ActionReadFact, ActionMetrics,
	ActionAccount, ActionActFor, ActionMandate, ActionImport, ActionConfirmQueue, ActionConfirmTables, ActionReduce, ActionMeasure, ActionOperate, ActionReportPlaces, ActionClassify, ActionConfirmClass, ActionReviewClass, ActionSeeExact,
}

// sealed are the actions that may be taken on a case whose draw is still to
// come. Of these none shows an officer who applied; a test holds that.
var sealed = []Action{
	ActionFileCase, ActionViewOwnCase, ActionViewReceipt, ActionReceiptFile, ActionObject, ActionWithdraw, ActionPay, ActionContest, ActionChoosePoint, ActionTakeStep,
	ActionReportDemand, ActionConsent, ActionInbox, ActionOpenSealed, ActionWatch, ActionHold, ActionAudit,
}

// BeforeDraw reports whether an action may be taken on a case whose draw is
// still to come. Whoever serves a case asks this beside [Allowed].
func BeforeDraw(a Action) bool { return slices.Contains(sealed, a) }

// ProofLife is how long a second proof is good for.
const ProofLife = 10 * time.Minute

// unproven are the actions that nobody has to prove themselves for again: they
// read, or leave nothing behind that would have to be undone. Whoever pays proves
// themselves to the provider, and what they pay is the price and no more.
var unproven = []Action{
	ActionSeePublic, ActionPay, ActionViewOwnCase, ActionViewReceipt, ActionReceiptFile, ActionReportDemand, ActionInbox, ActionOpenSealed, ActionOpenCase,
	ActionReadings, ActionAudit, ActionOffice, ActionMetrics, ActionActFor, ActionSeeExact,
}

// NeedsProof reports whether doing an action, and not only looking at its form,
// takes a second proof not older than [ProofLife]. Whatever is not known to be
// harmless does.
func NeedsProof(a Action) bool { return !slices.Contains(unproven, a) }

// Relation is how a person stands to the case or thing in question. The
// nearest one that holds is asked about.
type Relation string

// Relations.
const (
	Own         Relation = "own"         // it is about them: the applicant
	Represented Relation = "represented" // a register names them the head, or a parent, of whom it is about
	Mandated    Relation = "mandated"    // whom it is about has given them a mandate
	Drawn       Relation = "drawn"       // the draw, or an escalation, gave it to this officer
	Body        Relation = "body"        // it lies with the officer's body
	Consented   Relation = "consented"   // the person agreed to this reader and purpose
	None        Relation = "none"        //
)

// Relations lists every relation.
var Relations = []Relation{Own, Represented, Mandated, Drawn, Body, Consented, None}

// Exposure is how much of the people concerned an action lets one see.
type Exposure string

// Exposures, from nothing to everything.
const (
	Nothing  Exposure = "nothing"  // no case, or no more of it than the public sees
	Thing    Exposure = "object"   // the case and its object, but not whose it is
	Masked   Exposure = "masked"   // people with name, number and phone covered
	Identity Exposure = "identity" // people in the clear
)

// Rule is one line of the policy.
type Rule struct {
	Name     string       `json:"name"` // "officer.perform"; its reason is text access.<name>
	Roles    []aiqyn.Role `json:"roles"`
	Actions  []Action     `json:"actions"`
	Relation Relation     `json:"relation"`
	Sees     Exposure     `json:"sees"`
}

// Decision answers a question. Rule and Key tell why, also when the answer is
// no.
type Decision struct {
	OK   bool     `json:"ok"`
	Rule string   `json:"rule"` // the rule's name, or "denied"
	Key  string   `json:"key"`  // catalogue key of the reason
	Sees Exposure `json:"sees"`
}

// Allowed answers whether a role may do an action on what it stands in a
// relation to.
func Allowed(role aiqyn.Role, action Action, relation Relation) Decision {
	if d, ok := decisions[triple{role, action, relation}]; ok {
		return d
	}
	return Decision{Rule: "denied", Key: "access.denied", Sees: Nothing}
}

// Check is Allowed as an error that a page can show.
func Check(role aiqyn.Role, action Action, relation Relation) error {
	switch d := Allowed(role, action, relation); {
	case d.OK:
		return nil
	case role == aiqyn.RoleAnonymous:
		return aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
}

// Table returns the whole policy.
func Table() []Rule {
	table := slices.Clone(policy)
	for i := range table {
		table[i].Roles = slices.Clone(table[i].Roles)
		table[i].Actions = slices.Clone(table[i].Actions)
	}
	return table
}

type triple struct {
	role     aiqyn.Role
	action   Action
	relation Relation
}

// decisions is the policy laid out for look-up. Two lines that answer the same
// question would leave it to chance which of them is named, so that is refused.
var decisions = func() map[triple]Decision {
	m := map[triple]Decision{}
	for _, r := range policy {
		for _, role := range r.Roles {
			for _, action := range r.Actions {
				t := triple{role, action, r.Relation}
				if _, twice := m[t]; twice {
					panic("access: two rules decide the same: " + r.Name)
				}
				m[t] = Decision{OK: true, Rule: r.Name, Key: "access." + r.Name, Sees: r.Sees}
			}
		}
	}
	return m
}()
