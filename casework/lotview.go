package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/allocation"
	"aiqyn/service"
	"aiqyn/store"
)

// LotView is a lot as anybody may see it. Sums are in tiyn.
type LotView struct {
	ID, Parcel string
	Service    aiqyn.ServiceID
	Seller     InstitutionView
	Purpose    aiqyn.Text
	Right      string // ownership, lease
	Years      int64  // of a lease
	Area       int64  // m²
	Region     string // code
	District   string // code
	Address    string
	Lat, Lon   float64
	Least      int64
	Deposit    int64
	State      LotState
	Entry      int64 // that published it
	At         time.Time
	Changed    time.Time // when it came where it stands
	Objections time.Time // last instant to object
	Bids       time.Time // last instant to seal a bid
	Opens      time.Time // bids are opened after it
	Held       bool      // bids are not opened, because an objection has no answer yet

	// Once the seals are committed to.
	OpenedAt   int64     // entry; 0: not yet
	OpenedTime time.Time // when its bids were closed
	Seals      int
	Until      time.Time // last instant to open a bid
	Root       string
	Inputs     string // hash of the file
	Beacon     string
	Seed       uint64
	SeedDue    time.Time

	// Once it is drawn.
	DrawnAt      int64 // entry; 0: not yet
	DrawnTime    time.Time
	Winner       string
	Price        int64
	Opened       int // bids
	File, Result string
	Value, Proof string

	// What became of the price.
	PayBy        time.Time // last instant to pay it; zero: nobody is to
	ContractedAt int64     // entry that says that the plot was given; 0: it was not
	Contract     int64     // entry of the contract
	Rest         int64     // that was paid beside the deposit
	Deposited    int64     // entry of the deposit
	Paid         int64     // entry of the rest
	DefaultedAt  int64     // entry that says that it was not paid; 0: none does
	Kept         int64     // of the deposit
	ContractTime time.Time // zero: there is no contract
	AnnulledAt   int64     // entry that says that the contract was annulled; 0: it was not
	Annulled     int64     // entry that annulled it

	WithdrawnAt int64      // entry; 0: it was not
	Ground      aiqyn.Text // why its seller took it back
	Upheld      int64      // entry of the answer that upheld an objection; 0: none
	Settled     int64      // entry; 0: some bid has no end yet
}

// lotView shows a lot; held says that an objection waits for its answer.
func (e *Engine) lotView(l *lot, held bool) LotView {
	p, sale, parcel := &l.Published, l.sale(), l.parcel()
	v := LotView{
		ID: p.Lot, Parcel: p.Parcel, Service: p.Service, Seller: InstitutionView{ID: p.Seller, Title: sale.Title}, Purpose: sale.Purpose, Right: sale.Right, Years: sale.Years,
		Area: parcel.Area, Region: parcel.Region, District: parcel.District, Address: parcel.Address, Lat: parcel.Lat, Lon: parcel.Lon, Least: p.Least, Deposit: p.Deposit,
		State: l.state(), Entry: l.Entry, At: l.At, Changed: l.Changed, Objections: p.Objections, Bids: p.Bids, Opens: p.Opens, WithdrawnAt: l.WithdrawnAt, Settled: l.SettledAt,
	}
	v.Held = held && v.State == LotPublished
	if o := l.Opened; o != nil {
		v.OpenedAt, v.Seals, v.Until, v.Root, v.Inputs, v.Beacon, v.Seed = l.OpenedAt, o.Bids, o.Until, o.Root, o.Inputs, o.Beacon, o.Seed
		v.OpenedTime, _ = time.Parse(time.RFC3339, o.Closed)
		if e.Beacon != nil && e.Beacon.Name() == o.Beacon {
			v.SeedDue = e.Beacon.Time(o.Seed)
		}
	}
	if d := l.Drawn; d != nil {
		v.DrawnAt, v.Winner, v.Price, v.Opened, v.File, v.Result, v.Value, v.Proof = l.DrawnAt, d.Winner, d.Price, d.Bids, d.File, d.Result, d.Value, d.Proof
		if v.DrawnTime = l.Changed; !l.DrawnTime.IsZero() {
			v.DrawnTime = l.DrawnTime
		}
	}
	if c := l.Contracted; c != nil {
		v.ContractedAt, v.Contract, v.Rest, v.Deposited, v.Paid = l.ContractedAt, c.Contract, c.Rest, c.Deposited, c.Paid
	}
	if v.ContractTime = l.ContractTime; l.Contracted != nil && l.Annulled == nil {
		v.ContractTime = l.Changed
	}
	if d := l.Annulled; d != nil {
		v.AnnulledAt, v.Annulled = l.AnnulledAt, d.Annulled
	}
	if d := l.Defaulted; d != nil {
		v.DefaultedAt, v.Kept = l.DefaultedAt, d.Kept
	}
	if w := l.Withdrawn; w != nil {
		v.Upheld = w.Objection
		if svc, err := e.packs.service(p.Pack, p.Service); err == nil {
			g, _ := svc.Auction.Ground(w.Ground)
			v.Ground = g.Text
		}
	}
	return v
}

