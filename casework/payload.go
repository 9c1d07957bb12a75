package casework

import (
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/grid"
)

// The payloads, one per kind of event.
type (
	filed struct {
		Answers  map[string]any                  `json:"answers"`
		Beacon   string                          `json:"beacon,omitempty"`
		Brought  []following                     `json:"brought,omitempty"` // cases that it opens along with this one
		Calendar string                          `json:"calendar"`
		Channel  string                          `json:"channel"`
		Command  string                          `json:"command"`
		From     *cameFrom                       `json:"from,omitempty"`
		Kept     map[aiqyn.StepID]kept           `json:"kept,omitempty"`
		Lang     aiqyn.Lang                      `json:"lang"`
		Object   string                          `json:"object,omitempty"`
		Pack     string                          `json:"pack"`
		Phone    string                          `json:"phone,omitempty"`
		Ref      aiqyn.Reference                 `json:"ref"`
		Rosters  map[aiqyn.StepID]rosterAtFiling `json:"rosters,omitempty"`
		Round    uint64                          `json:"round,omitempty"`
		Sent     *sentFrom                       `json:"sent,omitempty"` // by another log; nil: it was filed here
		Service  aiqyn.ServiceID                 `json:"service"`
		Ties     []string                        `json:"ties,omitempty"` // of the people whom the case concerns
	}
	// rosterAtFiling pins who could be drawn, and how loaded, before the filing:
	// Entry is the roster's own entry, Loads follow its order. Round is that of
	// an earlier case about the object, if its draw was still to come. Barred are
	// those of the roster whose tie is among the filing's: they are not drawn.
	rosterAtFiling struct {
		Barred []aiqyn.OfficerID `json:"barred,omitempty"`
		Entry  int64             `json:"entry"`
		Loads  []int             `json:"loads"`
		Round  uint64            `json:"round,omitempty"`
	}
	// kept is the draw of an earlier case about the same object.
	kept struct {
		Entry   int64           `json:"entry"`
		Officer aiqyn.OfficerID `json:"officer"`
	}
	lookedUp struct {
		AsOf     int64      `json:"as_of,omitempty"` // entries that what is claimed was computed after
		Claim    []computed `json:"claim,omitempty"` // what the application claims, with the filing
		Readings []reading  `json:"readings"`
	}
	reading struct {
		At       time.Time       `json:"at"`
		Found    bool            `json:"found"`
		Key      string          `json:"key"`
		Name     string          `json:"name"`
		Register string          `json:"register"`
		Source   string          `json:"source"`
		Value    json.RawMessage `json:"value,omitempty"`
		Version  string          `json:"version"`
	}
	// opened begins a step. By is set where the applicant takes it; Draw where a
	// grant has opened the case: then each step names its own draw when it begins.
	opened struct {
		Asks     bool         `json:"asks,omitempty"` // somebody else is to be asked in it
		By       aiqyn.Role   `json:"by,omitempty"`
		Calendar string       `json:"calendar"`
		Draw     *laterDraw   `json:"draw,omitempty"`
		Due      time.Time    `json:"due,omitzero"`
		Step     aiqyn.StepID `json:"step"`
	}
	drawn struct {
		Beacon   string          `json:"beacon,omitempty"`
		Blind    bool            `json:"blind"`
		Digest   string          `json:"digest,omitempty"`
		Eligible int             `json:"eligible"`
		Kept     int64           `json:"kept,omitempty"` // entry of the earlier draw
		Officer  aiqyn.OfficerID `json:"officer"`
		Proof    string          `json:"proof,omitempty"` // of the round, hex
		Round    uint64          `json:"round,omitempty"`
		Step     aiqyn.StepID    `json:"step"`
		Value    string          `json:"value,omitempty"` // of the beacon, hex
	}
	// performed is what was recorded in a step; ContestBy until when the applicant may
	// contest it, where they may.
	performed struct {
		Bundle    *evidence.Bundle `json:"bundle,omitempty"`
		ContestBy time.Time        `json:"contest_by,omitzero"`
		Files     []keptFile       `json:"files,omitempty"` // that the bundle names, where they are kept
		Records   map[string]any   `json:"records"`
		Step      aiqyn.StepID     `json:"step"`
	}
	granted struct {
		Amount    int64           `json:"amount,omitempty"` // watts
		At        []grid.Site     `json:"at,omitempty"`     // the transformer above the place
		Attached  []attached      `json:"attached,omitempty"`
		BySilence bool            `json:"by_silence"`
		Follow    *following      `json:"follow,omitempty"`
		Place     int64           `json:"place,omitempty"`
		Point     json.RawMessage `json:"point,omitempty"`
		Ruling    int64           `json:"ruling"`
		Share     string          `json:"share,omitempty"`
		Step      aiqyn.StepID    `json:"step"`
		ValidTo   time.Time       `json:"valid_to,omitzero"`
	}
	silent struct {
		Due  time.Time    `json:"due"` // that passed
		Step aiqyn.StepID `json:"step"`
	}
	notified struct {
		Note       string       `json:"note,omitempty"`
		ObjectBy   time.Time    `json:"object_by"`
		Reason     string       `json:"reason"`
		RefuseFrom time.Time    `json:"refuse_from"`
		Step       aiqyn.StepID `json:"step"`
	}
	objected struct {
		Text string `json:"text"`
	}
	refused struct {
		At       []grid.Site       `json:"at,omitempty"`       // transformers that a reason of the place is about, the nearest first
		Document *refusalDocuments `json:"document,omitempty"` // to be read, made from the ruling; nil: it has nothing of points without room
		Note     string            `json:"note,omitempty"`
		Reason   string            `json:"reason"`
		Ruling   int64             `json:"ruling"`
		Step     aiqyn.StepID      `json:"step"`
	}
	refusalRejected struct {
		Note   string       `json:"note,omitempty"`
		Reason string       `json:"reason"`
		Step   aiqyn.StepID `json:"step"`
		Trace  string       `json:"trace"`
	}
	escalated struct {
		Due  time.Time    `json:"due,omitzero"`
		Step aiqyn.StepID `json:"step"`
		To   aiqyn.Role   `json:"to"`
		Why  string       `json:"why"` // "silence", "reason-true", "uncertain", "objection"
	}
	suspended struct {
		Reason string `json:"reason"`
	}
	resumed struct {
		Due time.Time `json:"due,omitzero"`
	}
	rescheduled struct {
		Calendar string    `json:"calendar"`
		Due      time.Time `json:"due"`
		Was      time.Time `json:"was"`
	}
	corrected struct {
		Affected []int64 `json:"affected"` // entries that rested on the old value
		Entry    int64   `json:"entry"`
		Field    string  `json:"field"`
		Ground   string  `json:"ground"`
		// Read is how a fact was read again; nil: a record, a fact that was typed, or the
		// entry is from before it was kept.
		Read  *readAnew       `json:"read,omitempty"`
		Value json.RawMessage `json:"value"`
		Was   json.RawMessage `json:"was,omitempty"`
	}
	// readAnew is what a register answers when it is asked again about a fact; Found may
	// be other than at the first time.
	readAnew struct {
		At      time.Time `json:"at"`
		Found   bool      `json:"found"`
		Source  string    `json:"source"`
		Version string    `json:"version"`
	}
	// correctionAsked points at what is wrong: Entry recorded Field, and Said is what
	// it should be. Above is the body that a request goes to when nobody answers.
	correctionAsked struct {
		Above    aiqyn.BodyID `json:"above,omitempty"`
		Calendar string       `json:"calendar"`
		Due      time.Time    `json:"due,omitzero"`
		Entry    int64        `json:"entry"`
		Field    string       `json:"field"`
		Said     string       `json:"said,omitempty"`
		Text     string       `json:"text"`
	}
	correctionDeclined struct {
		Ground string `json:"ground"`
	}
	// attested says that an auditor has recomputed the log up to a size.
	attested struct {
		Size  int64  `json:"size"`
		Sound bool   `json:"sound"`
		Text  string `json:"text,omitempty"`
	}
	seen struct {
		Purpose Purpose   `json:"purpose"`
		Until   time.Time `json:"until"`
	}
	// glass is that somebody asks to see a person in the clear, or that a second
	// person lets them: then For and Role are of who asked.
	glass struct {
		For    aiqyn.OfficerID `json:"for,omitempty"`
		Ground string          `json:"ground"`
		Role   aiqyn.Role      `json:"role,omitempty"`
		Until  time.Time       `json:"until,omitzero"`
	}
	annulled struct {
		Entry  int64  `json:"entry"`
		Ground string `json:"ground"`
	}
	// held is a hold or its end. Until is the last instant of a hold; those
	// recorded before holds had an end run until somebody lifts them. Due is the
	// date of the open step, moved.
	held struct {
		Due    time.Time `json:"due,omitzero"`
		Ground string    `json:"ground"`
		Until  time.Time `json:"until,omitzero"`
	}
	rebased struct {
		Act    string `json:"act"`
		Better string `json:"better"` // "old" or "new": which is better for the applicant
		From   string `json:"from"`
		To     string `json:"to"`
	}
	lapsed struct {
		Share string `json:"share,omitempty"`
	}
	withdrawn struct {
		Text string `json:"text,omitempty"`
	}
	// appealed is an appeal. Those from before appeals were a step of their own
	// went to the head of the body, and have neither Body nor Draw.
	appealed struct {
		Body aiqyn.BodyID `json:"body,omitempty"`
		Draw *laterDraw   `json:"draw,omitempty"`
		Text string       `json:"text"`
		To   aiqyn.Role   `json:"to"`
	}
	// appealDecided ends an appeal. Draw and Step are of the step that must be
	// decided again.
	appealDecided struct {
		Draw    *laterDraw    `json:"draw,omitempty"`
		Ground  string        `json:"ground"`
		Outcome AppealOutcome `json:"outcome"`
		Step    aiqyn.StepID  `json:"step,omitempty"`
	}
	// laterDraw names a draw that the filing could not: its beacon and future
	// round, the roster and loads that stand, and who of it is barred. Barred are
	// those who have decided before, and those whose tie is one of Ties: of the
	// people whom the case concerns, and of those who decided, under any number.
	laterDraw struct {
		Beacon  string            `json:"beacon"`
		Decided []aiqyn.OfficerID `json:"decided"`
		Roster  rosterAtFiling    `json:"roster"`
		Ties    []string          `json:"ties,omitempty"`
	}
	// factRead is who read a fact, or tried to. What they were given is the
	// look-up of this version.
	factRead struct {
		Body     aiqyn.BodyID `json:"body"`
		Register string       `json:"register"`
		Version  string       `json:"version,omitempty"`
	}
	erasureAsked struct {
		Ground string `json:"ground"`
	}
	// residue is what stays of an erased case: nothing of a person.
	residue struct {
		Amount int64    `json:"amount,omitempty"`
		Asked  string   `json:"asked,omitempty"` // who had asked, under the log's keys: see askedBy
		Bid    *bidLeft `json:"bid,omitempty"`
		Case   int64    `json:"case"`
		Closed string   `json:"closed"` // day
		// Connected is the day, in UTC, since which what was granted is drawn.
		Connected string `json:"connected,omitempty"`
		// Dated: it has waited in its queue since the instant at which it came in itself.
		Dated    bool            `json:"dated,omitempty"`
		District string          `json:"district,omitempty"`
		Entries  int64           `json:"entries"`
		Filed    string          `json:"filed"` // day
		Ground   string          `json:"ground"`
		Moves    string          `json:"moves,omitempty"` // hash of those in queues, which stay
		Outcome  aiqyn.Outcome   `json:"outcome"`
		Paid     int64           `json:"paid,omitempty"` // tiyn that came and stayed: the books must show it
		Place    int64           `json:"place,omitempty"`
		Service  aiqyn.ServiceID `json:"service"`
	}
	// demanded is a report. What the person wrote is sealed under a key of its
	// own; reports from before that have it as Text.
	demanded struct {
		Body        string `json:"body"`
		Certificate string `json:"certificate"`
		Region      string `json:"region,omitempty"`
		Sealed      []byte `json:"sealed,omitempty"`
		Text        string `json:"text,omitempty"`
	}
	// accountAct is something done to an account. Whose, and what, is sealed under a
	// key of its own.
	accountAct struct {
		Sealed []byte `json:"sealed"`
	}
	// reportErasure is about the text of the report at an entry.
	reportErasure struct {
		Entry  int64  `json:"entry"`
		Ground string `json:"ground"`
	}
	// signed is the electronic signature under the act that follows it, with the
	// very bytes that were signed.
	signed struct {
		Act      string   `json:"act"`
		CMS      []byte   `json:"cms"`
		Document string   `json:"document"`
		Level    string   `json:"level"`
		Signer   signedBy `json:"signer"`
	}
	// signedBy is what was found out about the signer when the signature came.
	signedBy struct {
		Algorithm   string    `json:"algorithm"`
		AsOf        time.Time `json:"as_of,omitzero"` // of the status
		At          time.Time `json:"at"`             // by the time stamp, or when it came
		Claimed     time.Time `json:"claimed,omitzero"`
		Fingerprint string    `json:"fingerprint"` // of the certificate
		Issuer      string    `json:"issuer"`
		Serial      string    `json:"serial"`
		Stamped     string    `json:"stamped,omitempty"` // by whom
		Status      string    `json:"status,omitempty"`  // how it is known that it was not revoked
		Subject     string    `json:"subject"`           // tie of the person
	}
	rostered struct {
		Binds    bool                       `json:"binds,omitempty"` // each act after it is by somebody who stands
		Body     aiqyn.BodyID               `json:"body"`
		Names    map[aiqyn.OfficerID]string `json:"names,omitempty"` // ties of what the list of officers calls them
		Officers []aiqyn.OfficerID          `json:"officers"`
		Role     aiqyn.Role                 `json:"role"`
		Ties     map[aiqyn.OfficerID]string `json:"ties,omitempty"` // who they are as people
	}
	packSigned struct {
		From string `json:"from"`
		Pack string `json:"pack"`
	}
	published struct {
		From    string            `json:"from"`
		Pack    string            `json:"pack"`
		Signers []aiqyn.OfficerID `json:"signers"`
	}
	capacityPublished struct {
		Base string `json:"base,omitempty"`
		Day  string `json:"day"`
		// Difference is the hash of what it has in difference to the one before.
		Difference string `json:"difference,omitempty"`
		Hash       string `json:"hash"`
		Network    string `json:"network"`
		Public     string `json:"public,omitempty"` // what the public sees of it, where something is classified
		Trafos     int    `json:"trafos"`
	}
	// measured is a batch of daily peaks: the hash of what was taken in and what
	// was left, and of the table as it came; From and To are days.
	measured struct {
		File  string `json:"file"`
		From  string `json:"from"`
		Hash  string `json:"hash"`
		Left  int    `json:"left"`
		Taken int    `json:"taken"`
		To    string `json:"to"`
	}
	// released is a release by its hash; From and To are days.
	released struct {
		Closed int64  `json:"closed"`
		From   string `json:"from"`
		Hash   string `json:"hash"`
		Opened int64  `json:"opened"` // leaves
		To     string `json:"to"`
	}
	// indexed is an index of what is published, by the hash of its signed text.
	indexed struct {
		Files    int    `json:"files"`
		Hash     string `json:"hash"`
		Previous string `json:"previous,omitempty"`
	}
	// verifierPublished is the verifier for browsers, by the hash of its bytes.
	verifierPublished struct {
		Hash string `json:"hash"`
	}
	restored struct {
		Checkpoint string `json:"checkpoint"`
		Origin     string `json:"origin"`
	}
	resent struct {
		Letters []int64 `json:"letters"` // ids in the outbox
	}
	told struct {
		Subject string `json:"subject"`
		Text    string `json:"text"`
		To      string `json:"to"` // origin of the log that is told
	}
	heard struct {
		From    string `json:"from"`  // origin of the log that told it
		Index   int64  `json:"index"` // of its entry there
		Leaf    string `json:"leaf"`  // hash of that entry in the other tree, hex
		Subject string `json:"subject"`
		Text    string `json:"text"`
	}
)
