package casework

import (
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/ledger"
	"aiqyn/rule"
	"aiqyn/service"
)

// CaseView is a case as one viewer may see it.
type CaseView struct {
	Ref         aiqyn.Reference
	Service     *service.Service
	PackHash    string
	Title       aiqyn.Text
	Applicant   string     // masked unless it is the viewer or a drawn officer of this case
	Agent       *AgentView // who filed it for the applicant; nil: they themselves
	Own         bool
	Covered     bool // people are covered until the viewer says what for
	Filed       time.Time
	Behind      time.Time // its day has passed, and others stand before it until then at most; zero: not so
	Status      Status
	Outcome     aiqyn.Outcome
	RefusalPage bool          // a refusal says what it rests on, [Engine.RefusalPage]
	Step        *service.Step // the open step; nil when closed
	StepState   StepState
	Officer     string        // who was drawn for the open step
	Draw        *DrawView     // how
	Due         *deadline.Due // of the open step; Why says why this date
	DaysLeft    int
	Silence     service.SilenceThen
	Answers     []Answer
	Facts       []FactView
	Records     []Answer
	Files       []FileShown
	Ruling      *RulingView
	Rulings     []RulingStands // in order, of a case that was ruled more than once
	Hearing     *HearingView
	Appeal      *AppealView
	AppealBy    time.Time       // until when a refusal may be appealed against; zero: not, or no more
	Conditions  *ConditionsView // what was granted
	Fee         *FeeView        // nil: it costs nothing
	Road        *RoadView       // nil: the case is all there is
	Along       []AlongView     // what the application has brought along
	BroughtBy   aiqyn.Reference // the application that has brought it along; "" if it was filed by itself
	Sent        *SentView       // nil: it was not sent on to another log
	Came        *CameView       // nil: no other log has sent it on
	Queue       *QueueView      // nil: it waits in none
	Bid         *BidView        // nil: the case is neither a bid nor an objection
	Contest     *ContestView    // nil: nothing recorded may be contested
	Correction  *CorrectionView // the last request to correct
	Corrected   []CorrectedView // in order
	Correctable []CorrectableView
	Events      []EventView
	Suspended   string // reason, when the clock stands
	Held        bool
	Hold        *HoldView // the one that runs
	Can         []string  // commands that this viewer may send now: "perform", "decide", "object", "withdraw", …
}

// AgentView is who filed a case for another.
type AgentView struct {
	Person string // their number, masked like the applicant
	Kind   string // by what right: "mandate", or the register that names them
	Entry  int64  // that gave the mandate
}

// Status is where a case stands, for lists.
type Status string

// Statuses of a case.
const (
	StatusOpen       Status = "open"
	StatusSuspended  Status = "suspended"
	StatusHearing    Status = "hearing"    // a preliminary refusal was sent
	StatusAppeal     Status = "appeal"     // refused, and somebody above looks at it
	StatusCorrection Status = "correction" // granted, and said to have an error
	StatusPayment    Status = "payment"    // waits for its official price
	StatusQueue      Status = "queue"      // waits for an offer
	StatusBooked     Status = "booked"     // has a time to come at
	StatusClosed     Status = "closed"
	StatusErased     Status = "erased"
)

// StepState is where the open step stands.
type StepState string

// States of a step.
const (
	StepDrawing   StepState = "drawing" // the officer is not drawn yet
	StepOpen      StepState = "open"
	StepHearing   StepState = "hearing"
	StepEscalated StepState = "escalated"
	StepWaiting   StepState = "waiting" // in a queue, for an offer
)

// Answer is one question with what was answered.
type Answer struct {
	Question service.Question
	Value    string     // as typed
	Label    aiqyn.Text // of a choice
}

// FactView is one look-up.
type FactView struct {
	Name, Register string
	Purpose        aiqyn.Text
	Value          json.RawMessage
	At             time.Time
	Source         string
	Names          bool // it says who the applicant is
}

// RulingView is the computed outcome with its reasons. Preview is true when it
// is computed for the page and not recorded.
type RulingView struct {
	Preview        bool
	Grant          bool
	Entry          int64
	At             time.Time
	Reasons        []ReasonView // every listed reason, true or false, with its trace
	Points         *PointsView  // the connection points, where the service computes them
	Added          *AddedView   // what comes on the network; nil: nothing says so
	Margin         *MarginView  // what was published as free, where there is no room now
	Sources        *SourcesView // on how many sources, where fewer than two have room now
	Earlier        []Earlier    // who stand before it where it has room, and are not decided yet: the earliest
	Ahead          int          // how many those are in all, to those who work on the case
	With           []string     // computations, name@version
	Pack, Calendar string
}

