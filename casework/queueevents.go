package casework

import (
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
)

// Kinds of event of a queue.
const (
	EventEntered        EventKind = "entered"         // the queue; nobody lets anybody in
	EventRanked         EventKind = "ranked"          // anew: registers say otherwise
	EventOffered        EventKind = "offered"         // a place, by a round
	EventAccepted       EventKind = "accepted"        // by the applicant
	EventOfferDeclined  EventKind = "offer-declined"  // by the applicant
	EventOfferExpired   EventKind = "offer-expired"   // not answered, or not taken up, in time
	EventQueueRestored  EventKind = "queue-restored"  // after a stop, or before its end
	EventMoved          EventKind = "moved"           // a later case has taken a better place
	EventTransferredOut EventKind = "transferred-out" // of a region
	EventTransferredIn  EventKind = "transferred-in"  // to another, with the first date

	EventDateImported  EventKind = "date-imported"  // a first date that a former system claims
	EventTicket        EventKind = "ticket-taken"   // a place that was left of the day
	EventRebooked      EventKind = "rebooked"       // they have given their slot back, or can come at another time
	EventSlotCancelled EventKind = "slot-cancelled" // by the institution
	EventAttended      EventKind = "attended"       // they came
	EventMissed        EventKind = "missed"         // they did not come

	EventSchedule       EventKind = "schedule-published"
	EventQueueTable     EventKind = "queue-table-brought"   // of a former system
	EventQueueConfirmed EventKind = "queue-table-confirmed" // by a second person: its dates may be given
	EventQueueDeclined  EventKind = "queue-table-declined"  // or they may not
	EventPlaces         EventKind = "places-reported"
	EventRoundCommitted EventKind = "round-committed" // its inputs, before there is a seed
	EventRoundDrawn     EventKind = "round-drawn"     // its result
	EventRoundSettled   EventKind = "round-settled"   // every offer was made
)

