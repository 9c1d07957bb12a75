package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/rule"
	"aiqyn/service"
)

// Names of what is read when a lot is published.
const (
	readingPlot   = "plot"
	readingParcel = "parcel"
)

// PublishLot puts a plot up for sale. What is sold, for how much at least and until
// when follows from the registers, the pack and the day.
type PublishLot struct {
	ID      aiqyn.CommandID
	Actor   aiqyn.Actor // of the institution that may sell it
	Service aiqyn.ServiceID
	Parcel  string // cadastral number
}

// WithdrawLot takes a lot back before its bids are opened.
type WithdrawLot struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor // of the institution that sells it
	Lot    string
	Ground string // of the pack's list
}

// sells finds the auction of the pack in force that somebody may sell by.
func (e *Engine) sells(actor aiqyn.Actor, id aiqyn.ServiceID) (*service.Service, error) {
	if err := access.Check(actor.Role, access.ActionReportPlaces, access.Body); err != nil {
		return nil, err
	}
	if actor.Officer == "" {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	svc, ok := e.packs.current().Service(id)
	if !ok || svc.Auction == nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return svc, nil
}

type publishLot struct {
	apart
	PublishLot
	svc      *service.Service
	pack     string
	least    int64
	readings []reading
}

func (c *publishLot) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	pack := e.packs.current()
	svc, err := e.sells(c.actor, c.Service)
	if err != nil {
		return err
	}
	if c.Parcel, err = stringOf(registry.ParseCadastral(c.Parcel, e.Practice)); err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("parcel")
	}
	c.svc, c.pack, c.readings = svc, pack.Hash(), nil
	for _, of := range [][2]string{{readingPlot, svc.Auction.Plots}, {readingParcel, svc.Auction.Parcels}} {
		r, err := e.Registers.Read(ctx, registry.Query{Register: of[1], Key: c.Parcel, Purpose: string(svc.ID) + "/" + of[0], Actor: c.actor})
		if err != nil {
			return err
		}
		if !r.Found {
			return aiqyn.E(aiqyn.NotFound, "error.lot-unknown").On("parcel")
		}
		c.readings = append(c.readings, readOf(of[0], c.Parcel, r))
	}
	sale, err := registry.Decode[registry.Sale](registry.Reading{Found: true, Value: c.readings[0].Value})
	if err != nil {
		return err
	}
	if sale.Seller != string(c.actor.Body) {
		return aiqyn.E(aiqyn.Forbidden, "error.lot-not-yours").On("parcel")
	}
	if err := e.forSale(ctx, c.Parcel); err != nil {
		return err
	}
	c.least, err = leastPrice(svc.Auction, c.readings)
	return err
}

// leastPrice is what a plot costs at least, by what was read of it.
func leastPrice(a *service.Auction, readings []reading) (int64, error) {
	docs := make([]map[string]any, 2)
	for i, r := range readings[:2] {
		var v any
		if err := json.Unmarshal(r.Value, &v); err != nil {
			return 0, err
		}
		docs[i], _ = rule.Normalise(v).(map[string]any)
	}
	return a.LeastOf(docs[0], docs[1])
}

