package casework

import (
	"context"

	"aiqyn"
)

// InForceAt is what was in force after so many entries, from the log itself.
type InForceAt struct {
	Base      string        `json:"base,omitempty"` // the surveyed network; "" of a log that names none
	InForce   GridInForce   `json:"in_force"`
	Network   string        `json:"network,omitempty"` // with its loads as they were published
	Position  int64         `json:"position"`
	Published *PublishedDay `json:"published,omitempty"` // the newest publication; nil before the first
}

// ReadInForceAt makes again, from the log alone, what was in force after so many entries,
// on the day of the last of them: for whoever has the keys, also what was classified then
// and what was done meanwhile.
func ReadInForceAt(ctx context.Context, cfg AuditConfig, position int64) (*InForceAt, error) {
	a, err := newAuditor(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if position < 0 || position > a.head.Size {
		return nil, aiqyn.E(aiqyn.Invalid, "error.position", "size", a.head.Size)
	}
	acts, err := a.e.gridActs(ctx, position, position)
	if err != nil {
		return nil, err
	}
	at := &InForceAt{InForce: GridInForce{}.after(acts), Position: position}
	if position > 0 {
		last, err := a.e.entry(ctx, position-1)
		if err != nil {
			return nil, err
		}
		at.InForce = at.InForce.On(max(at.InForce.Day, day(last.Recorded, a.Zone)))
	}
	var said *publication
	rows, err := a.Store.PublicationsBefore(ctx, position+1, 1) // each is numbered by its entry, from 1 on
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		if said, err = a.e.publicationAt(ctx, rows[0].Entry); err != nil {
			return nil, err
		}
		p := publishedDay(rows[0].Entry, rows[0].Day, rows[0].Hash, said)
		at.Published, at.Base, at.Network = &p, said.Base, said.Network
	}
	if base, network, ok := at.InForce.network(said); ok {
		at.Base, at.Network = base, network
	}
	return at, nil
}

// network is the network in force beside the newest publication, as it was surveyed and
// with its loads; not ok where the acts name none. A publication's is in force for as long
// as the network that it rests on is: see [Engine.publishedOn].
func (s *GridInForce) network(said *publication) (base, network string, ok bool) {
	if s.Tables == nil {
		return "", "", false
	}
	if base = s.Tables.Network; said != nil && said.Base == base {
		return base, said.Network, true
	}
	return base, base, true
}