// ReasonView is one of the closed list of reasons, evaluated.
type ReasonView struct {
	Reason service.Reason
	True   bool
	Trace  rule.Trace
}

// PointsView is what grid.connection-points answers.
type PointsView struct {
	Certified    bool        `json:"certified"`
	LoadW        int64       `json:"load_w"`
	Feasible     []PointView `json:"feasible"`
	Rejected     []PointView `json:"rejected"`
	Best         *PointView  `json:"best"`
	Network      string      `json:"network"`
	NearestFreeW int64       `json:"nearest_free_w"`
	Upgrade      *PointView  `json:"upgrade"` // the cheapest that would be feasible if the network were reinforced
	Ask          AskView     `json:"consent"`
}

// PointView is one candidate connection point.
type PointView struct {
	ID        string         `json:"id"`
	Bus       int            `json:"bus"`
	RouteM    int64          `json:"route_m"`
	Cost      int64          `json:"cost"` // tiyn
	FreeW     int64          `json:"free_w"`
	Binding   string         `json:"binding"`
	Element   int            `json:"element"` // that binds: a bus for a voltage, a line or transformer otherwise
	Because   string         `json:"because,omitempty"`
	By        string         `json:"by,omitempty"` // streets, straight
	Volts     int64          `json:"-"`            // rated, of the bus; 0: not known
	Needs     string         `json:"needs,omitempty"`
	Price     *grid.Price    `json:"price,omitempty"`
	Reinforce *ReinforceView `json:"reinforce,omitempty"`
	Above     *AboveView     `json:"-"`               // nil: none feeds it, or it is not shown
	Limit     *LimitView     `json:"-"`               // nil: nothing with a rating binds, or some point has room
	Route     [][2]int64     `json:"route,omitempty"` // corners from the place to the bus, whole millimetres
}

// HearingView is the notice before a refusal.
type HearingView struct {
	Reason    service.Reason
	Noticed   time.Time
	ObjectBy  time.Time
	RefuseNot time.Time  // no refusal before this
	Text      aiqyn.Text // what the applicant may do in it, by the pack; may be empty
	Law       aiqyn.Law  // that there is a hearing
	Objection string
	Objected  time.Time
}

// AppealView is an appeal, and what has become of it.
type AppealView struct {
	Text    string
	At      time.Time
	Body    aiqyn.BodyID  // that hears it
	Outcome AppealOutcome // "" as long as it is open
	Ground  string        // why so
	Decided time.Time
}

// CorrectionView is a request to correct, and what has become of it.
type CorrectionView struct {
	Field, Said, Text string
	Entry             int64 // that is said to be wrong
	At                time.Time
	Outcome           string // CorrectionMade, CorrectionDeclined, or "" while it waits
	Ground            string
	Ended             time.Time
}

// CorrectedView is one value that was put right, and what rested on it. Was and
// Value are empty where they are whole documents of a register.
type CorrectedView struct {
	Index             int64
	Field, Was, Value string
	At                time.Time
	Entry             int64
	Ground            string
	Affected          []int64 // entries that rested on the old value
	Again             int64   // the ruling made again; 0: there was none
	Grant             bool    // what it came to
}

// CorrectableView is one thing in a document that may be wrong: a record of an
// officer, or a fact of a register.
type CorrectableView struct {
	Field    string
	Label    aiqyn.Text
	Question *service.Question // of a record
	Value    string            // of a record
	Register string            // of a fact
}

// ConditionsView is what was granted.
type ConditionsView struct {
	Entry     int64
	At        time.Time
	BySilence bool
	AmountW   int64
	Point     *PointView
	Dearer    *DearerView // nil: it is the best, or costs much the same
	ValidTo   time.Time
	Says      aiqyn.Text // what the document states; empty if the pack has no statement
}

// DearerView is a flag on a grant at a much dearer place than the best.
type DearerView struct {
	Best, Letter         string // Letter is the hash of what the reason rests on
	BestCost, Cost, Over int64  // tiyn; Over in per cent
	Reason               aiqyn.Text
	Kept                 bool // the letter is to be read, not named alone
}

// DrawView tells how the officer was chosen.
type DrawView struct {
	Beacon     string
	Round      uint64
	Due        time.Time
	Value      string // hex; empty until it is published
	Eligible   int
	Blind      bool   // at least three could have been drawn
	Protection string // catalogue key
	Kept       bool   // an earlier draw for the same object was kept
}

