package casework

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
	"aiqyn/store"
)

// A queue is the cases that wait (docs/decisions/0014). What is here is the fold of
// their events, and of the system's own about places and rounds: who waits for what,
// in which order, and how many seats are taken. The rows of it are projections.

// QueueState is where a case of a queue stands.
type QueueState string

// States of a case in a queue.
const (
	QueueWaiting QueueState = "waiting" // for a round to offer it a place
	QueueOffered QueueState = "offered" // a place, and has not answered
	QueueTaken   QueueState = "taken"   // said yes, and has something left to do
	QueueStopped QueueState = "stopped" // gets no offer until a day
	QueuePlaced  QueueState = "placed"  // has the place
	QueueLeft    QueueState = "left"    // has gone
	QueueMoved   QueueState = "moved"   // has another place by a later case
)

// queued is the part of a case's state that is about its queue.
type queued struct {
	Changes  int        `json:"changes,omitempty"` // slots that they gave back for another
	Claimed  int64      `json:"claimed,omitempty"` // entry of a former system's word, which their first date is from; 0: it was given here
	Class    string     `json:"class"`             // the tier's name
	Ends     time.Time  `json:"ends,omitzero"`     // of their slot
	Entered  int64      `json:"entered"`
	First    time.Time  `json:"first"` // since when they count as waiting
	Group    string     `json:"group,omitempty"`
	Groups   []string   `json:"groups"` // that suit, the one liked best first
	Holds    int64      `json:"holds,omitempty"`
	Restored int        `json:"restored,omitempty"` // how often by their own wish
	Round    int64      `json:"round,omitempty"`    // entry of the result that made the offer
	Secret   string     `json:"secret"`             // that names in rounds are made from
	Siblings []string   `json:"siblings,omitempty"` // institutions where a brother or sister is
	Starts   time.Time  `json:"starts,omitzero"`    // of their slot
	State    QueueState `json:"state"`
	Stopped  time.Time  `json:"stopped,omitzero"`
	Tier     int        `json:"tier"`
	Until    time.Time  `json:"until,omitzero"` // end of the stop, or of the time in which the institution says who came
	Wish     string     `json:"wish,omitempty"` // when they can come
	worth
}

// rank is what the case is ranked by, as it follows from facts.
func (q *queued) rank() service.Rank {
	return service.Rank{Tier: q.Tier, Points: q.Points, Scores: q.Scores, Quotas: q.Quotas, Reserves: q.Reserves, Siblings: q.Siblings}
}

// seatedStates are those in which a seat is the case's, or offered to it.
var seatedStates = []QueueState{QueueOffered, QueueTaken, QueuePlaced}

// standing is what of a case's state the queue consists of.
type standing struct {
	waiting bool
	tier    int
	points  int64
	first   time.Time
	groups  []string
	quotas  []string
	// reserves are those whose seats are kept for them; of who has a seat too, which is
	// then one of those.
	reserves []string
	siblings []string // institutions where a brother or sister is
	seat     string
	wish     string
	claimed  int64  // entry of a former system's word for the date
	absent   string // why they would wait and get no place now: [CauseStopped], [CauseHeld]; "" if they are not such
}

func (s *State) place() standing {
	q := s.Queue
	if q == nil {
		return standing{}
	}
	p := standing{waiting: q.State == QueueWaiting && !s.Held}
	switch {
	case q.State == QueueStopped:
		p.absent = CauseStopped
	case q.State == QueueWaiting && s.Held:
		p.absent = CauseHeld
	}
	if p.waiting || p.absent != "" {
		p.tier, p.points, p.first, p.groups, p.quotas, p.wish, p.claimed = q.Tier, q.Points, q.First, q.Groups, q.Quotas, q.Wish, q.Claimed
		p.reserves, p.siblings = q.Reserves, q.Siblings
	}
	if slices.Contains(seatedStates, q.State) {
		p.seat, p.reserves = q.Group, q.Reserves
	}
	return p
}

func (p standing) equal(o standing) bool {
	return p.waiting == o.waiting && p.tier == o.tier && p.points == o.points && p.first.Equal(o.first) && p.seat == o.seat && p.wish == o.wish && p.claimed == o.claimed && p.absent == o.absent &&
		slices.Equal(p.groups, o.groups) && slices.Equal(p.quotas, o.quotas) && slices.Equal(p.reserves, o.reserves) && slices.Equal(p.siblings, o.siblings)
}

// waiter is the case as [allocation.Queue] ranks it in the line of a group. In that of
// the country's groups of a kind a brother or sister is nowhere.
func (p standing) waiter(no int64, group string) allocation.Waiting {
	return allocation.Waiting{Tier: uint8(p.tier), Sibling: p.siblingAt(group), Points: p.points, Date: p.first.UnixMicro(), ID: uint64(no)}
}