type (
	// entered says since when somebody counts as waiting, and for what. From is the
	// entry that first said so, in an earlier case about them; Holds the case whose
	// place they keep until they take a better one.
	entered struct {
		Class  string    `json:"class"`
		First  time.Time `json:"first"`
		From   int64     `json:"from,omitempty"`
		Groups []string  `json:"groups"`
		Holds  int64     `json:"holds,omitempty"`
		worth            // in the order of names, as receipts are
		Secret string    `json:"secret"`
		// Siblings are the institutions where a brother or sister is.
		Siblings []string `json:"siblings,omitempty"`
		Tier     int      `json:"tier"`
		// Unproven: From is a former system's word, not an entry into this queue.
		Unproven bool   `json:"unproven,omitempty"`
		Wish     string `json:"wish,omitempty"`
	}
	// rankedAnew is the tier that follows from what registers say now.
	rankedAnew struct {
		Class string `json:"class"`
		worth
		Siblings []string `json:"siblings,omitempty"`
		Tier     int      `json:"tier"`
		Was      int      `json:"was"`
	}
	// worth is what ranks somebody beside the tier: points with what they are made
	// of, and the quotas and reserves that they belong to.
	worth struct {
		Points   int64           `json:"points,omitempty"`
		Quotas   []string        `json:"quotas,omitempty"`
		Reserves []string        `json:"reserves,omitempty"`
		Scores   []service.Score `json:"scores,omitempty"`
	}
	// offerMade is a place that a round gives: Round is the entry of its result.
	offerMade struct {
		Calendar string    `json:"calendar"`
		Due      time.Time `json:"due"`
		Ends     time.Time `json:"ends,omitzero"` // of a slot
		Group    string    `json:"group"`         // seat of it
		Round    int64     `json:"round"`
		Starts   time.Time `json:"starts,omitzero"`
	}
	// offerTaken says yes. Until is the end of the time in which the institution
	// says who came to a slot.
	offerTaken struct {
		Group string    `json:"group"`
		Until time.Time `json:"until,omitzero"`
	}
	// ticketTaken is a slot of the same day, for who asked first.
	ticketTaken struct {
		Ends   time.Time `json:"ends"`
		Group  string    `json:"group"`
		Starts time.Time `json:"starts"`
		Until  time.Time `json:"until"`
	}
	// rebooked is another wish, and the slot that was given back for it, "" if none was.
	rebooked struct {
		Group string `json:"group,omitempty"`
		Wish  string `json:"wish,omitempty"`
	}
	slotCancelled struct {
		Group string `json:"group"`
	}
	// attended says who came. Silent: the institution said nothing in time, which is
	// not held against the applicant.
	attended struct {
		Group  string `json:"group"`
		Silent bool   `json:"silent,omitempty"`
	}
	// schedulePublished is a row of slots of a group. Institution is what its register
	// says of it.
	schedulePublished struct {
		Count       int             `json:"count"`
		From        time.Time       `json:"from"`
		Group       string          `json:"group"`
		Institution json.RawMessage `json:"institution"`
		Minutes     int             `json:"minutes"`
		Places      int             `json:"places"`
		SameDay     bool            `json:"same-day"`
		Service     aiqyn.ServiceID `json:"service"`
		Source      string          `json:"source"`
		Version     string          `json:"version"`
	}
	// offerOver ends an offer. Until is the end of the stop; zero: there is none.
	offerOver struct {
		Group string    `json:"group"`
		Until time.Time `json:"until,omitzero"`
	}
	queueRestored struct {
		Wish bool `json:"wish"` // of the applicant, before the stop was over
	}
	// placesReported says how many places a group has. Institution is what its
	// register says of it.
	placesReported struct {
		Group       string          `json:"group"`
		Institution json.RawMessage `json:"institution"`
		Places      int64           `json:"places"`
		Service     aiqyn.ServiceID `json:"service"`
		Source      string          `json:"source"`
		Version     string          `json:"version"`
		Was         int64           `json:"was"`
	}
	// roundCommitted names a round's inputs, by the root that strangers compute and
	// the hash of their file, and a seed that is not there yet.
	roundCommitted struct {
		Applicants int             `json:"applicants"`
		Beacon     string          `json:"beacon"`
		Closed     string          `json:"closed"`
		Day        string          `json:"day"`
		Groups     int             `json:"groups"`
		Inputs     string          `json:"inputs"` // hash of their file
		Name       string          `json:"name"`
		Pack       string          `json:"pack"`
		Root       string          `json:"root"`
		Rules      string          `json:"rules"` // hash
		Seats      int             `json:"seats"`
		Seed       uint64          `json:"seed"` // round of the beacon
		Service    aiqyn.ServiceID `json:"service"`
	}
	// roundDrawn is what a round came to: File is the round with its seed, Result who
	// got what, both by hash.
	roundDrawn struct {
		Committed int64  `json:"committed"` // entry
		File      string `json:"file"`
		// Inverted counts by cause who was given a place before somebody with an earlier
		// date; nil: the entry is from before it was counted.
		Inverted *allocation.Inverted `json:"inverted,omitempty"`
		Matched  int                  `json:"matched"`
		Name     string               `json:"name"`
		Proof    string               `json:"proof"`
		Result   string               `json:"result"`
		Service  aiqyn.ServiceID      `json:"service"`
		Value    string               `json:"value"`
	}
	roundSettled struct {
		Drawn   int64           `json:"drawn"` // entry
		Name    string          `json:"name"`
		Service aiqyn.ServiceID `json:"service"`
	}
)

