package casework

import (
	"encoding/hex"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/service"
)

// tryDraw draws the officer of the open step if the beacon's round is there
// and the filing that named it is witnessed; otherwise the case waits. No
// other round is ever taken.
func (t *turn) tryDraw() error {
	s := t.rec.state
	if s.StepState != StepDrawing {
		return nil
	}
	if !t.e.restsOnWitnesses(s.namedAt(s.Step)) {
		return nil
	}
	number := s.roundOf(s.Step)
	round, ok := t.e.Beacon.Published(number)
	if !ok || t.now.Before(t.e.Beacon.Time(number)) {
		return nil
	}
	// What does not verify is not the round: the case waits for the true one,
	// and its dates run on meanwhile.
	if err := t.e.Beacon.Verify(round); err != nil || round.Number != number {
		t.e.Log.Error("the beacon's round is refused", "round", number, "got", round.Number, "err", err)
		return nil
	}
	pool, err := t.pool(s.Step)
	if err != nil {
		return err
	}
	if len(pool) == 0 { // everybody on the roster has to do with the case
		return t.escalate(findStep(t.svc, s.Step), "no-officer")
	}
	pick, err := drawOf(s, round.Value).Pick(pool)
	if err != nil {
		return fmt.Errorf("draw %s: %w", s.Step, err)
	}
	t.assign(&drawn{
		Beacon: s.beaconOf(s.Step), Blind: pick.Blind, Digest: pick.Digest, Eligible: pick.Eligible, Officer: pick.Officer,
		Proof: hex.EncodeToString(round.Proof), Round: number, Step: s.Step, Value: hex.EncodeToString(round.Value[:]),
	})
	return nil
}

// drawOf is the draw of a case's open step: nothing of the applicant enters.
func drawOf(s *State, value [32]byte) beacon.Draw {
	return beacon.Draw{
		Beacon: s.beaconOf(s.Step), Round: s.roundOf(s.Step), Value: value,
		Object: s.Object, Service: string(s.Service), Step: string(s.Step),
	}
}

// pool is the roster that stood, with the loads that were, when the case was
// filed, less those whom the filing bars.
func (t *turn) pool(step aiqyn.StepID) ([]beacon.Candidate, error) {
	at := t.rec.state.Rosters[step]
	officers, err := t.s.rosterAt(at.Entry)
	if err != nil {
		return nil, err
	}
	if len(officers) != len(at.Loads) {
		return nil, fmt.Errorf("roster %d has %d officers, the filing names %d loads", at.Entry, len(officers), len(at.Loads))
	}
	pool := make([]beacon.Candidate, 0, len(officers))
	for i, o := range officers {
		if !slices.Contains(at.Barred, o) {
			pool = append(pool, beacon.Candidate{Officer: o, Load: at.Loads[i]})
		}
	}
	return pool, nil
}

// assign records who was drawn and counts the step on their desk.
func (t *turn) assign(d *drawn) {
	t.emit(EventDrawn, aiqyn.Actor{Role: aiqyn.RoleSystem, Officer: d.Officer}, d, atStep(d.Step))
	t.s.loads[d.Officer]++
	t.undo = append(t.undo, func() { t.s.loads[d.Officer]-- })
	t.tell("message.drawn")
}

// unload takes a step off an officer's desk.
func (t *turn) unload(o aiqyn.OfficerID) {
	if o == "" {
		return
	}
	t.s.loads[o]--
	t.undo = append(t.undo, func() { t.s.loads[o]++ })
}

// release takes the officer of a step that is done off it.
func (t *turn) release(step aiqyn.StepID) { t.unload(t.rec.state.Drawn[step].Officer) }

// rostersAtFiling pins, for every step that is drawn, the roster in force and
// the loads of this moment.
func (t *turn) rostersAtFiling(svc *service.Service, ties []string) (map[aiqyn.StepID]rosterAtFiling, error) {
	var out map[aiqyn.StepID]rosterAtFiling
	for _, step := range svc.Steps {
		if !step.Draw {
			continue
		}
		at, ok := t.rosterNow(step.By, svc.Body, ties, nil)
		if !ok {
			return nil, aiqyn.E(aiqyn.Unavailable, "error.roster-empty", "role", string(step.By))
		}
		if out == nil {
			out = make(map[aiqyn.StepID]rosterAtFiling, 2)
		}
		out[step.Name] = at
	}
	return out, nil
}

// rosterNow pins the roster of a role of a body as it stands: who is barred, and
// how loaded everybody is. ok is false when nobody is on it.
func (t *turn) rosterNow(role aiqyn.Role, body aiqyn.BodyID, ties []string, decided []aiqyn.OfficerID) (at rosterAtFiling, ok bool) {
	r, ok := t.s.rosters[rosterKey{role, body}]
	if !ok || len(r.officers) == 0 {
		return at, false
	}
	barred := r.barred(ties, decided)
	loads := make([]int, len(r.officers))
	var free []int // loads of those who can be drawn
	for i, o := range r.officers {
		loads[i] = t.s.loads[o]
		if !slices.Contains(barred, o) {
			free = append(free, loads[i])
		}
	}
	return rosterAtFiling{Barred: barred, Entry: r.entry, Loads: level(loads, free)}, true
}

// blindPool is how many must be eligible for a draw to be blind.
const blindPool = 3

// level raises the smallest loads to that of the third smallest. A draw is
// among the least loaded, and one or two who have far less than the others
// would be known beforehand; so they share the chance with a third. Free are
// the loads of those who can be drawn at all.
func level(loads, free []int) []int {
	if len(free) < blindPool {
		return loads
	}
	floor := slices.Sorted(slices.Values(free))[blindPool-1]
	for i, n := range loads {
		loads[i] = max(n, floor)
	}
	return loads
}

// roundOf is the round of the beacon that a step is drawn by.
func (s *State) roundOf(step aiqyn.StepID) uint64 {
	if r := s.Rosters[step].Round; r != 0 {
		return r
	}
	return s.Round
}
