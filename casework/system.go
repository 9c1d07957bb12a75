package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/gowebpki/jcs"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/store"
)

// readSystem replays the system's own entries: rosters, signatures under packs.
func (e *Engine) readSystem(c context.Context) error {
	s := &e.seq
	s.signatures, s.beacon = make(map[packSigned]aiqyn.OfficerID), ""
	e.packs.forgetPending()
	e.former.Store(nil)
	for row, err := range e.Store.EntriesByCase(c, 0, 1) {
		if err != nil {
			return err
		}
		s.systemSeq = row.Seq
		s.systemPrev = hex.EncodeToString(row.Leaf[:])
		switch EventKind(row.Kind) {
		case EventRostered, EventPackSigned, EventPublished, EventDemanded, EventReportAsked, EventReportErased,
			EventReleased, EventIndexed, EventMeasured, EventPeaksAsked, EventPeaksDeclined, EventPeaksCorrected,
			EventReductionAsked, EventMarginReduced, EventBeacon, EventTablesAsked, EventTables, EventTablesDeclined, EventRestored:
		default:
			if !ofQueues(EventKind(row.Kind)) && !ofLots(EventKind(row.Kind)) {
				continue
			}
		}
		ev, err := e.systemEvent(row)
		if err != nil {
			return err
		}
		if err := e.recall(ev); err != nil {
			return err
		}
	}
	return nil
}

// systemEvent opens one of the system's own entries, as far as memory needs it.
func (e *Engine) systemEvent(row *store.Entry) (*event, error) {
	plain, err := open(e.keys.system.gcm, row.Sealed, place(0, row.Seq))
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", row.Index, err)
	}
	ev := &event{index: row.Index, kind: EventKind(row.Kind), at: row.Recorded}
	if err := decodePrivate(plain, ev); err != nil {
		return nil, fmt.Errorf("entry %d: %w", row.Index, err)
	}
	return ev, nil
}

// recall takes one of the system's entries into memory.
func (e *Engine) recall(ev *event) error {
	s := &e.seq
	switch d := ev.data.(type) {
	case *rostered:
		e.tied(d.Ties)
		s.setRoster(rosterKey{d.Role, d.Body}, roster{ev.index, d.Officers, d.Ties})
	case *demanded:
		if d.Sealed != nil {
			s.reports[ev.index] = reportState{}
		}
	case *reportErasure:
		s.reports[d.Entry] = reportState{asked: ev.actor}
		if ev.kind == EventReportErased {
			delete(s.reports, d.Entry)
		}
	case *packSigned:
		s.signatures[*d] = ev.actor.Officer
	case *released:
		s.releasedTo = d.To
	case *indexed:
		s.indexed = d.Hash
	case *beaconNamed:
		s.beacon = string(d.Description)
	case *restored:
		e.wasCalled(d.Origin)
		s.cut = ev.index
	case *measured:
		s.measured = ev.index
	case *classified:
		s.classed = ev.index
	case *tablesAct:
		s.tabled = ev.index
	case *peaksCorrected:
		s.recallCorrections(ev, d)
	case *peaksDeclined:
		delete(s.corrections, d.Asked)
	case *marginReduction:
		s.recallReduction(ev, d)
	case *placesReported, *schedulePublished, *queueTableBrought, *queueTableAnswered, *roundCommitted, *roundDrawn, *roundSettled:
		return e.queues.recall(ev)
	case *lotPublished, *lotWithdrawn, *lotOpened, *lotDrawn, *lotSettled, *lotContracted, *lotDefaulted, *lotAnnulled:
		return e.lots.recall(ev)
	case *published:
		from, err := deadline.ParseDate(d.From)
		if err != nil {
			return err
		}
		e.packs.remember(d.Pack, from, ev.index)
	}
	return nil
}

// remember notes a published pack when the log is read; its files are loaded
// with the others.
func (p *packs) remember(hash string, from deadline.Date, entry int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = append(p.pending, pendingPack{from, hash, entry})
}

// forgetPending empties the list before the log is read again: a publication
// that was never written must not come into force.
func (p *packs) forgetPending() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = nil
}

// setRoster puts a roster in force and keeps it findable by its entry: cases
// filed under it are drawn from it whatever comes later.
func (s *sequencer) setRoster(key rosterKey, r roster) {
	s.rosters[key] = r
	if r.officers != nil {
		s.rostersByEntry[r.entry] = r.officers
	}
	for _, o := range r.officers {
		s.stood[o] = true
	}
	maps.Copy(s.ties, r.ties)
}

// rosterAt finds the roster that an entry set.
func (s *sequencer) rosterAt(entry int64) ([]aiqyn.OfficerID, error) {
	officers, ok := s.rostersByEntry[entry]
	if !ok {
		return nil, fmt.Errorf("entry %d is no roster", entry)
	}
	return officers, nil
}

// canonicalJSON reads one JSON value that somebody typed.
func canonicalJSON(text string) (json.RawMessage, error) {
	if !json.Valid([]byte(text)) {
		return nil, fmt.Errorf("not a JSON value")
	}
	b, err := jcs.Transform([]byte(`[` + text + `]`)) // it takes no bare value
	return bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("[")), []byte("]")), err
}

// cutDot splits "survey.measured-load".
func cutDot(s string) (before, after string, found bool) { return strings.Cut(s, ".") }