// newQueuePayload is newPayload for the kinds of a queue; nil for others.
func newQueuePayload(k EventKind) any {
	switch k {
	case EventEntered:
		return new(entered)
	case EventRanked:
		return new(rankedAnew)
	case EventOffered:
		return new(offerMade)
	case EventAccepted:
		return new(offerTaken)
	case EventOfferDeclined, EventOfferExpired:
		return new(offerOver)
	case EventQueueRestored:
		return new(queueRestored)
	case EventMoved:
		return new(alongside)
	case EventDateImported:
		return new(dateImported)
	case EventQueueTable:
		return new(queueTableBrought)
	case EventQueueConfirmed, EventQueueDeclined:
		return new(queueTableAnswered)
	case EventBarred:
		return new(queueBarred)
	case EventTicket:
		return new(ticketTaken)
	case EventRebooked:
		return new(rebooked)
	case EventSlotCancelled:
		return new(slotCancelled)
	case EventAttended, EventMissed:
		return new(attended)
	case EventSchedule:
		return new(schedulePublished)
	case EventTransferredOut:
		return new(transferredOut)
	case EventTransferredIn:
		return new(transferredIn)
	case EventPlaces:
		return new(placesReported)
	case EventRoundCommitted:
		return new(roundCommitted)
	case EventRoundDrawn:
		return new(roundDrawn)
	case EventRoundSettled:
		return new(roundSettled)
	}
	return nil
}

// applyQueue folds the events of a queue.
func (s *State) applyQueue(ev *event) {
	q := s.Queue
	switch d := ev.data.(type) {
	case *entered:
		s.Queue = &queued{
			Class: d.Class, Entered: ev.index, First: d.First, Groups: d.Groups, Holds: d.Holds, Secret: d.Secret, Siblings: d.Siblings, State: QueueWaiting, Tier: d.Tier,
			Wish: d.Wish, worth: d.worth,
		}
		if d.Unproven {
			s.Queue.Claimed = d.From
		}
		s.wait(ev)
	case *dateImported:
		q.applyDate(ev, d)
	case *rankedAnew:
		q.Class, q.Tier, q.Siblings, q.worth = d.Class, d.Tier, d.Siblings, d.worth
	case *offerMade:
		q.State, q.Group, q.Round, q.Starts, q.Ends = QueueOffered, d.Group, d.Round, d.Starts, d.Ends
		s.StepState, s.Theirs, s.Due, s.Calendar, s.Opened = StepOpen, true, d.Due, d.Calendar, ev.at
	case *offerTaken:
		if q.State = QueueTaken; !q.Starts.IsZero() {
			q.Until = d.Until
			s.wait(ev)
		}
	case *ticketTaken:
		q.State, q.Group, q.Starts, q.Ends, q.Until = QueueTaken, d.Group, d.Starts, d.Ends, d.Until
		s.wait(ev)
	case *rebooked:
		if q.Wish = d.Wish; d.Group != "" {
			q.Changes++
			q.free()
			s.wait(ev)
		}
	case *slotCancelled:
		q.free()
		s.wait(ev)
	case *queueBarred:
		q.State = QueueLeft
	case *attended:
		q.Until = time.Time{}
	case *offerOver:
		q.free()
		q.Until = d.Until
		if !d.Until.IsZero() {
			q.State, q.Stopped = QueueStopped, ev.at
		}
		s.wait(ev)
	case *transferredOut, *transferredIn:
		s.applyTransfer(ev)
	case *queueRestored:
		q.State, q.Until, q.Stopped = QueueWaiting, time.Time{}, time.Time{}
		if d.Wish {
			q.Restored++
		}
	}
}

// free lets the case wait again: what it had is the next one's.
func (q *queued) free() {
	q.State, q.Group, q.Round, q.Until, q.Starts, q.Ends = QueueWaiting, "", 0, time.Time{}, time.Time{}, time.Time{}
}

// wait brings the case to the step of the offer, where it waits for one.
func (s *State) wait(ev *event) {
	s.Step, s.StepState, s.Theirs, s.Due, s.Escalated, s.Opened = ev.step, StepWaiting, false, time.Time{}, "", ev.at
}

// closeQueue is what the end of a case means for its place.
func (s *State) closeQueue(o aiqyn.Outcome) {
	switch {
	case s.Queue == nil || s.Queue.State == QueueMoved:
	case o == aiqyn.Granted:
		s.Queue.State = QueuePlaced
	default:
		s.Queue.State, s.Queue.Group = QueueLeft, ""
	}
}
