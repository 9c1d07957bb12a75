package service

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
)

// Auction is how plots, or rights to them, are sold by sealed bids. A case of such a
// service is one bid: it waits at Step until its lot is sold. Every day follows from
// the publication by these terms; nobody sets one.
type Auction struct {
	Plots   string       // register of what may be sold, by cadastral number
	Parcels string       // register that says what a parcel is
	Lot     string       // question that names the parcel that is sold
	Step    aiqyn.StepID // in which the bid is sealed and opened
	// Least is the least price, tiyn, by a rule over what both registers say.
	Least      *Condition
	Deposit    int           // percent of the least price, paid before a bid is sealed
	Objections deadline.Term // from the publication: in it anybody may object
	Bids       deadline.Term // from the publication: in it bids are sealed
	Opening    deadline.Term // after the last day of bids, in which objections are still answered
	Reveal     deadline.Term // from the opening: in it each bidder opens their own bid
	Price      *AuctionPrice // nil: what the winner owes beside the deposit is paid elsewhere
	Bars       []Reason      // why somebody may not bid
	Withdrawal []Ground      // why a lot may be taken back
	Law        aiqyn.Law
}

// AuctionPrice is how the winner pays the price less the deposit. A price that is not
// paid in time ends their bid: the deposit stays unless the pack gives it back, and
// the plot may be put up for sale again.
type AuctionPrice struct {
	Step aiqyn.StepID // in which it is paid
	Bars bool         // who has not paid for a plot does not bid for it again
	Law  aiqyn.Law
}

// Ground is one of a closed list of reasons.
type Ground struct {
	Name string
	Text aiqyn.Text
	Law  aiqyn.Law
}

// Objects makes the cases of a service objections to lots of another. As long as one
// has no answer its lot is not opened; one that is upheld takes the lot back.
type Objects struct {
	To     aiqyn.ServiceID // the service whose lots they are
	Lot    string          // question that names the parcel
	Step   aiqyn.StepID    // in which it is answered
	Upheld string          // its record, yes or no
	Law    aiqyn.Law
}

// Names of what the rule of a least price reads.
const (
	VarPlot   = "plot"
	VarParcel = "parcel"
)

// Ground finds a reason for taking a lot back.
func (a *Auction) Ground(name string) (Ground, bool) {
	i := slices.IndexFunc(a.Withdrawal, func(g Ground) bool { return g.Name == name })
	if i < 0 {
		return Ground{}, false
	}
	return a.Withdrawal[i], true
}

// LeastOf is the least price of a plot, tiyn, by what the registers say.
func (a *Auction) LeastOf(plot, parcel map[string]any) (int64, error) {
	v, err := a.Least.Program.Value(map[string]any{VarPlot: plot, VarParcel: parcel})
	if err != nil {
		return 0, fmt.Errorf("least price: %w", err)
	}
	least, ok := v.(int64)
	if !ok || least <= 0 {
		return 0, fmt.Errorf("least price: %v is no amount", v)
	}
	if a.Price != nil && a.DepositOf(least) >= least {
		return 0, fmt.Errorf("least price: the deposit leaves nothing of %d to pay", least)
	}
	return least, nil
}

// DepositOf is the deposit for a least price, tiyn, rounded up.
func (a *Auction) DepositOf(least int64) int64 {
	return (least/100)*int64(a.Deposit) + (least%100*int64(a.Deposit)+99)/100
}

// BarOf is the first reason that holds on the facts why somebody may not bid; nil if
// none does.
func (a *Auction) BarOf(vars map[string]any) (*Reason, error) { return firstOf(a.Bars, vars) }

func (r *reader) auction(v value) *Auction {
	if v.absent() {
		return nil
	}
	f := v.fields("plots", "parcels", "lot", "step", "least", "deposit", "objections", "bids", "opening", "reveal", "price", "bar", "withdraw", "law")
	days := func(name string) deadline.Term { return term(f.need(name).fields("days", "calendar")) }
	a := &Auction{
		Plots: f.need("plots").dotted(), Parcels: f.need("parcels").dotted(), Lot: f.need("lot").name(), Step: aiqyn.StepID(f.need("step").name()),
		Least: condition(f.need("least")), Deposit: int(f.need("deposit").whole(1, 100)),
		Objections: days("objections"), Bids: days("bids"), Opening: days("opening"), Reveal: days("reveal"), Law: r.needLaw(f, "an auction"),
	}
	if v := f.get("price"); !v.absent() {
		p := v.fields("step", "bars", "law")
		a.Price = &AuctionPrice{Step: aiqyn.StepID(p.need("step").name()), Bars: p.get("bars").yes(), Law: r.needLaw(p, "a price")}
	}
	for _, item := range f.get("bar").items() {
		a.Bars = append(a.Bars, r.reason(item))
	}
	for _, item := range f.need("withdraw").items() {
		g := item.fields("ground", "text", "law")
		a.Withdrawal = append(a.Withdrawal, Ground{Name: g.need("ground").name(), Text: r.text(g.need("text")), Law: r.needLaw(g, "a ground")})
	}
	return a
}

func (r *reader) objects(v value) *Objects {
	if v.absent() {
		return nil
	}
	f := v.fields("to", "lot", "step", "upheld", "law")
	return &Objects{
		To: aiqyn.ServiceID(f.need("to").dotted()), Lot: f.need("lot").name(), Step: aiqyn.StepID(f.need("step").name()), Upheld: f.need("upheld").name(),
		Law: r.needLaw(f, "an objection"),
	}
}

