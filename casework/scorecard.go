package casework

import (
	"context"
	"sync"

	"aiqyn"
	"aiqyn/service"
)

// Scorecard is what anybody may hold the utility against: its cases counted, and how
// the load of its transformers is known.
type Scorecard struct {
	Publication
	Service                      *service.Service // whose grants take power
	Granted, Refused             int64            // cases that ended so
	Escalated                    int64            // cases of which a step was handed up, because its term had passed
	Rejected                     int64            // cases in which a refusal was turned down: its reason was not true
	Dearer                       int64            // cases granted at a dearer point than the best
	Measured, Estimated, Unknown int64            // transformers, by how their load is known
}

// MinCount is the smallest count that is told: fewer could be somebody.
const MinCount = 5

// scored is the scorecard of the newest publication.
type scored struct {
	mu   sync.Mutex
	card Scorecard
}

// Scorecard counts, once a publication.
func (e *Engine) Scorecard(ctx context.Context) (Scorecard, error) {
	g, err := e.PublicGrid(ctx)
	if err != nil {
		return Scorecard{}, err
	}
	s := &e.scored
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.card.Service != nil && s.card.Publication == g.Publication {
		return s.card, nil
	}
	card := Scorecard{Publication: g.Publication}
	for _, svc := range e.Pack().Services {
		if svc.Outcome.Reserves == shareCapacity {
			card.Service = svc
			break
		}
	}
	if card.Service == nil {
		return card, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	for i := range g.Lines {
		switch g.Lines[i].Basis {
		case basisMeasured:
			card.Measured++
		case basisEstimated:
			card.Estimated++
		default:
			card.Unknown++
		}
	}
	if err := e.countCases(ctx, &card); err != nil {
		return card, err
	}
	s.card = card
	return card, nil
}

func (e *Engine) countCases(ctx context.Context, card *Scorecard) error {
	ended, err := e.Store.Outcomes(ctx, string(card.Service.ID))
	if err != nil {
		return err
	}
	flagged, err := e.Store.Flagged(ctx, string(card.Service.ID))
	if err != nil {
		return err
	}
	into := map[string]*int64{
		string(aiqyn.Granted): &card.Granted, string(aiqyn.Refused): &card.Refused,
		string(EventEscalated): &card.Escalated, string(EventRefusalRejected): &card.Rejected, string(EventDearer): &card.Dearer,
	}
	for _, c := range append(ended, flagged...) {
		if n := into[c.Name]; n != nil {
			*n = c.N
		}
	}
	return nil
}
