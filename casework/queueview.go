package casework

import (
	"context"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
)

// QueueView is where a case stands in its queue, and why.
type QueueView struct {
	State     QueueState
	First     time.Time // since when they count as waiting
	Kept      int64     // entry of an earlier case that the first date is from, 0: none
	Tier      *service.Tier
	Points    int64                  // with their weights; 0 unless points rank
	Scores    []ScoreView            // what they are made of
	Quotas    []service.PlaceQuota   // that they belong to
	Reserves  []service.PlaceReserve // that they belong to
	Sibling   *service.Sibling       // rule by which a brother or sister counts; nil: it does not
	Lines     []LineView             // where they wait
	Group     *GroupView             // offered, taken or theirs
	Until     time.Time              // end of a stop
	Restore   time.Time              // until when they may end it themselves; zero: not
	Claim     *ClaimView             // their first date is a former system's word; nil: it was given here
	Holds     bool                   // they keep an earlier place until they take a better one
	Transfers []TransferView         // to other regions, the newest first
	Rounds    []RoundLine            // that they took part in, the newest first, at most ten
	Secret    string                 // that their names in rounds are made from
	Slots     *SlotsView             // nil: places have no time
}

// LineView is one group that somebody waits for.
type LineView struct {
	Group    GroupView
	Position int
	Of       int
	// In the country, among all who wait for a group of this kind.
	Country, CountryOf int
	Sibling            bool // a brother or sister is there
	Alike              int  // others who have as many points: chance parts them in each round
}

// GroupView is a group of an institution.
type GroupView struct {
	ID          string // "kg-017/kk-2023"
	Name        string // as its register calls it
	Institution InstitutionView
	Is          map[string]string
	Places      int
	Taken       int // places that are somebody's
	Waiting     int
	Unproven    int        // of those who wait, by a date that only a former system claims
	Entry       int64      // that reported its places last
	Title       aiqyn.Text // what people call it; none: what Is says
	Closes      string     // last day to come into its line, 2006-01-02; "": there is none
	Opens       string     // first day on which a round shares out its places; "": they go as they come
	Timed       bool       // its places have a time
	Third       time.Time  // third free place to come, zero if there is none
	Slot        *SlotView  // one of them; nil: the group as a whole
}

// Free is how many places are nobody's.
func (g GroupView) Free() int { return max(0, g.Places-g.Taken) }

// InstitutionView is who gives places.
type InstitutionView struct {
	ID               string
	Title            aiqyn.Text
	Private          bool
	Region, District string // codes
	Locality         aiqyn.Text
	Address          string
	Lat, Lon         float64
}

// group shows a group of a queue, with what is to come of its slots if its places
// have a time; the caller holds the lock.
func (q *queue) group(svc aiqyn.ServiceID, g *placeGroup, now time.Time) GroupView {
	v := GroupView{
		ID: g.id, Name: g.group.ID, Is: g.group.Is, Places: int(g.places), Taken: q.taken[g.id], Entry: g.entry, Institution: institutionView(g), Title: g.group.Title, Closes: g.group.Closes, Opens: g.group.Opens,
		Timed: g.zone != nil,
	}
	free := 0
	for _, s := range g.slots(now) {
		v.Places += s.places
		v.Taken += q.taken[s.id]
		if free += max(0, q.spare(s)); free >= thirdNext && v.Third.IsZero() {
			v.Third = s.start
		}
	}
	if line := q.lines[lineOf(svc, g.id)]; line != nil {
		v.Waiting, v.Unproven = line.Len(), q.claims[lineOf(svc, g.id)]
	}
	return v
}

func institutionView(g *placeGroup) InstitutionView {
	i := &g.institution
	return InstitutionView{
		ID: i.ID, Title: i.Title, Private: i.Private, Region: i.Region, District: i.District, Locality: i.Locality, Address: i.Address, Lat: i.Lat, Lon: i.Lon,
	}
}

// queueView shows where the case stands.
func (v *viewing) queueView() (*QueueView, error) {
	s := v.rec.state
	if s.Queue == nil || v.svc.Queue == nil {
		return nil, nil
	}
	w := s.Queue
	out := &QueueView{State: w.State, First: w.First, Tier: &v.svc.Queue.Tiers[min(w.Tier, len(v.svc.Queue.Tiers)-1)], Until: w.Until, Holds: w.Holds != 0, Points: w.Points}
	out.Scores, out.Quotas = v.scores()
	out.Reserves, out.Sibling = v.reserves(), v.svc.Queue.Sibling
	out.Transfers, out.Claim = v.transfers(), v.claim()
	if !w.First.Equal(v.enteredAt()) {
		out.Kept = v.keptFrom()
	}
	if v.sight == seesAll {
		out.Secret = w.Secret
		out.Rounds = v.e.queues.roundsOf(s)
	}
	var err error
	if out.Restore, err = v.e.mayRestore(v.svc, s); err != nil {
		return nil, err
	}
	if out.Restore.Before(v.now) {
		out.Restore = time.Time{}
	}
	out.Lines, out.Group = v.e.queues.linesOf(s, v.now)
	out.Slots = v.slots()
	return out, nil
}

// enteredAt is when the case came into the queue.
func (v *viewing) enteredAt() time.Time {
	for _, ev := range v.events {
		if ev.kind == EventEntered {
			return ev.at
		}
	}
	return time.Time{}
}

func (v *viewing) keptFrom() int64 {
	for _, ev := range v.events {
		if d, ok := ev.data.(*entered); ok {
			return d.From
		}
	}
	return 0
}

