package casework

import (
	"cmp"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/beacon"
)

// BeaconUse is how much of a log rests on one source of randomness.
type BeaconUse struct {
	Beacon      string `json:"beacon"`
	Description string `json:"description,omitempty"` // SHA-256 of what describes it; "" neither the log nor the auditor does
	Since       int64  `json:"since"`                 // entry that names it first; −1 none does
	Rounds      int64  `json:"rounds"`                // of queues and lots, drawn by it
	Draws       int64  `json:"draws"`                 // of officers
	// Proven: every value was verified. Practice proves nothing, nor does a source that
	// nobody describes.
	Proven bool `json:"proven"`
}

// auditBeacons are the sources of randomness that a log names, in its order, with what
// rests on them.
type auditBeacons struct {
	named   []sourceInForce
	known   []beacon.Source // by their names, where the log names none
	mu      sync.Mutex
	uses    map[string]*BeaconUse // by description, by name where there is none
	holding map[knownRound]bool   // rounds that were verified lately
}

// sourceInForce is a source from an entry on; source is nil if nobody can say what it is.
type sourceInForce struct {
	entry  int64
	name   string
	text   string // description, canonical
	source beacon.Source
}

type knownRound struct {
	of, proof string
	number    uint64
	value     [32]byte
}

// mostKnownRounds bounds what is remembered: draws of a day share rounds.
const mostKnownRounds = 4096

// beaconNamed takes in an entry that says which source is in force.
func (a *auditor) beaconNamed(ev *event, d *beaconNamed) {
	source, err := beacon.Parse(d.Description)
	if err != nil || source.Name() != d.Beacon {
		a.wrong(ev.index, "names a source of randomness that nobody can verify: its description is none, or another's")
		source = nil
	}
	a.beacons.named = append(a.beacons.named, sourceInForce{ev.index, d.Beacon, string(d.Description), source})
}

// beaconAt is the source that an entry names its round of: the one in force there, or,
// in the part of the log before one was named, one that is known by its name. What is
// named past the one in force has no source.
func (a *auditor) beaconAt(entry int64, name string) sourceInForce {
	list := a.beacons.named
	next, _ := slices.BinarySearchFunc(list, entry, func(f sourceInForce, entry int64) int { return cmp.Compare(f.entry, entry) })
	at := sourceInForce{entry: -1, name: name}
	switch {
	case next > 0 && list[next-1].name == name:
		return list[next-1]
	case next == 0:
		for _, source := range a.beacons.known {
			if source.Name() == name {
				at.source, at.text = source, described(source)
				break
			}
		}
	}
	return at
}

// mayName holds a source that an entry names to the one in force, and to those that the
// auditor was given.
func (a *auditor) mayName(entry int64, at sourceInForce) {
	if list := a.beacons.named; at.entry < 0 && len(list) > 0 && list[0].entry < entry {
		a.wrong(entry, "names a round of %s, which is not the source in force", at.name)
	}
	if len(a.Beacons) > 0 && !slices.ContainsFunc(a.Beacons, func(s beacon.Source) bool { return described(s) == at.text }) {
		a.wrong(entry, "names a round of %s, which is none of the sources that it is audited by", at.name)
	}
}

// described is the description of a source as entries have it.
func described(s beacon.Source) string {
	text, err := canonicalJSON(string(s.Description()))
	if err != nil {
		panic(err) // it is JSON
	}
	return string(text)
}

// names holds the round of a source that an entry names to the rule: the one that is
// due at the first of two instants at the earliest, at the second at the latest.
func (a *auditor) names(ev *event, name string, round uint64, from, to time.Time, plus uint64) {
	at := a.beaconAt(ev.index, name)
	a.mayName(ev.index, at)
	if at.source != nil && (round < at.source.At(from)+plus || round > at.source.At(to)+plus) {
		a.wrong(ev.index, "names another round of %s than the one that was to come next: its value may have been known, or chosen", name)
	}
}

// rests holds a round of a source, which an entry before has named, to what the source
// has published, and counts it.
func (a *auditor) rests(ev *event, at sourceInForce, value, proof string, number uint64, officer bool) {
	bytes32, errValue := hex.DecodeString(value)
	evidence, errProof := hex.DecodeString(proof)
	if errValue != nil || errProof != nil || len(bytes32) != 32 {
		a.wrong(ev.index, "the random value is none")
		return
	}
	if len(evidence) == 0 {
		evidence = nil
	}
	proven := at.source != nil && beacon.Proves(at.source)
	if proven && !a.beacons.holds(at, beacon.Round{Number: number, Value: [32]byte(bytes32), Proof: evidence}) {
		a.wrong(ev.index, "the random value is not what %s has published", at.name)
	}
	if at.source != nil && ev.at.Before(at.source.Time(number)) {
		a.wrong(ev.index, "is drawn before its round of %s is due", at.name)
	}
	a.beacons.count(at, officer, proven)
}

// holds verifies a round, once for all that rest on it.
func (b *auditBeacons) holds(at sourceInForce, r beacon.Round) bool {
	key := knownRound{at.text, string(r.Proof), r.Number, r.Value}
	b.mu.Lock()
	was, known := b.holding[key]
	b.mu.Unlock()
	if known {
		return was
	}
	holds := at.source.Verify(r) == nil
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holding == nil || len(b.holding) >= mostKnownRounds {
		b.holding = make(map[knownRound]bool)
	}
	b.holding[key] = holds
	return holds
}

func (b *auditBeacons) count(at sourceInForce, officer, proven bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := at.text
	if key == "" {
		key = at.name
	}
	u := b.uses[key]
	if u == nil {
		u = &BeaconUse{Beacon: at.name, Since: at.entry, Proven: proven}
		if at.text != "" {
			u.Description = hexSum([]byte(at.text))
		}
		if b.uses == nil {
			b.uses = make(map[string]*BeaconUse)
		}
		b.uses[key] = u
	}
	if u.Since < 0 || at.entry >= 0 && at.entry < u.Since {
		u.Since = at.entry
	}
	if officer {
		u.Draws++
	} else {
		u.Rounds++
	}
}

// used lists what of the log rests on which source.
func (b *auditBeacons) used() []BeaconUse {
	list := make([]BeaconUse, 0, len(b.uses))
	for _, u := range b.uses {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(x, y BeaconUse) int {
		return cmp.Or(cmp.Compare(x.Beacon, y.Beacon), cmp.Compare(x.Description, y.Description))
	})
	return list
}

// namesDraw holds the round that a filing, or a later step, names for the draw of an
// officer to the second that is to come.
func (c *caseAudit) namesDraw(ev *event, name string, round uint64) {
	if name != "" && round != 0 {
		c.names(ev, name, round, ev.at, ev.at, 1)
	}
}

// drawnBy holds the random value of an officer's draw to its source.
func (c *caseAudit) drawnBy(ev *event, d *drawn, step aiqyn.StepID) {
	s := c.rec.state
	c.rests(ev, c.beaconAt(s.namedAt(step), s.beaconOf(step)), d.Value, d.Proof, d.Round, true)
}