// LotFilter narrows a list of lots; what is empty does not.
type LotFilter struct {
	State    LotState
	District string // code
	Seller   string // institution
}

// Lots lists lots, the newest first.
func (e *Engine) Lots(ctx context.Context, f LotFilter, p Page) (List[LotView], error) {
	var out List[LotView]
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.Lots(ctx, store.LotFilter{State: string(f.State), District: f.District, Seller: f.Seller}, before, p.limit()+1)
	if err != nil {
		return out, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	objected, err := e.Store.LotsObjected(ctx, ids)
	if err != nil {
		return out, err
	}
	for i, row := range rows {
		if i == p.limit() {
			out.Next = strconv.FormatInt(rows[i-1].Entry, 10)
			break
		}
		l, err := lotFromRow(row)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, e.lotView(l, objected[row.ID]))
	}
	return out, nil
}

// Lot finds a lot by its name.
func (e *Engine) Lot(ctx context.Context, id string) (LotView, error) {
	l, err := e.lot(ctx, id)
	if err != nil {
		return LotView{}, err
	}
	objected, err := e.Store.LotsObjected(ctx, []string{id})
	if err != nil {
		return LotView{}, err
	}
	v := e.lotView(l, objected[id])
	v.PayBy, err = e.payBy(ctx, id)
	return v, err
}

func (e *Engine) lot(ctx context.Context, id string) (*lot, error) {
	row, ok, err := e.Store.LotByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return lotFromRow(row)
}

// LotCounts are how many bids and objections a lot has, by where they stand.
type LotCounts struct {
	Seals, Opened               int
	Objected, Upheld, Dismissed int // of objections: without an answer, and with one
}

// LotCounts counts the bids and objections of a lot.
func (e *Engine) LotCounts(ctx context.Context, id string) (n LotCounts, err error) {
	counts, err := e.Store.LotCounts(ctx, id)
	for state, many := range counts {
		switch BidState(state) {
		case BidSealed, BidOpened, BidWon, BidOwing, BidContracted, BidAnnulled, BidLost:
			n.Seals += many
			if BidState(state) == BidOpened {
				n.Opened += many
			}
		case ObjectionOpen:
			n.Objected = many
		case ObjectionUpheld:
			n.Upheld = many
		case ObjectionDismissed:
			n.Dismissed = many
		}
	}
	return n, err
}

// SealView is a bid as anybody may see it: what it offers when everything is drawn.
type SealView struct {
	Name, Seal string
	Opened     bool
	Amount     int64 // tiyn; 0 as long as it is nobody's business
	Entry      int64
}

