// Package service holds packs: a country's public services as data. A pack is
// parsed strictly, validated as a whole, pinned by its hash and never changed
// after it has been published; a case keeps the version it was filed under.
//
// A pack is these files, and no others:
//
//	pack.yaml                   name, version, acts, registers, bodies, regions
//	certificates.yaml           papers that bodies used to demand (may be absent)
//	calendars/<name>.yaml       working days, read by room deadline
//	services/<id>/service.yaml  one service; its shape is published by [Schema]
//	services/<id>/cases.txtar   its stories; their language is in [ParseStory]
//
// # What rules may read
//
// A rule of a service may read the answers, the facts that were looked up, the
// outputs of computations, what officers recorded in earlier steps, and
//
//	applicant  the IIN or BIN of the applicant
//	now        the civil day of the decision in the calendar's zone: "2026-05-09"
//
// and nothing else. Names lose their hyphens: measured-load is read as
// measured_load ([Variable]). An answer that was not given, because the question
// is optional or was not asked, reads as 0, "" or false, and so does what no
// officer has recorded yet. A looked-up fact is the register's document as a
// map, and the empty map when the register has nothing: has(place.number) tells
// the two apart. [Service.Blank] makes such values.
package service

import (
	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
	"slices"
)

// Pack is one version of a country's services, calendars and texts.
type Pack struct {
	Name         string // "kz"
	Version      string // "2026-11"
	From         deadline.Date
	Services     []*Service // by id
	Calendars    map[string]*deadline.Calendar
	Bodies       []Body
	Regions      []Region
	Certificates []Certificate
	Acts         []Act
	Registers    []Register
	Hold         *HoldRule       // nil: nobody may hold a case
	Hearing      *Hearing        // before any refusal, unless a service has its own; nil: each has
	Appeal       *AppealRule     // nil: nothing says who hears appeals
	Correction   *CorrectionRule // nil: nothing says by when errors are corrected
	Capacity     *CapacityRule   // nil: nothing says how free capacity is known
	Competence   *Competence     // nil: one log carries all
	hash         string
	overtaken    ParseErrors
}

// StepAppeal is the step that any service gets for free: an appeal against a
// refusal, decided above the body that refused. No service may name its own so.
const StepAppeal aiqyn.StepID = "appeal"

// StepCorrection is another such step: an error in what was given is corrected,
// for nothing.
const StepCorrection aiqyn.StepID = "correction"

// AppealRule says by when a refusal may be appealed against, which body hears
// the appeal, and how long it may take: that is the step's own time limit.
type AppealRule struct {
	Body   aiqyn.BodyID
	Within deadline.Term // after the refusal
	Step   *Step
	Law    aiqyn.Law
}

// CorrectionRule says how long the body has to correct an error in a document.
type CorrectionRule struct {
	Step *Step
	Law  aiqyn.Law
}

// Act is one act of law that the pack cites, by its number on adilet.zan.kz.
type Act struct {
	ID     string
	Title  aiqyn.Text
	Source string
}

// Register is a source of facts. What it answers, nobody may ask a person.
type Register struct {
	Name    string
	Title   aiqyn.Text
	Fields  []string // of its document, which rules may read
	Answers []string // names that no question may have
	// Parties are the fields that name people whom a case concerns, such as
	// "holders.person": an officer among them does not act on it.
	Parties []string
}

// Body is a state body or provider that answers for services.
type Body struct {
	ID     aiqyn.BodyID
	Title  aiqyn.Text
	Region string
	// Successor is set when the body was merged, split or renamed.
	Successor aiqyn.BodyID
	From, To  deadline.Date
}

// Region is a first-level unit with its districts, by KATO code.
type Region struct {
	Code      string
	Title     aiqyn.Text
	Districts []Region
}

// Certificate is one paper that bodies used to demand, and what became of it.
type Certificate struct {
	ID    string
	Title aiqyn.Text
	Class CertificateClass
	Reads string // the register and look-up that replaced it
	Law   aiqyn.Law
}

// CertificateClass says what became of a paper.
type CertificateClass string

// What became of a paper: nobody may ask for it, or a person issues it to
// themself for use abroad or in private.
const (
	Abolished  CertificateClass = "abolished"
	SelfIssued CertificateClass = "self-issued"
)