func (p standing) siblingAt(group string) bool {
	return len(p.siblings) > 0 && slices.Contains(p.siblings, institutionOf(group))
}

// linesOf are the groups in whose lines a case stands: each that it waits for, and the
// country's groups of that kind.
func linesOf(groups []string) []string {
	list := make([]string, 0, 2*len(groups))
	for _, g := range groups {
		for _, group := range []string{g, countryGroup(g)} {
			if !slices.Contains(list, group) {
				list = append(list, group)
			}
		}
	}
	return list
}

func lineOf(svc aiqyn.ServiceID, group string) string { return string(svc) + "/" + group }

// countryGroup stands for the groups of one kind of all institutions: what a
// group is called behind its institution.
func countryGroup(group string) string {
	_, kind, _ := strings.Cut(group, "/")
	return "*/" + kind
}

// queues is the memory of every queue. The sequencer changes it, pages read it.
type queues struct {
	mu   sync.RWMutex
	of   map[aiqyn.ServiceID]*queue
	zone *time.Location // in which slots are called by their time
	days dayWatch
	// since is the entry from which on it is kept who was passed over outside rounds.
	since int64
}

// queue is one service's.
type queue struct {
	lines    map[string]*allocation.Queue
	waits    map[int64]waits
	taken    map[string]int // seats, by group
	members  map[member]int // who has a seat of a group and is one whose seats are kept
	claims   map[string]int // who wait by a date that only a former system claims, by line
	groups   map[string]*placeGroup
	sorted   []string                     // groups, by number
	unproven int                          // cases that wait by a date that only a former system claims
	rounds   []*round                     // oldest first
	absent   map[string]*allocation.Queue // who would wait and get no place now, by why and line
	late     []latecomer                  // who came into a line since the round was committed to that is not over
	passed   map[string]int64             // how many were passed over outside the order of rounds, by cause
	// tables are the queues of former systems that were brought, by the entry.
	tables map[int64]*formerTable
}

// member is a group, and a reserve that somebody belongs to who has a seat of it.
type member struct{ group, reserve string }

// waits is a case that waits, with what its name in rounds is made from.
type waits struct {
	standing
	object string
}

func newQueue() *queue {
	return &queue{lines: make(map[string]*allocation.Queue), waits: make(map[int64]waits), taken: make(map[string]int), members: make(map[member]int), claims: make(map[string]int), groups: make(map[string]*placeGroup),
		absent: make(map[string]*allocation.Queue), passed: make(map[string]int64)}
}

// at is a service's queue; made when first needed.
func (qs *queues) at(svc aiqyn.ServiceID) *queue {
	q := qs.of[svc]
	if q == nil {
		q = newQueue()
		if qs.of == nil {
			qs.of = make(map[aiqyn.ServiceID]*queue)
		}
		qs.of[svc] = q
	}
	return q
}

// relocate puts a case from where it stood to where it stands.
func (q *queue) relocate(svc aiqyn.ServiceID, no int64, object string, from, to standing) {
	if from.waiting {
		for _, group := range linesOf(from.groups) {
			line := lineOf(svc, group)
			q.lines[line].Leave(from.waiter(no, group))
			if from.claimed != 0 {
				q.claims[line]--
			}
		}
		delete(q.waits, no)
		if from.claimed != 0 {
			q.unproven--
		}
	}
	if to.waiting {
		for _, group := range linesOf(to.groups) {
			line := lineOf(svc, group)
			if q.lines[line] == nil {
				q.lines[line] = new(allocation.Queue)
			}
			q.lines[line].Enter(to.waiter(no, group))
			if to.claimed != 0 {
				q.claims[line]++
			}
		}
		q.waits[no] = waits{to, object}
		if to.claimed != 0 {
			q.unproven++
		}
	}
	q.absentees(svc, no, from, to)
	q.seats(from, -1)
	q.seats(to, 1)
}

// seats counts that somebody has a seat more, or less.
func (q *queue) seats(p standing, n int) {
	if p.seat == "" {
		return
	}
	if q.taken[p.seat] += n; q.taken[p.seat] == 0 {
		delete(q.taken, p.seat)
	}
	for _, reserve := range p.reserves {
		m := member{seatGroup(p.seat), reserve}
		if q.members[m] += n; q.members[m] == 0 {
			delete(q.members, m)
		}
	}
}