// linesOf tells the positions of a case that waits, and the group that it has or
// is offered.
func (qs *queues) linesOf(s *State, now time.Time) (lines []LineView, group *GroupView) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[s.Service]
	if q == nil {
		return nil, nil
	}
	if g := q.groups[seatGroup(s.Queue.Group)]; g != nil {
		shown := q.group(s.Service, g, now)
		if !s.Queue.Starts.IsZero() {
			shown.Slot = &SlotView{ID: s.Queue.Group, Starts: s.Queue.Starts, Ends: s.Queue.Ends}
		}
		group = &shown
	}
	for _, id := range s.Queue.Groups {
		g := q.groups[id]
		if g == nil {
			continue
		}
		l := LineView{Group: q.group(s.Service, g, now)}
		if me := s.place(); me.waiting {
			l.Position, l.Of = q.position(s.Service, id, me, s.No)
			l.Sibling = me.siblingAt(id)
			l.Alike = q.alike(s.Service, id, me)
			l.Country, l.CountryOf = q.position(s.Service, countryGroup(id), me, s.No)
		}
		lines = append(lines, l)
	}
	return lines, group
}

// position is where a case stands in the line of a group, 0 if it does not, and how
// many wait there.
func (q *queue) position(svc aiqyn.ServiceID, group string, me standing, no int64) (position, of int) {
	l := q.lines[lineOf(svc, group)]
	if l == nil {
		return 0, 0
	}
	position, _ = l.Position(me.waiter(no, group))
	return position, l.Len()
}

// mostRoundsShown is how many rounds a case's page lists.
const mostRoundsShown = 10

// roundsOf lists the newest rounds that were committed while the case waited; its
// names there are for its own eyes.
func (qs *queues) roundsOf(s *State) (list []RoundLine) {
	secret, ok := secretBytes(s.Queue.Secret)
	if !ok {
		return nil
	}
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[s.Service]
	if q == nil {
		return nil
	}
	for i := len(q.rounds) - 1; i >= 0 && len(list) < mostRoundsShown; i-- {
		r := q.rounds[i]
		if r.entry > s.Queue.Entered && (s.Closed.IsZero() || r.at.Before(s.Closed)) {
			list = append(list, RoundLine{Name: r.committed.Name, Pseudonym: allocation.Pseudonym(secret, r.committed.Name), Day: r.committed.Day, Entry: r.entry, Drawn: r.drawn != nil})
		}
	}
	return list
}

// RoundView is a round as anybody may see it.
type RoundView struct {
	Name, Day                  string
	Service                    aiqyn.ServiceID
	Entry                      int64 // of the commitment
	At                         time.Time
	Applicants, Groups, Seats  int
	Root, Inputs, Rules        string
	Beacon                     string
	Seed                       uint64
	SeedDue                    time.Time
	DrawnAt                    int64 // entry; 0: not yet
	Matched                    int
	File, Result, Value, Proof string
	Settled                    bool
}

func (e *Engine) roundView(r *round) RoundView {
	c := &r.committed
	v := RoundView{
		Name: c.Name, Day: c.Day, Service: c.Service, Entry: r.entry, At: r.at, Applicants: c.Applicants, Groups: c.Groups, Seats: c.Seats,
		Root: c.Root, Inputs: c.Inputs, Rules: c.Rules, Beacon: c.Beacon, Seed: c.Seed, Settled: r.settled != nil,
	}
	if e.Beacon != nil && e.Beacon.Name() == c.Beacon {
		v.SeedDue = e.Beacon.Time(c.Seed)
	}
	if d := r.drawn; d != nil {
		v.DrawnAt, v.Matched, v.File, v.Result, v.Value, v.Proof = r.drawnAt, d.Matched, d.File, d.Result, d.Value, d.Proof
	}
	return v
}

// Rounds lists the rounds of a service, the newest first.
func (e *Engine) Rounds(svc aiqyn.ServiceID, p Page) (List[RoundView], error) {
	before, err := before(p.After)
	if err != nil {
		return List[RoundView]{}, err
	}
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	var out List[RoundView]
	q := e.queues.of[svc]
	if q == nil {
		return out, nil
	}
	for i := len(q.rounds) - 1; i >= 0; i-- {
		r := q.rounds[i]
		if r.entry >= before {
			continue
		}
		if len(out.Items) == p.limit() {
			out.Next = strconv.FormatInt(out.Items[len(out.Items)-1].Entry, 10)
			break
		}
		out.Items = append(out.Items, e.roundView(r))
	}
	return out, nil
}

// Round finds one round of a service by its day.
func (e *Engine) Round(svc aiqyn.ServiceID, day string) (RoundView, error) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	if q := e.queues.of[svc]; q != nil {
		for _, r := range q.rounds {
			if r.committed.Day == day {
				return e.roundView(r), nil
			}
		}
	}
	return RoundView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// RoundFile is a round as strangers run it again: with its seed once it has one.
// Result gives who got what; it is empty before.
func (e *Engine) RoundFile(ctx context.Context, r RoundView) (file, result []byte, err error) {
	if r.File == "" {
		file, err = snapshotOf(ctx, e.Store, roundInputsKind, r.Inputs)
		return file, nil, err
	}
	if file, err = snapshotOf(ctx, e.Store, roundFileKind, r.File); err != nil {
		return nil, nil, err
	}
	result, err = snapshotOf(ctx, e.Store, roundResultKind, r.Result)
	return file, result, err
}