// auction holds an auction to the rest of the service, once all names are known.
func (c *checker) auction() {
	a := c.s.Auction
	if a == nil {
		return
	}
	if c.s.Kind != aiqyn.Share || c.s.Queue != nil || c.s.OnlyFollows {
		c.doc.fail("auction", "only a share is sold, and nobody waits for it in a queue")
	}
	for path, name := range map[string]string{"plots": a.Plots, "parcels": a.Parcels} {
		if findRegister(c.pack.Registers, name) == nil {
			c.doc.fail("auction."+path, "register %q is not among the registers of the pack", name)
		}
	}
	if q, ok := c.s.Question(a.Lot); !ok || q.Type != TypeCadastral || q.Optional || c.s.Object != a.Lot {
		c.doc.fail("auction.lot", "the object of the service is what question %q, always answered, names by its cadastral number", a.Lot)
	}
	step := findStepIn(c.s.Steps, a.Step)
	if step == nil || len(c.s.Steps) < 2 || c.s.Steps[0] != step || step.By != aiqyn.RoleApplicant || step.When != nil || step.Again != nil {
		c.doc.fail("auction.step", "the first step, always taken by the applicant, is the bid")
	}
	if c.s.Fee.Pay == nil || c.s.Fee.After != "" {
		c.doc.fail("auction.deposit", "the deposit is the official price of a bid, paid before all steps")
	}
	c.priceOfLot(a)
	for i := range a.Bars {
		c.condition(fmt.Sprintf("auction.bar[%d].when", i), &a.Bars[i].When, "it bars nobody")
	}
	if a.Least != nil {
		env, err := rule.NewEnv(map[string]rule.Type{VarPlot: rule.Map, VarParcel: rule.Map})
		if err != nil {
			c.doc.fail("auction.least", "rule: %v", err)
			return
		}
		c.rule("auction.least", a.Least.Expr, &a.Least.Program, env)
	}
}

// priceOfLot holds the price to the step in which it is paid.
func (c *checker) priceOfLot(a *Auction) {
	if a.Price == nil {
		return
	}
	if step := findStepIn(c.s.Steps, a.Price.Step); step == nil || len(c.s.Steps) < 3 || c.s.Steps[1] != step || step.By != aiqyn.RoleApplicant || step.When != nil || step.Again != nil {
		c.doc.fail("auction.price.step", "the second step, always taken by the applicant, is the payment")
	}
	if a.Deposit == 100 {
		c.doc.fail("auction.deposit", "the deposit leaves nothing of the price to pay")
	}
}

// pays reports whether a step is the payment of the price of a lot: it asks nothing.
func (c *checker) pays(step *Step) bool {
	return c.s.Auction != nil && c.s.Auction.Price != nil && c.s.Auction.Price.Step == step.Name
}

// objects holds an objection to the step in which it is answered.
func (c *checker) objects() {
	o := c.s.Objects
	if o == nil {
		return
	}
	if q, ok := c.s.Question(o.Lot); !ok || q.Type != TypeCadastral || q.Optional {
		c.doc.fail("objects.lot", "there is no question %q that always names a parcel", o.Lot)
	}
	step := findStepIn(c.s.Steps, o.Step)
	if step == nil || step.When != nil || step.By == aiqyn.RoleSystem || step.By == aiqyn.RoleApplicant {
		c.doc.fail("objects.step", "there is no step %q that an officer always takes", o.Step)
		return
	}
	if answer, ok := findQuestion(step.Records, o.Upheld); !ok || answer.Type != TypeYesNo || answer.Optional || answer.When != nil {
		c.doc.fail("objects.upheld", "step %q records no %q that is always yes or no", o.Step, o.Upheld)
	}
}

// firstOf is the first reason that holds on the facts; nil if none does.
func firstOf(reasons []Reason, vars map[string]any) (*Reason, error) {
	for i := range reasons {
		holds, err := reasons[i].When.Program.Eval(vars)
		if err != nil {
			return nil, fmt.Errorf("bar %s: %w", reasons[i].Name, err)
		}
		if holds {
			return &reasons[i], nil
		}
	}
	return nil, nil
}

// Why a bid comes to nothing.
const (
	BidOutbid    = "outbid"        // another pays for the lot
	BidBelow     = "below"         // it was below the least price
	BidUnopened  = "unopened"      // it was sealed and its bidder has not opened it
	BidUnsealed  = "unsealed"      // no seal came in time
	BidLate      = "late"          // the deposit was taken when bids were closed
	BidWithdrawn = "lot-withdrawn" // there is nothing to sell any more
	BidUnpaid    = "unpaid"        // it has won and its price was not paid in time
)

// BidReasons are all of them. A deposit goes back after those that the pack names.
var BidReasons = []string{BidOutbid, BidBelow, BidUnopened, BidUnsealed, BidLate, BidWithdrawn, BidUnpaid}

// refundOfBid holds the refund of a deposit to what can become of a bid.
func (c *checker) refundOfBid(path string, r FeeRefund) {
	if c.s.Auction == nil || len(r.Reasons) == 0 {
		c.doc.fail(path, "after lapsed, a deposit goes back, for reasons why a bid comes to nothing")
	}
	for _, name := range r.Reasons {
		if !slices.Contains(BidReasons, name) {
			c.doc.fail(path+".reasons", "a bid does not come to nothing for %q", name)
		}
	}
}