// Service is one public service.
type Service struct {
	ID      aiqyn.ServiceID
	Kind    aiqyn.Kind
	Title   aiqyn.Text
	Summary aiqyn.Text // one sentence: what you get
	// Words are others that people look for it by, in no order; optional.
	Words  aiqyn.Text
	Law    aiqyn.Law
	Body   aiqyn.BodyID
	Fee    Fee
	Visits int // how often the applicant must come in person
	// Cap is how many open cases one applicant may have for one object; 0 means 1.
	Cap int

	Ask       []Question
	LookUps   []LookUp
	Compute   []Compute
	Refuse    []Reason
	Steps     []*Step
	Outcome   Outcome
	Follow    *Follow    // what a grant opens by itself; nil: nothing
	Bring     []Bring    // what the filing opens along with it, in order
	Queue     *Queue     // of a share that is waited for; nil: none
	Auction   *Auction   // of a share that is sold by sealed bids; nil: none
	Objects   *Objects   // nil: its cases are no objections
	Territory *Condition // KATO code of the place that an application is about; nil: nothing says
	// OnlyFollows: nobody applies for it, a grant of another service opens it.
	OnlyFollows bool
	Answer      bool   // a step of another service opens it, for somebody who is asked
	Calendar    string // name of the calendar its terms run on
	Suspend     []SuspendReason
	Sign        []string // what must be signed electronically: [SignFiling], names of steps
	Retention   int      // days after closing before a case may be erased
	// Sensitive services are in releases as counts only: that somebody used one
	// says too much of them, even among ten.
	Sensitive  bool
	Object     string      // name of the question that names the object the case is about ("parcel"); draws and caps use it
	Appeal     *AppealRule // the pack's; nil: none
	Correction *CorrectionRule
	// Stories are the service's cases.txtar. They are tests, not law, and do
	// not count towards its hash.
	Stories []Story

	env   *rule.Env
	blank map[string]any // see Blank
	hash  string
}

// Fee is the official price; Amount is a CEL expression in tiyn ("0", or "load * 15000").
// It is all that anybody may be asked for, and the only price there is.
type Fee struct {
	Amount  string
	Program *rule.Program // of Amount
	Law     aiqyn.Law
	Note    aiqyn.Text
	Pay     *Step        // in which the applicant pays; nil: nothing is ever to be paid
	After   aiqyn.StepID // paid when that step is done; "": before all others
	Refunds []FeeRefund
}

// FeeRefund is when a fee that was paid goes back, whole.
type FeeRefund struct {
	After   aiqyn.Outcome // withdrawn, refused or annulled; of an auction, lapsed
	Reasons []string      // of refused: for which of the reasons to refuse; of lapsed: of [BidReasons]
	Law     aiqyn.Law
}

// StepPayment is the step of a service with a fee in which the applicant pays.
// Nobody acts on the case before that, and the clock stands at its beginning.
const StepPayment aiqyn.StepID = "payment"

// QuestionType says how an answer is checked and asked.
type QuestionType string

// Types of answers.
const (
	TypeText      QuestionType = "text"
	TypeInteger   QuestionType = "integer"
	TypeKilowatt  QuestionType = "kilowatt" // integer, kW
	TypeChoice    QuestionType = "choice"
	TypeYesNo     QuestionType = "yes-no"
	TypeDate      QuestionType = "date"
	TypeCadastral QuestionType = "cadastral-number"
	TypeIIN       QuestionType = "iin"
	TypeBIN       QuestionType = "bin"
	TypePhone     QuestionType = "phone"
	// TypeInstitution is one of those that give places of a queue.
	TypeInstitution QuestionType = "institution"
)

// Question is one thing that may be asked; nothing else may ever be asked.
type Question struct {
	Name     string
	Type     QuestionType
	Label    aiqyn.Text
	Hint     aiqyn.Text
	Law      aiqyn.Law
	Optional bool
	Min, Max int64 // of integers; of text, its length in letters
	Of       []Choice
	// When is a rule over earlier answers: the question is asked only if true.
	When *Condition
}

// Choice is one allowed answer.
type Choice struct {
	Value string
	Label aiqyn.Text
	Hint  aiqyn.Text
}

// LookUp is a fact that the state reads once, instead of asking for it.
type LookUp struct {
	Name     string // the name rules know it by
	Register string // "cadastre.rights"
	Of       string // question whose answer is the key, or "applicant"
	Purpose  aiqyn.Text
}

// Condition is one named legal condition: a rule with the expression kept for display.
type Condition struct {
	Expr    string
	Program *rule.Program
}

// Reason is one of the closed list of reasons to refuse.
type Reason struct {
	Name  string
	Text  aiqyn.Text // plain: why
	Fix   aiqyn.Text // plain: what the applicant can do
	When  Condition  // must be TRUE on the recorded facts
	Law   aiqyn.Law
	Proof string // name of the computation that shows it, if any
	About string // AboutPlace, AboutConsent, or "": of the application
}

// AboutPlace marks a reason that is one of the place and not of who applies: a later
// grant there to anybody contradicts it. A reason that a computation shows is one.
const AboutPlace = "place"