// EventView is one line of a timeline.
type EventView struct {
	Index    int64
	Seq      int
	Kind     EventKind
	Step     *service.Step
	At       time.Time
	Occurred time.Time // when claimed otherwise
	Role     aiqyn.Role
	Known    aiqyn.Assurance // how the person was known who did it
	Agent    bool            // they acted for another
	Officer  string
	Outcome  aiqyn.Outcome
	Reason   string
	Args     map[string]any // for the text "event.<kind>"
	Proven   Standing       // how strongly it is proven now
	Signed   *SignedView    // of a signature: by what, and how it was checked
}

// SignedView is an electronic signature as it was taken.
type SignedView struct {
	Level     string // text web.signed.<level>
	Algorithm string
	Issuer    string
	At        time.Time // by the time stamp, or when it came
	Stamped   string    // by whom; empty: not stamped
	Status    string    // how it is known that the certificate held: crl, ocsp
	AsOf      time.Time
}

// Standing is how strongly an entry is proven: by how many of how many
// witnesses, and how many are needed.
type Standing struct {
	Level          ledger.Level
	By, Of, Needed int
	Late           bool // not witnessed in the time within which it should be
}

// CaseLine is one line of a list of cases.
type CaseLine struct {
	Ref      aiqyn.Reference
	Service  aiqyn.ServiceID
	Title    aiqyn.Text
	Status   Status
	Outcome  aiqyn.Outcome
	Step     aiqyn.Text
	Filed    time.Time
	Due      time.Time // zero: none
	DaysLeft int
	Object   string // parcel; empty where the viewer may not see it yet
	Answer   bool   // its service is one in which somebody is asked
}

// Page asks for a part of a list; After is the Next of the page before.
type Page struct {
	After   string
	Limit   int             // 1..200; 0 means 25
	Service aiqyn.ServiceID // of cases: only of this service
	Status  Status          // of cases: only in this state
}

// List is one page of T; Next is empty on the last page.
type List[T any] struct {
	Items []T
	Next  string
}

// TrafoLine is one transformer's free power as last published.
type TrafoLine struct {
	ID        int
	Name      string
	District  aiqyn.Text
	SnKVA     int64
	FreeW     int64 // now, reservations counted; -1 unlimited
	LapseW    int64 // if the reservations not yet connected lapse
	ReservedW int64
	// ConnectedW is what of that is connected, and not yet part of the measured load.
	ConnectedW int64 `json:",omitempty"`
	PeakW      int64 // apparent power at the peak, in VA
	LoadPPM    int64 // of the rated current, reservations included
	Binding    string
	Element    int
	Basis      string // measured, estimated, unknown
	Measured   string // date of the last reading, or since when the utility stands by its estimate
	Missing    int    // of the days that must have a reading, those without; 0 unless measured
	// ApartW is by how much its meter has read less than those of the transformers below
	// it together, each at its own peak. IdleW generates directly below it, uncounted.
	ApartW, IdleW int64 `json:",omitempty"`
	Lat, Lon      float64
	// Owned is that it is not the utility's: who connects below it needs the owner's
	// consent. Who that is nobody is shown.
	Owned bool `json:",omitempty"`
}

// Publication tells what a capacity list stands on.
type Publication struct {
	At      time.Time
	Day     string
	Network string // hash of the network snapshot
	Hash    string // of the publication itself
	Entry   int64  // its entry in the log
	Count   int
}

// Head is the state of the log.
type Head struct {
	Origin      string
	Size        int64
	Root        string
	At          time.Time // of the last entry
	Checkpoint  string    // signed note
	Witnessed   int64     // size that the quorum has cosigned
	WitnessedAt time.Time
	Witnesses   []WitnessState
	Needed      int       // how many of them must cosign
	Waiting     time.Time // since when the oldest entry that is not witnessed waits; zero: none does
	Late        bool      // it has waited longer than it may
	VerifierKey string
	Policy      string // which witnesses suffice (c2sp.org/tlog-policy); empty: none
	Practice    bool   // demonstration keys: protects nobody
}

// WitnessState is one witness as we know it.
type WitnessState struct {
	Name string
	Size int64
	At   time.Time
	Err  string
	// Other is true when the witness has seen another history under our name,
	// or a longer one: either it was shown a fork, or we have lost entries.
	Other bool
}