func (c *publishLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.e.lots.onParcel(c.Parcel) != nil {
		return aiqyn.E(aiqyn.Conflict, "error.lot-open").On("parcel")
	}
	cal, err := t.e.calendar(c.svc.Calendar)
	if err != nil {
		return err
	}
	d := &lotPublished{
		Calendar: cal.Version(), Deposit: c.svc.Auction.DepositOf(c.least), Least: c.least, Lot: lotName(c.Parcel, t.s.next+int64(len(t.events))), Pack: c.pack,
		Parcel: c.Parcel, Readings: c.readings, Seller: string(c.actor.Body), Service: c.svc.ID,
	}
	if d.Objections, d.Bids, d.Opens, err = lotDays(cal, c.svc.Auction, t.now); err != nil {
		return err
	}
	if err := t.lotSystem(t.emitSystem(EventLotPublished, c.actor, d)); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// lotName calls a lot by its parcel and the entry that published it: a plot can be
// put up for sale again.
func lotName(parcel string, entry int64) string { return fmt.Sprintf("%s.%d", parcel, entry) }

// lotDays are the last instants to object and to seal a bid, and the one after which
// bids are opened, of a lot that is published at some instant.
func lotDays(cal *deadline.Calendar, a *service.Auction, at time.Time) (objections, bids, opens time.Time, err error) {
	var due [3]deadline.Due
	from := at
	for i, term := range []deadline.Term{a.Objections, a.Bids, a.Opening} {
		if i == 2 { // from the last day of bids on, not from its midnight
			opens, _ := cal.Hours()
			from = due[1].Last.Start(cal.Zone).Add(opens)
		}
		if due[i], err = cal.Due(from, term, nil); err != nil {
			return
		}
	}
	return due[0].At, due[1].At, due[2].At, nil
}

type withdrawLot struct {
	apart
	WithdrawLot
}

func (c *withdrawLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	l := t.e.lots.find(c.Lot)
	if l == nil || l.Published.Seller != string(c.actor.Body) {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	svc, err := t.e.packs.service(l.Published.Pack, l.Published.Service)
	if err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionReportPlaces, access.Body); err != nil {
		return err
	}
	if _, ok := svc.Auction.Ground(c.Ground); !ok {
		return aiqyn.E(aiqyn.Invalid, "error.lot-ground").On("ground")
	}
	if l.state() != LotPublished {
		return aiqyn.E(aiqyn.Conflict, "error.lot-opened")
	}
	if err := t.lotSystem(t.emitSystem(EventLotWithdrawn, c.actor, &lotWithdrawn{Ground: c.Ground, Lot: c.Lot})); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// readLot reads the newest lot of a parcel, as services look it up.
func (e *Engine) readLot(ctx context.Context, parcel, name string) (reading, error) {
	out := reading{At: e.Clock().UTC().Truncate(time.Microsecond), Key: parcel, Name: name, Register: registry.LotRegister, Source: "log"}
	l := e.lots.onParcel(parcel)
	if l == nil {
		row, ok, err := e.Store.LotOfParcel(ctx, parcel)
		if err != nil || !ok {
			return out, err
		}
		if l, err = lotFromRow(row); err != nil {
			return out, err
		}
	}
	doc, err := registry.Canonical(l.register(e.Zone))
	out.Found, out.Value, out.Version = true, json.RawMessage(doc), fmt.Sprint(l.Entry)
	return out, err
}

// register is the lot as a row of its register.
func (l *lot) register(zone *time.Location) registry.Lot {
	sale, p := l.sale(), &l.Published
	return registry.Lot{
		Area: l.parcel().Area, Bids: day(p.Bids, zone), Deposit: p.Deposit, Least: p.Least, Lot: p.Lot, Objections: day(p.Objections, zone), Right: sale.Right,
		Seller: p.Seller, State: string(l.state()), Years: sale.Years,
	}
}

// lotVars adds to what rules read the lots that a service looks up, by answers as they
// were typed: they are public, and the deposit that is told before somebody files is
// the lot's own.
func (e *Engine) lotVars(svc *service.Service, typed map[string]string, vars map[string]any) error {
	for _, l := range svc.LookUps {
		if l.Register != registry.LotRegister {
			continue
		}
		parcel, err := stringOf(registry.ParseCadastral(typed[l.Of], e.Practice))
		if err != nil {
			continue // there is no answer yet
		}
		r, err := e.readLot(context.Background(), parcel, l.Name)
		if err != nil || !r.Found {
			return err
		}
		var v any
		if err := json.Unmarshal(r.Value, &v); err != nil {
			return err
		}
		vars[service.Variable(l.Name)] = rule.Normalise(v)
	}
	return nil
}