// AboutConsent marks a reason of the place that rests on somebody who has not agreed: a
// later grant there contradicts it too, and the cause that is named is theirs.
const AboutConsent = "consent"

// OfPlace reports whether a later grant at the same place contradicts the reason.
func (r *Reason) OfPlace() bool { return r.Proof != "" || r.About != "" }

// Step is one act between filing and outcome.
type Step struct {
	Name     aiqyn.StepID
	Title    aiqyn.Text
	By       aiqyn.Role // RoleSystem for "rule": the rules decide, at once
	Draw     bool       // the officer is drawn blind
	Decides  bool       // this step ends in a ruling: grant or refuse
	Awaits   bool       // it is over when everything that the filing has brought along has been decided, or its term is
	Asks     *Asks      // somebody else who is asked in it, and awaited; nil: nobody
	Safety   bool       // touches safety: silence can only escalate
	Evidence []Evidence
	Records  []Question // what the officer records (measured load …)
	Within   []Within   // first whose When holds; the last has none
	Silence  Silence
	Hearing  *Hearing   // of the step that decides, its own or the pack's; nil: there is none
	Unheard  *aiqyn.Law // by which nobody is heard before a refusal; nil: somebody is
	When     *Condition // the step is skipped unless true
	Contest  *Contest   // the applicant may have it done again by another; nil: not
	Again    *Again     // sends the case back while its rule holds; nil: never
	Law      aiqyn.Law
}

// Evidence is one piece that a step must leave behind.
type Evidence struct {
	Kind   string // place, time, photo, signature, document
	Radius int    // metres from the object, for place
	Count  int
	// Limits of a file; 0 and nil: the platform's own.
	Megabytes, Megapixels int
	Types                 []string // jpeg, png, pdf
}

// Within is one time limit with the condition under which it holds.
type Within struct {
	When  *Condition
	Term  deadline.Term
	Since Since
	Law   aiqyn.Law
}

// Since says when a time limit begins to run.
type Since string

// Beginnings of a time limit. One that runs since the filing goes on while
// earlier steps take their time: the state's slowness is not the applicant's.
const (
	SinceOpened Since = "opened" // since the step began
	SinceFiled  Since = "filed"  // since the application was filed, and its fee paid
)

// SilenceThen says what a missed deadline means.
type SilenceThen string

// What silence means.
const (
	SilenceEscalates SilenceThen = "escalate"
	SilenceGrants    SilenceThen = "grant"
	SilenceLapses    SilenceThen = "lapse" // of a step that the applicant takes: the case ends
)

// Silence is the state's silence as an answer.
type Silence struct {
	Then   SilenceThen
	OnlyIf *Condition // for grants: must be true on the facts
	Text   aiqyn.Text // what OnlyIf asks, for who cannot read a rule; may be empty
	To     aiqyn.Role // who gets an escalated step
	Law    aiqyn.Law  // its Status says whether this is law or our proposal
}

// SuspendReason is one of the closed list of reasons for which a clock may stop.
type SuspendReason struct {
	Name string
	Text aiqyn.Text
	// Ours marks the state's own fault: it never extends the wait beyond the cap.
	Ours bool
	// Steps are those whose clock it may stop; empty means every one.
	Steps []aiqyn.StepID
	Law   aiqyn.Law
}

// Outcome is what a grant gives.
type Outcome struct {
	Document aiqyn.Text // "technical conditions"
	// Says is what the document states: the first statement that holds. A fact
	// service answers "nothing is recorded" here, for that is an answer too.
	Says []Statement
	// Reserves names the share a grant takes from: "grid.capacity", or "".
	Reserves   string
	Amount     string        // CEL value: how much is taken: "load", "load - existing_load"
	Taken      *rule.Program // of Amount
	At         string        // CEL value: where it is taken from: "points.best.id"
	AtProgram  *rule.Program // of At
	Other      *Other        // another place may be named; nil: only the best
	Precedence *Precedence   // who filed earlier stands before others; nil: whoever is decided first
	Valid      deadline.Term // zero: without end
	Shorter    []Validity    // where it is another term: the first whose rule holds
	ValidLaw   aiqyn.Law
	Law        aiqyn.Law
}

// Statement is one sentence of a document with the condition under which it
// holds; the last has none.
type Statement struct {
	When *Condition
	Text aiqyn.Text
}

// SignFiling is the filing, in the list of what must be signed.
const SignFiling = "filing"

// MustBeSigned reports whether the pack demands an electronic signature under
// the filing, or under what is done in a step.
func (s *Service) MustBeSigned(name string) bool { return slices.Contains(s.Sign, name) }
