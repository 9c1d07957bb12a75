package casework

import (
	"context"
	"slices"

	"aiqyn/service"
	"aiqyn/store"
)

// meterEvidence is what the readings of two meters must have, besides agreeing, so that
// they take away what was free: two people behind them, so that nobody invents a second
// meter with its figures.
type meterEvidence struct {
	Meters     bool `json:"meters"`     // they were registered at the transformer before they were read
	Registrars int  `json:"registrars"` // by so many people
	Senders    int  `json:"senders"`    // and so many people have sent their readings
}

// evidenceOf is what a pack asks of them.
func evidenceOf(rule *service.CapacityRule) *meterEvidence {
	return &meterEvidence{Meters: rule.Meters, Registrars: rule.Registrars, Senders: rule.Senders}
}

// holds reports whether two readings have it, each by who has sent it.
func (m *meterEvidence) holds(a highestReading, sentA string, b highestReading, sentB string) bool {
	two := func(x, y string) bool { return x != "" && y != "" && x != y }
	return (m.Senders < 2 || two(sentA, sentB)) && (!m.Meters || a.stands && b.stands) && (m.Registrars < 2 || two(a.by, b.by))
}

// bearersOf are the meters that bear a correction out, ascending: those that agree with it
// and have the evidence that what is kept asks for. by is who has asked for the correction,
// whose word the corrected figure is.
func (e *Engine) bearersOf(ctx context.Context, p *peakCorrected, rows []store.Measurement, kept *correctionsKept, by string) ([]string, error) {
	meters := p.bearers(rows, kept.Agree, kept.On, kept.Peak)
	if kept.Evidence == nil || len(meters) < p.needs() {
		return meters, nil
	}
	readings := make(map[string]highestReading)
	for _, name := range append([]string{p.Meter}, meters...) {
		m := readingOn(rows, p.Day, name)
		if name == "" || m == nil {
			continue
		}
		read, err := e.firstRead(ctx, m)
		if err != nil {
			return nil, err
		}
		readings[name] = highestReading{watt: m.Watt, entry: m.Entry, read: read, day: m.Day}
	}
	if err := e.registeredBy(ctx, p.Trafo, readings); err != nil {
		return nil, err
	}
	senders, err := e.sendersOf(ctx, readings)
	if err != nil {
		return nil, err
	}
	senders[noEntry] = by // by another row of the same table
	return p.vouched(meters, readings, senders, kept.Evidence, by), nil
}

// vouched are those of the meters that agree which have the evidence: together with the
// meter that is corrected, or where that tells nothing with another of them.
func (p *peakCorrected) vouched(meters []string, readings map[string]highestReading, senders map[int64]string, evidence *meterEvidence, by string) []string {
	var list []string
	for _, name := range meters {
		one := readings[name]
		holds := func(other string) bool {
			two, sent := readings[other], by
			if other != p.Meter {
				sent = senders[two.entry]
			}
			return other != name && evidence.holds(one, senders[one.entry], two, sent)
		}
		with := meters
		if p.needs() == 1 {
			with = []string{p.Meter}
		}
		if slices.ContainsFunc(with, holds) {
			list = append(list, name)
		}
	}
	return list
}

// firstRead is the entry that took a reading in before anybody corrected it: a meter that
// is registered in between was not registered before it was read.
func (e *Engine) firstRead(ctx context.Context, m *store.Measurement) (int64, error) {
	entry, corrects := m.Entry, m.Corrects
	for corrects >= 0 && corrects < entry {
		entry, corrects = corrects, -1
		rows, err := e.Store.MeasurementsTaken(ctx, entry)
		if err != nil {
			return 0, err
		}
		for i := range rows {
			if r := &rows[i]; r.Trafo == m.Trafo && r.Day == m.Day && r.Meter == m.Meter {
				corrects = r.Corrects
			}
		}
	}
	return entry, nil
}
