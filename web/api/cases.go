package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/web/visit"
)

type casesJSON struct {
	Cases []lineJSON `json:"cases"`
	Next  string     `json:"next" doc:"The after of the next page; empty on the last."`
}

type lineJSON struct {
	Ref      aiqyn.Reference `json:"ref"`
	Service  aiqyn.ServiceID `json:"service"`
	Status   casework.Status `json:"status"`
	Outcome  aiqyn.Outcome   `json:"outcome,omitempty"`
	Filed    moment          `json:"filed"`
	Due      moment          `json:"due,omitempty"`
	DaysLeft int             `json:"days_left"`
	Object   string          `json:"object,omitempty" doc:"What the case is about, such as a parcel."`
}

func sendLines(v *visit.Visit, list casework.List[casework.CaseLine]) error {
	lines := make([]lineJSON, 0, len(list.Items))
	for _, l := range list.Items {
		lines = append(lines, lineJSON{l.Ref, l.Service, l.Status, l.Outcome, rfc(l.Filed), rfc(l.Due), l.DaysLeft, l.Object})
	}
	return send(v, http.StatusOK, casesJSON{lines, list.Next})
}

func mine(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Mine(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	return sendLines(v, list)
}

func inbox(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Inbox(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	return sendLines(v, list)
}

type caseJSON struct {
	Ref         aiqyn.Reference    `json:"ref"`
	Service     aiqyn.ServiceID    `json:"service"`
	Pack        string             `json:"pack" doc:"Hash of the pack that the case is decided by."`
	Status      casework.Status    `json:"status"`
	Outcome     aiqyn.Outcome      `json:"outcome,omitempty"`
	Step        aiqyn.StepID       `json:"step,omitempty"`
	State       casework.StepState `json:"state,omitempty"`
	Filed       moment             `json:"filed"`
	Due         moment             `json:"due,omitempty"`
	DaysLeft    int                `json:"days_left"`
	Suspended   string             `json:"suspended,omitempty" doc:"For which reason the clock stands still."`
	Agent       agentJSON          `json:"agent,omitzero" doc:"Who filed it for the applicant, if not they themselves."`
	Answers     map[string]string  `json:"answers,omitempty"`
	Reasons     []truthJSON        `json:"reasons,omitempty"`
	Rejected    []rejectedJSON     `json:"rejected,omitempty" doc:"Connection points that fall away, the cheapest first, and what stands against each."`
	Earlier     []earlierJSON      `json:"earlier,omitempty" doc:"Applications that stand before it for the power that it fits in: filed earlier, and not decided yet."`
	Ahead       int                `json:"earlier_count,omitempty" doc:"How many those are in all, to those who work on the case: the list names the earliest."`
	Correctable []string           `json:"correctable,omitempty" doc:"Fields of what was granted that may be said to be wrong."`
	Fee         feeJSON            `json:"fee,omitzero" doc:"The official price, if there is one."`
	Sent        sentJSON           `json:"sent,omitzero" doc:"Where it was sent on to, if another log carries its place."`
	Came        cameJSON           `json:"came,omitzero" doc:"Which log has sent it on, if one has."`
	Can         []string           `json:"can" doc:"What whoever asks may do to the case now."`
	Events      []eventJSON        `json:"events"`
}

type sentJSON struct {
	To       string          `json:"to" doc:"Origin of that log."`
	Entry    int64           `json:"entry" doc:"Here, by which it was sent on."`
	By       moment          `json:"by" doc:"By when it must have been taken on."`
	Answered moment          `json:"answered,omitempty" doc:"When that log's word, with its proof, was recorded here; absent until then."`
	Ref      aiqyn.Reference `json:"ref,omitempty" doc:"Of the case there."`
	Declined string          `json:"declined,omitempty" doc:"Why there is none: open-already, not-competent, answers, not-offered."`
}

type cameJSON struct {
	From    string          `json:"from" doc:"Origin of that log."`
	Ref     aiqyn.Reference `json:"ref" doc:"Of the case there."`
	Arrived moment          `json:"arrived" doc:"When it came here; filed is when it was filed there."`
	Since   string          `json:"since" doc:"From when the terms run: filed, arrived."`
}

// between fills in the other log of a case.
func (out *caseJSON) between(c *casework.CaseView) {
	if d := c.Sent; d != nil {
		out.Sent = sentJSON{To: d.Origin, Entry: d.Entry, By: rfc(d.By), Answered: rfc(d.Arrived), Ref: d.Ref, Declined: d.Declined}
	}
	if d := c.Came; d != nil {
		out.Came = cameJSON{From: d.Origin, Ref: d.Ref, Arrived: rfc(d.Arrived), Since: d.Since}
	}
}

type agentJSON struct {
	Person string `json:"person" doc:"IIN, masked for whom the case is not."`
	By     string `json:"by" doc:"By what right: mandate, or the register that names them."`
	Entry  int64  `json:"entry,omitempty" doc:"That gave the mandate."`
}

// feeJSON is the official price of a case, and what was paid.
type feeJSON struct {
	Amount  int64        `json:"amount" doc:"Tiyn. The pack sets it; of a lot that is won it is the price less the deposit."`
	Deposit int64        `json:"deposit,omitempty" doc:"Tiyn, that were paid before, of a lot that is won."`
	Due     moment       `json:"due,omitempty" doc:"The last instant to pay."`
	Paid    moment       `json:"paid,omitempty"`
	Receipt string       `json:"receipt,omitempty" doc:"The payment provider's number."`
	Refunds []refundJSON `json:"refunds,omitempty"`
}

type refundJSON struct {
	Amount   int64              `json:"amount" doc:"Hundredths of the currency."`
	Currency string             `json:"currency"`
	Why      casework.RefundWhy `json:"why"`
	Done     moment             `json:"done,omitempty" doc:"When it had gone back; absent while it is on its way."`
}

func newFee(f *casework.FeeView) (out feeJSON) {
	if f == nil {
		return out
	}
	out = feeJSON{Amount: f.Amount, Due: rfc(f.Due), Paid: rfc(f.Paid), Receipt: f.Receipt}
	if f.Deposit != nil {
		out.Deposit = f.Deposit.Amount
	}
	for _, r := range f.Refunds {
		out.Refunds = append(out.Refunds, refundJSON{Amount: r.Amount, Currency: r.Currency, Why: r.Why, Done: rfc(r.Done)})
	}
	return out
}

// truthJSON is a listed reason to refuse, and whether it is true now.
type truthJSON struct {
	Name string `json:"name"`
	True bool   `json:"true"`
}

type earlierJSON struct {
	Ref   aiqyn.Reference `json:"ref,omitempty" doc:"To those who work on the case; nobody else is told."`
	Filed moment          `json:"filed"`
	Until moment          `json:"until" doc:"For how long it stands before others at most."`
}

type eventJSON struct {
	Entry int64              `json:"entry"`
	Kind  casework.EventKind `json:"kind"`
	At    moment             `json:"at"`
	Role  aiqyn.Role         `json:"role"`
	Level ledger.Level       `json:"level"`
	By    int                `json:"witnesses" doc:"How many have cosigned."`
	Late  bool               `json:"late"`
}

func oneCase(v *visit.Visit) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	out := caseJSON{
		Ref: c.Ref, Service: c.Service.ID, Pack: c.PackHash, Status: c.Status, Outcome: c.Outcome, Filed: rfc(c.Filed),
		State: c.StepState, DaysLeft: c.DaysLeft, Suspended: c.Suspended, Can: append([]string{}, c.Can...), Fee: newFee(c.Fee),
		Answers: map[string]string{}, Events: []eventJSON{},
	}
	if a := c.Agent; a != nil {
		out.Agent = agentJSON{a.Person, a.Kind, a.Entry}
	}
	out.between(c)
	if c.Step != nil {
		out.Step = c.Step.Name
	}
	if c.Due != nil {
		out.Due = rfc(c.Due.At)
	}
	for _, a := range c.Answers {
		out.Answers[a.Question.Name] = a.Value
	}
	if c.Ruling != nil {
		out.Ahead = c.Ruling.Ahead
		for _, r := range c.Ruling.Reasons {
			out.Reasons = append(out.Reasons, truthJSON{r.Reason.Name, r.True})
		}
		out.Rejected = rejected(c.Ruling.Points)
		for _, e := range c.Ruling.Earlier {
			out.Earlier = append(out.Earlier, earlierJSON{e.Ref, rfc(e.Filed), rfc(e.Until)})
		}
	}
	for _, f := range c.Correctable {
		out.Correctable = append(out.Correctable, f.Field)
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, eventJSON{e.Index, e.Kind, rfc(e.At), e.Role, e.Proven.Level, e.Proven.By, e.Proven.Late})
	}
	return send(v, http.StatusOK, out)
}