// relocate books what an event has changed about the case's place.
func (t *turn) relocate(ev *event, from standing) {
	s := t.rec.state
	to := s.place()
	if from.equal(to) {
		return
	}
	svc, no, object := s.Service, s.No, string(t.rec.row.Object)
	qs := &t.e.queues
	qs.mu.Lock()
	q := qs.at(svc)
	passed, late := q.passedOver(placeChange{svc, no, ev.index, ev.at, ev.kind}, from, to), q.late
	q.relocate(svc, no, object, from, to)
	q.came(no, from, to)
	q.tally(passed, 1)
	qs.mu.Unlock()
	t.undo = append(t.undo, func() {
		qs.mu.Lock()
		defer qs.mu.Unlock()
		q.tally(passed, -1)
		q.relocate(svc, no, object, to, from)
		q.late = late
	})
	t.inversions = append(t.inversions, passed...)
	t.places = append(t.places, to.row(svc, no, object))
	t.moves = append(t.moves, lineMoves(svc, ev, from, to)...)
}

func (p standing) row(svc aiqyn.ServiceID, no int64, object string) store.QueuePlace {
	return store.QueuePlace{
		Case: no, Service: string(svc), Object: []byte(object), Waiting: p.waiting, Tier: int64(p.tier), Points: p.points, First: p.first.UTC(), Groups: p.groups,
		Quotas: p.quotas, Reserves: p.reserves, Siblings: p.siblings, Seat: p.seat, Wish: p.wish, Claimed: p.claimed,
		Absent: p.absent,
	}
}

// lineMoves are the moves of lines by one event.
func lineMoves(svc aiqyn.ServiceID, ev *event, from, to standing) []store.QueueMove {
	var list []store.QueueMove
	if moved := from; from.waiting && to.waiting {
		if moved.wish = to.wish; moved.equal(to) {
			return nil // they can come at another time: nobody's position has changed
		}
	}
	for _, part := range []struct {
		standing
		step int64
	}{{from, -1}, {to, 1}} {
		if !part.waiting {
			continue
		}
		for _, group := range linesOf(part.groups) {
			m := part.moveOf(svc, group, ev.no)
			m.Entry, m.Step, m.Kind = ev.index, part.step, string(ev.kind)
			list = append(list, m)
		}
	}
	return list
}

// moveOf is the case's own standing in the line of a group, as moves have it.
func (p standing) moveOf(svc aiqyn.ServiceID, group string, no int64) store.QueueMove {
	return store.QueueMove{Line: lineOf(svc, group), Case: no, Tier: int64(p.tier), Sibling: p.siblingAt(group), Points: p.points, First: p.first.UTC()}
}

// load reads every place from the database; recorded is the time of the log's last entry.
func (qs *queues) load(ctx context.Context, db *store.DB, zone *time.Location, recorded time.Time) error {
	of := make(map[aiqyn.ServiceID]*queue)
	fresh := &queues{of: of}
	for p, err := range db.AllQueuePlaces(ctx) {
		if err != nil {
			return err
		}
		svc := aiqyn.ServiceID(p.Service)
		to := standing{waiting: p.Waiting, tier: int(p.Tier), points: p.Points, first: p.First, groups: p.Groups, quotas: p.Quotas, reserves: p.Reserves, siblings: p.Siblings, seat: p.Seat, wish: p.Wish, claimed: p.Claimed, absent: p.Absent}
		fresh.at(svc).relocate(svc, p.Case, string(p.Object), standing{}, to)
	}
	if err := fresh.loadPassed(ctx, db); err != nil {
		return err
	}
	qs.mu.Lock()
	defer qs.mu.Unlock()
	qs.of, qs.zone, qs.since = of, zone, fresh.since
	return qs.loadDays(ctx, db, recorded)
}

// secretOf is what a case's names in rounds are made from: it is the same for all
// cases about the same object, so that applying again changes no name.
func (k *keyring) secretOf(object string) (secret [32]byte) {
	copy(secret[:16], k.hash("lot", object+"\x001"))
	copy(secret[16:], k.hash("lot", object+"\x002"))
	return secret
}

// ranked lists those who wait, in order.
func (q *queue) ranked() []int64 {
	nos := make([]int64, 0, len(q.waits))
	for no := range q.waits {
		nos = append(nos, no)
	}
	slices.SortFunc(nos, func(a, b int64) int {
		x, y := q.waits[a], q.waits[b]
		return cmp.Or(cmp.Compare(x.tier, y.tier), cmp.Compare(y.points, x.points), x.first.Compare(y.first), cmp.Compare(a, b))
	})
	return nos
}

// secretBytes reads a secret as an entry has it.
func secretBytes(text string) (secret [32]byte, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(secret) {
		return secret, false
	}
	return [32]byte(b), true
}
