package casework

// EventKind names what happened, in the past tense.
type EventKind string

// Kinds of event. The catalogue has a sentence for each: "event.<kind>".
const (
	EventFiled           EventKind = "filed"
	EventLookedUp        EventKind = "looked-up"
	EventOpened          EventKind = "opened" // a step began, with its date
	EventDrawn           EventKind = "drawn"
	EventPerformed       EventKind = "performed"
	EventRuled           EventKind = "ruled"
	EventGranted         EventKind = "granted"
	EventNotified        EventKind = "notified" // preliminary refusal, hearing open
	EventObjected        EventKind = "objected"
	EventRefused         EventKind = "refused"
	EventRefusalRejected EventKind = "refusal-rejected" // its reason was not true
	EventEscalated       EventKind = "escalated"
	EventSuspended       EventKind = "suspended"
	EventResumed         EventKind = "resumed"
	EventRescheduled     EventKind = "rescheduled" // the calendar changed
	EventCorrected       EventKind = "corrected"
	EventAnnulled        EventKind = "annulled"
	EventHeld            EventKind = "held"
	EventUnheld          EventKind = "unheld"
	EventRebased         EventKind = "rebased"
	EventLapsed          EventKind = "lapsed"
	EventWithdrawn       EventKind = "withdrawn"
	EventAppealed        EventKind = "appealed"
	EventAppealDecided   EventKind = "appeal-decided"
	EventRead            EventKind = "read"         // by another body, with consent
	EventReadRefused     EventKind = "read-refused" // to a body without it
	// EventConsentedInPerson is that two clerks at a counter have a person's word.
	EventConsentedInPerson EventKind = "consented-in-person"
	EventErasureAsked      EventKind = "erasure-asked"
	EventErased            EventKind = "erased" // the residue that stays
	EventDemanded          EventKind = "demanded"
	EventReportAsked       EventKind = "report-erasure-asked"
	EventReportErased      EventKind = "report-erased" // its text; the count stays
	EventRostered          EventKind = "rostered"
	EventPackSigned        EventKind = "pack-signed"
	EventPublished         EventKind = "published"
	EventCapacity          EventKind = "capacity-published"
	EventMeasured          EventKind = "peaks-measured"            // daily peaks of transformers were taken in
	EventMeters            EventKind = "meters-registered"         // which stands at which transformer, from which day on
	EventPeaksAsked        EventKind = "peaks-correction-asked"    // corrections wait for a second signer
	EventPeaksDeclined     EventKind = "peaks-correction-declined" // by the second, and nothing waits any more
	EventPeaksCorrected    EventKind = "peaks-corrected"           // readings that were sent wrongly
	EventSettled           EventKind = "connections-settled"       // what is connected has become part of the measured load
	EventReductionAsked    EventKind = "reduction-asked"           // somebody wants a published margin withdrawn
	EventMarginReduced     EventKind = "margin-reduced"            // and a second has signed that it is
	EventReleased          EventKind = "released"                  // fields of many leaves, showing nobody
	EventIndexed           EventKind = "indexed"                   // what is published, signed
	EventVerifier          EventKind = "verifier-published"
	EventSigned            EventKind = "signed"                // what follows, with an electronic signature
	EventClassAsked        EventKind = "classification-asked"  // to hide what was open: a second person is needed
	EventClassified        EventKind = "classified"            // what the public sees of the network
	EventClassWarned       EventKind = "classification-warned" // the reviewer: it ends soon
	EventDeclassified      EventKind = "declassified"          // a class has ended by itself
	EventRestored          EventKind = "restored"
	EventResent            EventKind = "letters-resent" // by an operator
	EventTablesAsked       EventKind = "tables-asked"   // a network and what belongs to it wait for a second person
	EventTables            EventKind = "tables-in-force"
	EventTablesDeclined    EventKind = "tables-declined"
	EventTold              EventKind = "told"     // to another shard
	EventHeard             EventKind = "heard"    // from another shard, with its proof
	EventSentOn            EventKind = "sent-on"  // to the log that carries its place
	EventArrived           EventKind = "arrived"  // there: what that log says of it, with its proof
	EventTakenOn           EventKind = "taken-on" // an application that another log has sent on
)

// Kinds of event of the steps that every service has.
const (
	EventCorrectionAsked    EventKind = "correction-asked"
	EventCorrectionDeclined EventKind = "correction-declined"
	EventAttested           EventKind = "attested"     // an auditor has recomputed the log
	EventSeen               EventKind = "seen"         // an officer has uncovered a person's data, for a purpose
	EventFileRead           EventKind = "file-read"    // somebody reads a photograph or a document
	EventGlassAsked         EventKind = "glass-asked"  // somebody wants to see a person in the clear
	EventGlassOpened        EventKind = "glass-opened" // and a second person has let them
	EventPasskeyAdded       EventKind = "passkey-added"
	EventPasskeyRemoved     EventKind = "passkey-removed"
	EventMandateGiven       EventKind = "mandate-given"    // one lets another act for them
	EventMandateAccepted    EventKind = "mandate-accepted" // and that one takes it up
	EventMandateDeclined    EventKind = "mandate-declined" // or does not
	EventMandateEnded       EventKind = "mandate-ended"    // by either
	EventMandateExpired     EventKind = "mandate-expired"  // by itself
	EventRepresented        EventKind = "represented"      // somebody acts for whom a register has them stand for
	EventLooked             EventKind = "looked"           // how often whom somebody was shown something of a person's, on a day
	EventImported           EventKind = "imported"         // a case of a former system: claimed, unproven
)

// Kinds of event of a road: of cases that a grant has opened.
const (
	EventContested   EventKind = "contested"        // what was recorded, and another records it again
	EventFlip        EventKind = "flip"             // a refusal and a grant that contradict each other came to light
	EventOwed        EventKind = "measurement-owed" // of transformers whose load nobody knows, by the date of the step
	EventStoodBehind EventKind = "stood-behind"     // its day has passed while others stand before it
	EventPointChosen EventKind = "point-chosen"     // by the applicant: not the best
	EventDearer      EventKind = "dearer"           // the grant takes from a dearer place than the best
	EventUsed        EventKind = "used"             // what was reserved: somebody has gone on from there
	EventConnected   EventKind = "connected"        // what was reserved is held for good
	EventUnused      EventKind = "unused"           // what followed has ended, and what was reserved lapses
	EventEnded       EventKind = "ended"            // because what it follows has ended
	EventSilent      EventKind = "silent"           // nobody answered in time, and so it is granted
	EventAnswered    EventKind = "answered"         // what the filing has brought along has been decided
	EventAsked       EventKind = "asked"            // somebody else, in a step that needs their word
)

// Kinds of event of the official price.
const (
	EventCharged   EventKind = "charged"          // the case has a price, and waits for it
	EventOrdered   EventKind = "payment-ordered"  // the provider was asked to take it
	EventPaid      EventKind = "paid"             // the provider says so, signed
	EventDeclined  EventKind = "payment-declined" // or that nothing was taken
	EventRefundDue EventKind = "refund-due"       // a sum is to go back
	EventRefunded  EventKind = "refunded"         // and has gone, says the provider
	EventUnpaid    EventKind = "unpaid"           // it was not paid in time, and the case lapses
)
