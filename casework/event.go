package casework

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/canonical"
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
	occurred time.Time    // as claimed, when other than at
	command  string       // hash of the command that caused it; a retry is known by it
	row      *store.Entry // as written; made by seal
	data     any          // one of the payloads below
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

// newPayload returns an empty payload for a kind, to decode into.
func newPayload(k EventKind) (any, error) {
	switch k {
	case EventFiled:
		return new(filed), nil
	case EventImported:
		return new(importedCase), nil
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
	case EventSigned:
		return new(signed), nil
	case EventConsentedInPerson:
		return new(consentedInPerson), nil
	case EventErasureAsked:
		return new(erasureAsked), nil
	}
	return newOfferedPayload(k)
}

// newOfferedPayload is newPayload for what every service has without saying so:
// appeals, corrections, its price, and who looked at whom.
func newOfferedPayload(k EventKind) (any, error) {
	switch k {
	case EventSeen:
		return new(seen), nil
	case EventFileRead:
		return new(fileRead), nil
	case EventGlassAsked, EventGlassOpened:
		return new(glass), nil
	case EventAppealDecided:
		return new(appealDecided), nil
	case EventCorrectionAsked:
		return new(correctionAsked), nil
	case EventCorrectionDeclined:
		return new(correctionDeclined), nil
	case EventUnpaid:
		return new(lapsed), nil
	case EventContested:
		return new(contested), nil
	case EventFlip:
		return new(flip), nil
	case EventSilent:
		return new(silent), nil
	case EventStoodBehind:
		return new(stoodBehind), nil
	case EventPointChosen:
		return new(pointChosen), nil
	case EventOwed:
		return new(measurementOwed), nil
	case EventDearer:
		return new(dearer), nil
	case EventUsed, EventConnected, EventUnused, EventEnded:
		return new(alongside), nil
	case EventAnswered:
		return new(answeredAlong), nil
	case EventAsked:
		return new(asked), nil
	case EventCharged:
		return new(charged), nil
	case EventOrdered:
		return new(ordered), nil
	case EventPaid:
		return new(paid), nil
	case EventDeclined:
		return new(declined), nil
	case EventRefundDue:
		return new(refundDue), nil
	case EventRefunded:
		return new(refunded), nil
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
	case EventReportAsked, EventReportErased:
		return new(reportErasure), nil
	case EventPasskeyAdded, EventPasskeyRemoved,
		EventMandateGiven, EventMandateAccepted, EventMandateDeclined, EventMandateEnded, EventMandateExpired, EventRepresented, EventLooked:
		return new(accountAct), nil
	case EventRostered:
		return new(rostered), nil
	case EventPackSigned:
		return new(packSigned), nil
	case EventPublished:
		return new(published), nil
	case EventCapacity:
		return new(capacityPublished), nil
	case EventMeasured:
		return new(measured), nil
	case EventMeters:
		return new(metersRegistered), nil
	case EventPeaksDeclined:
		return new(peaksDeclined), nil
	case EventPeaksAsked, EventPeaksCorrected:
		return new(peaksCorrected), nil
	case EventSettled:
		return new(loadsSettled), nil
	case EventReductionAsked, EventMarginReduced:
		return new(marginReduction), nil
	case EventReleased:
		return new(released), nil
	case EventIndexed:
		return new(indexed), nil
	case EventVerifier:
		return new(verifierPublished), nil
	case EventBeacon:
		return new(beaconNamed), nil
	case EventRestored:
		return new(restored), nil
	case EventTablesAsked, EventTables, EventTablesDeclined:
		return new(tablesAct), nil
	case EventClassAsked, EventClassified, EventClassWarned, EventDeclassified:
		return new(classified), nil
	case EventAttested:
		return new(attested), nil
	case EventResent:
		return new(resent), nil
	}
	if data := newShardPayload(k); data != nil {
		return data, nil
	}
	if data := newQueuePayload(k); data != nil {
		return data, nil
	}
	if data := newLotPayload(k); data != nil {
		return data, nil
	}
	return nil, fmt.Errorf("unknown kind of event %q", k)
}

// privates are private parts while they are read.
var privates = sync.Pool{New: func() any { return new(private) }}

// encodePrivate returns the canonical JSON of an event's private part.
func encodePrivate(ev *event) ([]byte, error) {
	b, err := canonical.Encode(private{Actor: ev.actor, Command: ev.command, Data: ev.data, Occurred: ev.occurred})
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
	p := privates.Get().(*private)
	defer privates.Put(p)
	*p = private{Data: data}
	if !canonical.Read(b, p) {
		if data, err = newPayload(ev.kind); err != nil { // the first may be filled in part
			return err
		}
		*p = private{Data: data}
		if err := canonical.Decode(b, p); err != nil {
			return fmt.Errorf("%s: %w", ev.kind, err)
		}
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

// day is the civil date of t where the state is.
func day(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }
