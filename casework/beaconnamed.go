package casework

import (
	"encoding/json"
	"slices"
	"time"

	"aiqyn"
)

// EventBeacon says which source of randomness is in force from its entry on. Whatever
// names a round behind it names one of this source: nobody changes it for a day unseen,
// and a stranger has what its rounds are verified by.
const EventBeacon EventKind = "beacon-named"

// beaconNamed is a source as it describes itself.
type beaconNamed struct {
	Beacon      string          `json:"beacon"`      // its name
	Description json.RawMessage `json:"description"` // that [beacon.Parse] reads
}

// nameBeacon logs the source that the engine was opened with. It is the engine's own
// command, decided before any other that the source is new to.
type nameBeacon struct{ named beaconNamed }

func (c *nameBeacon) id() aiqyn.CommandID        { return "" }
func (c *nameBeacon) about() int64               { return 0 }
func (c *nameBeacon) by() aiqyn.Actor            { return aiqyn.System }
func (c *nameBeacon) prepare(ctx, *Engine) error { return nil }

func (c *nameBeacon) decide(t *turn) error {
	was := t.s.beacon
	t.emitSystem(EventBeacon, aiqyn.System, &c.named)
	t.s.beacon = string(c.named.Description)
	t.undo = append(t.undo, func() { t.s.beacon = was })
	return nil
}

// describeBeacon prepares what the log is to say of the engine's source.
func (e *Engine) describeBeacon() (err error) {
	if e.Beacon != nil {
		e.described, err = canonicalJSON(string(e.Beacon.Description()))
	}
	return err
}

// unnamed is the entry about the beacon that is missing before a batch; nil if there
// is none. An engine that does nothing by itself names it with its first round.
func (e *Engine) unnamed(batch []*request) *nameBeacon {
	if e.Beacon == nil || e.seq.beacon == string(e.described) || e.seq.beacon == "" && e.Manual && !slices.ContainsFunc(batch, sharesOut) {
		return nil
	}
	return &nameBeacon{beaconNamed{e.Beacon.Name(), e.described}}
}

// sharesOut reports whether a request names a round that something is shared out by.
func sharesOut(r *request) bool {
	switch r.cmd.(type) {
	case *commitRound, *openLot:
		return true
	}
	return false
}

// named decides the entry about the beacon that is missing before a batch, if one is.
func (e *Engine) named(batch []*request, now time.Time) ([]*turn, error) {
	c := e.unnamed(batch)
	if c == nil {
		return nil, nil
	}
	t, answer := e.decide(&request{cmd: c}, now)
	if answer.err != nil {
		return nil, answer.err
	}
	return t.all(), nil
}