// LotSeals lists the bids of a lot that were sealed, in the order in which they were
// begun.
func (e *Engine) LotSeals(ctx context.Context, id string, p Page) (List[SealView], error) {
	var out List[SealView]
	l, err := e.lot(ctx, id)
	if err != nil {
		return out, err
	}
	from, err := after(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.LotSeals(ctx, id, from, p.limit()+1)
	if err != nil {
		return out, err
	}
	for i, row := range rows {
		if i == p.limit() {
			out.Next = strconv.FormatInt(rows[i-1].Case, 10)
			break
		}
		v := SealView{Name: row.Name, Seal: row.Seal, Opened: row.Salt != "", Entry: row.Entry}
		if l.Drawn != nil {
			v.Amount = row.Amount
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// LotFile is the round of a lot as strangers run it again: the seals as they were
// committed to, and once it is drawn what was opened, with the seed. Result is the
// outcome; it is empty before. Both are empty before bids are closed.
func (e *Engine) LotFile(ctx context.Context, v LotView) (file, result []byte, err error) {
	switch {
	case v.OpenedAt == 0:
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	case v.File == "":
		file, err = snapshotOf(ctx, e.Store, roundInputsKind, v.Inputs)
		return file, nil, err
	}
	if file, err = snapshotOf(ctx, e.Store, roundFileKind, v.File); err != nil {
		return nil, nil, err
	}
	result, err = snapshotOf(ctx, e.Store, roundResultKind, v.Result)
	return file, result, err
}

// OwnLots lists what somebody's institution sells, the newest first, and by which
// service; NotFound if there is none to sell by.
func (e *Engine) OwnLots(ctx context.Context, viewer aiqyn.Actor, p Page) (*service.Service, List[LotView], error) {
	var out List[LotView]
	if err := e.looks(ctx, viewer); err != nil {
		return nil, out, err
	}
	if err := access.Check(viewer.Role, access.ActionReportPlaces, access.Body); err != nil {
		return nil, out, err
	}
	for _, svc := range e.packs.current().Services {
		if svc.Auction == nil {
			continue
		}
		out, err := e.Lots(ctx, LotFilter{Seller: string(viewer.Body)}, p)
		return svc, out, err
	}
	return nil, out, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// BidView is a case as its lot knows it: a bid, or an objection.
type BidView struct {
	Lot     LotView
	State   BidState
	Name    string // in the round; nobody but the bidder is told whose it is
	Round   string // what seals are made with
	Seal    string
	Called  time.Time // until when it may be opened; zero: nobody has asked yet
	Amount  int64     // tiyn, once it is opened
	Price   int64     // tiyn, of who has won
	Why     string    // it came to nothing
	Objects bool      // it is an objection
}

// MakeSeal makes the seal of a bid over some tiyn, for whoever cannot make it
// elsewhere. It is kept nowhere: without the salt nobody opens the bid.
func (b *BidView) MakeSeal(tiyn int64) (salt, seal string) {
	var drawn [32]byte
	rand.Read(drawn[:])
	made := allocation.Seal(b.Round, b.Name, tiyn, drawn)
	return hex.EncodeToString(drawn[:]), hex.EncodeToString(made[:])
}

// bid shows the bid or objection that a case is; nil if it is neither.
func (v *viewing) bid(ctx context.Context) (*BidView, error) {
	b, l := v.rec.state.OnLot, v.lot
	if l == nil {
		return nil, nil
	}
	objected, err := v.e.Store.LotsObjected(ctx, []string{b.Lot})
	if err != nil {
		return nil, err
	}
	out := &BidView{Lot: v.e.lotView(l, objected[b.Lot]), State: b.State, Why: b.Why, Objects: b.Name == ""}
	if v.sight == seesAll {
		out.Name, out.Round, out.Seal, out.Called, out.Amount, out.Price = b.Name, l.roundName(), b.Seal, b.Called, b.Amount, b.Price
	}
	return out, nil
}

// bidCan lists what a bidder may do now.
func (v *viewing) bidCan() (list []string) {
	b, l := v.rec.state.OnLot, v.lot
	switch {
	case v.rec.state.Held || l == nil:
	case b.State == BidEntered && l.bidding(v.now):
		list = append(list, "seal-bid")
	case b.State == BidSealed && l.state() == LotOpened && !v.now.After(l.Opened.Until):
		list = append(list, "open-bid")
	}
	return list
}
