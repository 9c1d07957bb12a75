package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/store"
)

// event is something that happened to a case, before and after it is written.
// Only the fields of the leaf and the sealed private part reach the disk.
type event struct {
	index    int64
	no       int64 // of the case; 0 for the system's own
	seq      int64
	kind     EventKind
	at       time.Time // recorded
	step     aiqyn.StepID
	outcome  aiqyn.Outcome
	reason   string
	actor    aiqyn.Actor
	occurred time.Time   // as claimed, when other than at
	command  string      // hash of the command that caused it; a retry is known by it
	row      store.Entry // as written; made by seal
	data     any         // one of the payloads below
}

// private is the part of an event that only its case's key opens. Fields of
// every payload are declared in the order of their JSON names, which makes
// encoding/json's output canonical (RFC 8785); a test holds them to it.
type private struct {
	Actor    aiqyn.Actor `json:"actor"`
	Command  string      `json:"command,omitempty"`
	Data     any         `json:"data"` // one of the payloads
	Occurred time.Time   `json:"occurred,omitzero"`
}

// The payloads, one per kind of event.
type (
	filed struct {
		Answers  map[string]any                  `json:"answers"`
		Beacon   string                          `json:"beacon,omitempty"`
		Calendar string                          `json:"calendar"`
		Channel  string                          `json:"channel"`
		Command  string                          `json:"command"`
		Kept     map[aiqyn.StepID]kept           `json:"kept,omitempty"`
		Lang     aiqyn.Lang                      `json:"lang"`
		Object   string                          `json:"object,omitempty"`
		Pack     string                          `json:"pack"`
		Phone    string                          `json:"phone,omitempty"`
		Ref      aiqyn.Reference                 `json:"ref"`
		Rosters  map[aiqyn.StepID]rosterAtFiling `json:"rosters,omitempty"`
		Round    uint64                          `json:"round,omitempty"`
		Service  aiqyn.ServiceID                 `json:"service"`
	}
	// rosterAtFiling pins who could be drawn, and how loaded, before the filing:
	// Entry is the roster's own entry, Loads follow its order. Round is that of
	// an earlier case about the object, if its draw was still to come.
	rosterAtFiling struct {
		Entry int64  `json:"entry"`
		Loads []int  `json:"loads"`
		Round uint64 `json:"round,omitempty"`
	}
	// kept is the draw of an earlier case about the same object.
	kept struct {
		Entry   int64           `json:"entry"`
		Officer aiqyn.OfficerID `json:"officer"`
	}
	lookedUp struct {
		Readings []reading `json:"readings"`
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
	opened struct {
		Calendar string       `json:"calendar"`
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
	performed struct {
		Bundle  *evidence.Bundle `json:"bundle,omitempty"`
		Records map[string]any   `json:"records"`
		Step    aiqyn.StepID     `json:"step"`
	}
	ruled struct {
		Calendar string       `json:"calendar"`
		Computed []computed   `json:"computed"`
		Facts    string       `json:"facts"` // hash of answers, records and look-ups it stands on
		Grant    bool         `json:"grant"`
		Now      string       `json:"now"`
		Pack     string       `json:"pack"`
		Reasons  []reasoned   `json:"reasons"`
		Step     aiqyn.StepID `json:"step"`
	}
	computed struct {
		In   json.RawMessage `json:"in"`
		Name string          `json:"name"`
		Out  json.RawMessage `json:"out"`
		With string          `json:"with"`
	}
	reasoned struct {
		Name  string `json:"name"`
		Trace string `json:"trace"` // the rule with the values it met
		True  bool   `json:"true"`
	}
	granted struct {
		Amount    int64           `json:"amount,omitempty"` // watts
		BySilence bool            `json:"by_silence"`
		Place     int64           `json:"place,omitempty"`
		Point     json.RawMessage `json:"point,omitempty"`
		Ruling    int64           `json:"ruling"`
		Share     string          `json:"share,omitempty"`
		Step      aiqyn.StepID    `json:"step"`
		ValidTo   time.Time       `json:"valid_to,omitzero"`
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
		Note   string       `json:"note,omitempty"`
		Reason string       `json:"reason"`
		Ruling int64        `json:"ruling"`
		Step   aiqyn.StepID `json:"step"`
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
		Affected []int64         `json:"affected"` // entries that rested on the old value
		Entry    int64           `json:"entry"`
		Field    string          `json:"field"`
		Ground   string          `json:"ground"`
		Value    json.RawMessage `json:"value"`
		Was      json.RawMessage `json:"was,omitempty"`
	}
	annulled struct {
		Entry  int64  `json:"entry"`
		Ground string `json:"ground"`
	}
	held struct {
		Ground string `json:"ground"`
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
	appealed struct {
		Text string     `json:"text"`
		To   aiqyn.Role `json:"to"`
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
		Amount   int64           `json:"amount,omitempty"`
		Case     int64           `json:"case"`
		Closed   string          `json:"closed"` // day
		District string          `json:"district,omitempty"`
		Entries  int64           `json:"entries"`
		Filed    string          `json:"filed"` // day
		Ground   string          `json:"ground"`
		Outcome  aiqyn.Outcome   `json:"outcome"`
		Place    int64           `json:"place,omitempty"`
		Service  aiqyn.ServiceID `json:"service"`
	}
	demanded struct {
		Body        string `json:"body"`
		Certificate string `json:"certificate"`
		Region      string `json:"region,omitempty"`
		Text        string `json:"text,omitempty"`
	}
	rostered struct {
		Body     aiqyn.BodyID      `json:"body"`
		Officers []aiqyn.OfficerID `json:"officers"`
		Role     aiqyn.Role        `json:"role"`
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
		Day     string `json:"day"`
		Hash    string `json:"hash"`
		Network string `json:"network"`
		Trafos  int    `json:"trafos"`
	}
	restored struct {
		Checkpoint string `json:"checkpoint"`
		Origin     string `json:"origin"`
	}
)

// newPayload returns an empty payload for a kind, to decode into.
func newPayload(k EventKind) (any, error) {
	switch k {
	case EventFiled:
		return new(filed), nil
	case EventLookedUp:
		return new(lookedUp), nil
	case EventOpened:
		return new(opened), nil
	case EventDrawn:
		return new(drawn), nil
	case EventPerformed:
		return new(performed), nil
	case EventRuled:
		return new(ruled), nil
	case EventGranted:
		return new(granted), nil
	case EventNotified:
		return new(notified), nil
	case EventObjected:
		return new(objected), nil
	case EventRefused:
		return new(refused), nil
	case EventRefusalRejected:
		return new(refusalRejected), nil
	case EventEscalated:
		return new(escalated), nil
	case EventSuspended:
		return new(suspended), nil
	case EventResumed:
		return new(resumed), nil
	case EventRescheduled:
		return new(rescheduled), nil
	case EventCorrected:
		return new(corrected), nil
	case EventAnnulled:
		return new(annulled), nil
	case EventHeld, EventUnheld:
		return new(held), nil
	case EventRebased:
		return new(rebased), nil
	case EventLapsed:
		return new(lapsed), nil
	case EventWithdrawn:
		return new(withdrawn), nil
	case EventAppealed:
		return new(appealed), nil
	case EventRead, EventReadRefused:
		return new(factRead), nil
	case EventErasureAsked:
		return new(erasureAsked), nil
	}
	return newSystemPayload(k)
}

// newSystemPayload is newPayload for the kinds that belong to no case.
func newSystemPayload(k EventKind) (any, error) {
	switch k {
	case EventErased:
		return new(residue), nil
	case EventDemanded:
		return new(demanded), nil
	case EventRostered:
		return new(rostered), nil
	case EventPackSigned:
		return new(packSigned), nil
	case EventPublished:
		return new(published), nil
	case EventCapacity:
		return new(capacityPublished), nil
	case EventRestored:
		return new(restored), nil
	}
	return nil, fmt.Errorf("unknown kind of event %q", k)
}

// encodePrivate returns the canonical JSON of an event's private part.
func encodePrivate(ev *event) ([]byte, error) {
	b, err := canonical(private{Actor: ev.actor, Command: ev.command, Data: ev.data, Occurred: ev.occurred})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", ev.kind, err)
	}
	return b, nil
}

// decodePrivate reads a private part back into ev, whose kind is set. Numbers
// become int64: no payload holds a fraction.
func decodePrivate(b []byte, ev *event) error {
	data, err := newPayload(ev.kind)
	if err != nil {
		return err
	}
	p := private{Data: data}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return fmt.Errorf("%s: %w", ev.kind, err)
	}
	if p.Data != data { // a null in its place
		return fmt.Errorf("%s: no payload", ev.kind)
	}
	switch x := data.(type) {
	case *filed:
		integers(x.Answers)
	case *performed:
		integers(x.Records)
	}
	ev.actor, ev.command, ev.occurred, ev.data = p.Actor, p.Command, p.Occurred, data
	return nil
}

// integers replaces the json.Numbers of a flat map.
func integers(m map[string]any) {
	for k, v := range m {
		if n, ok := v.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				m[k] = i
			}
		}
	}
}

// canonical encodes v as RFC 8785 does, given that every struct declares its
// fields in the order of their names and no value is a fraction.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	out := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if bytes.Contains(out, []byte(`\u202`)) { // the two separators that encoding/json escapes and RFC 8785 does not
		out = bytes.ReplaceAll(out, []byte(`\u2028`), []byte("\u2028"))
		out = bytes.ReplaceAll(out, []byte(`\u2029`), []byte("\u2029"))
	}
	return out, nil
}

// day is the civil date of t where the state is.
func day(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }
