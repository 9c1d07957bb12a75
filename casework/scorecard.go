package casework

import (
	"context"
	"sync"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/release"
	"aiqyn/service"
)

// Scorecard is what anybody may hold the utility against: whose cases ended how, and how
// the load of its transformers is known. It is counted to the end of the last month and
// told in full tens, as in releases: a count of today beside that of yesterday, or beside
// what releases tell, would be somebody. And people are counted, each once: who has several
// cases of their own could bring a count of cases to the edge of a ten, and see whether
// anybody else's is the next.
type Scorecard struct {
	Publication
	Service                      *service.Service   // whose cases are counted
	Others                       []*service.Service // that have a scorecard too, this one among them
	Until                        deadline.Date      // up to the end of which day cases are counted
	Kept                         int64              // percent of who was answered, at least, before each term had passed; Few: too few
	Granted, Refused             int64              // applicants whose cases ended so
	Escalated                    int64              // of whose cases a step was handed up, because its term had passed
	Late                         int64              // of whose granted or refused cases a step was handed up, or silence has granted
	Rejected                     int64              // to whom a refusal was turned down: its reason was not true
	Dearer                       int64              // who were granted a dearer point than the best
	Silent                       int64              // whom silence has granted
	Flips                        int64              // whose cases brought a refusal to light that a grant contradicts
	Network                      bool               // its grants take from the published network: what follows is of that
	Measured, Estimated, Unknown int64              // transformers, by how their load is known
	Odd                          grid.Oddities      // of the surveyed network; nothing while anything is classified
	Withdrawn                    int64              // times that two have withdrawn what was published as free of a transformer
	Owed, Overdue                int64              // readings that are owed of what nobody knows, and those whose date has passed
}

// MinCount is the smallest count of people that is told, and what counts are told in. Few
// stands for one that is smaller: none, too, or the first of a month would be somebody.
// A share is told of MinShare people and more.
const (
	MinCount = release.Minimum
	MinShare = MinCount * MinCount
	Few      = -1
)

// inTens is a count as it is told.
func inTens(n int64) int64 {
	if n < MinCount {
		return Few
	}
	return n - n%MinCount
}

// scored are the scorecards of the newest publication, by service.
type scored struct {
	mu    sync.Mutex
	cards map[aiqyn.ServiceID]Scorecard
}

// scoredServices are those of utilities: whose grants take from the published network,
// and those that an application for something else brings along.
func scoredServices(p *service.Pack) (list []*service.Service) {
	brought := make(map[aiqyn.ServiceID]bool)
	for _, svc := range p.Services {
		for _, b := range svc.Bring {
			brought[b.Service] = true
		}
	}
	for _, svc := range p.Services {
		if svc.Outcome.Reserves == shareCapacity || brought[svc.ID] {
			list = append(list, svc)
		}
	}
	return list
}

// Scorecard counts, once a publication, the cases of a service; of the first that has a
// scorecard if it is "". NotFound if it has none.
func (e *Engine) Scorecard(ctx context.Context, id aiqyn.ServiceID) (Scorecard, error) {
	g, err := e.PublicGrid(ctx)
	if err != nil {
		return Scorecard{}, err
	}
	card := Scorecard{Publication: g.Publication, Others: scoredServices(e.Pack())}
	for _, svc := range card.Others {
		if card.Service == nil && (svc.ID == id || id == "" && svc.Outcome.Reserves == shareCapacity) {
			card.Service = svc
		}
	}
	if card.Service == nil {
		return card, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	s := &e.scored
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.cards[card.Service.ID]; ok && was.Publication == g.Publication {
		return was, nil
	}
	if card.Network = card.Service.Outcome.Reserves == shareCapacity; card.Network {
		card.countTrafos(g.Lines)
		if g.Policy.Open() && e.Capacity != nil {
			card.Odd = e.Capacity.tables().Model.Oddities()
		}
		if card.Withdrawn, err = e.Store.CountReductions(ctx); err != nil {
			return card, err
		}
		if err := e.countOwed(ctx, &card); err != nil {
			return card, err
		}
	}
	today := deadline.DateOf(e.Clock().In(e.Zone))
	card.Until = deadline.Date{Year: today.Year, Month: today.Month, Day: 1}.AddDays(-1)
	if err := e.countCases(ctx, &card); err != nil {
		return card, err
	}
	card.round()
	if s.cards == nil {
		s.cards = make(map[aiqyn.ServiceID]Scorecard)
	}
	s.cards[card.Service.ID] = card
	return card, nil
}

func (c *Scorecard) countTrafos(lines []TrafoLine) {
	for i := range lines {
		switch lines[i].Basis {
		case basisMeasured:
			c.Measured++
		case basisEstimated:
			c.Estimated++
		default:
			c.Unknown++
		}
	}
}

// round leaves of the counts of cases what may be told.
func (c *Scorecard) round() {
	c.Kept = inTime(c.Granted, c.Refused, c.Late)
	for _, n := range []*int64{&c.Granted, &c.Refused, &c.Escalated, &c.Late, &c.Rejected, &c.Dearer, &c.Silent, &c.Flips} {
		*n = inTens(*n)
	}
}

// inTime is what percent were answered in time, at least: of full tens, without all who
// may not have been. The exact share of few is a count of them, for 91 percent are ten of
// eleven; so it is said of no fewer than [MinShare].
func inTime(granted, refused, late int64) int64 {
	answered := max(0, inTens(granted)) + max(0, inTens(refused))
	if answered < MinShare {
		return Few
	}
	return max(0, answered-(late-late%MinCount+MinCount)) * 100 / answered
}

// countCases counts whose cases of a service ended how up to the end of a day.
func (e *Engine) countCases(ctx context.Context, card *Scorecard) error {
	until := card.Until.AddDays(1).Start(e.Zone)
	var err error
	if card.Granted, err = e.Store.CountEnded(ctx, string(card.Service.ID), string(aiqyn.Granted), until); err != nil {
		return err
	}
	if card.Refused, err = e.Store.CountEnded(ctx, string(card.Service.ID), string(aiqyn.Refused), until); err != nil {
		return err
	}
	if card.Late, err = e.Store.CountLate(ctx, string(card.Service.ID), until); err != nil {
		return err
	}
	flagged, err := e.Store.Flagged(ctx, string(card.Service.ID), until)
	if err != nil {
		return err
	}
	into := map[string]*int64{
		string(EventEscalated): &card.Escalated, string(EventRefusalRejected): &card.Rejected, string(EventDearer): &card.Dearer,
		string(EventSilent): &card.Silent, string(EventFlip): &card.Flips,
	}
	for _, c := range flagged {
		if n := into[c.Name]; n != nil {
			*n = c.N
		}
	}
	return nil
}
