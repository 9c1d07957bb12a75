package casework

// mayBid holds whoever bids for a plot to what became of it before: who has won it and
// not paid does not bid again, where the pack says so.
func (t *lotTelling) mayBid(c lotChange, l *lot) {
	svc, err := t.e.packs.service(l.Published.Pack, l.Published.Service)
	if err != nil || svc.Auction == nil || svc.Auction.Price == nil || !svc.Auction.Price.Bars {
		return
	}
	for _, before := range t.failed[l.Published.Parcel] {
		if before.failed(t.e.keys, c.applicant) {
			t.wrong(c.ev.index, "bids for a plot that it has won before and not paid for")
		}
	}
}

// contracted holds what the log says of a plot that was given to the case that was
// given it: the winner, the price, what was paid and where that stands.
func (t *lotTelling) contracted(ev *event, d *lotContracted, l *lot) {
	if l.state() != LotSold {
		t.wrong(ev.index, "gives a plot that was not sold, or twice")
		return
	}
	if d.Winner != l.Drawn.Winner || d.Price != l.Drawn.Price || d.Deposit != l.Published.Deposit || d.Rest != d.Price-d.Deposit {
		t.wrong(ev.index, "gives a plot to another than has won it, or for another price")
	}
	if want := t.given[d.Lot]; (want == nil || *want != *d) && len(t.queueFolds.erased[l.Published.Service]) == 0 {
		t.wrong(ev.index, "no case was given this plot for what is said to be paid")
	}
}

// defaulted holds a plot whose price was not paid to the case that has not paid it.
func (t *lotTelling) defaulted(ev *event, d *lotDefaulted, l *lot) {
	if l.state() != LotSold || d.Winner != l.Drawn.Winner {
		t.wrong(ev.index, "says of a plot that it was not paid, and nobody had to pay")
		return
	}
	if want := t.unpaid[d.Lot]; (want == nil || *want != *d) && len(t.queueFolds.erased[l.Published.Service]) == 0 {
		t.wrong(ev.index, "no case has left this plot unpaid, or its deposit stays otherwise")
	}
}

// annulled holds what the log says of a contract that was annulled to the case that it was
// made with.
func (t *lotTelling) annulled(ev *event, d *lotAnnulled, l *lot) {
	if s := l.state(); s != LotContracted && s != LotSold || d.Winner != l.Drawn.Winner {
		t.wrong(ev.index, "takes a plot back that was given to nobody")
		return
	}
	if want := t.undone[d.Lot]; (want == nil || *want != *d) && len(t.queueFolds.erased[l.Published.Service]) == 0 {
		t.wrong(ev.index, "no case had its contract of this plot annulled")
	}
}

// unsaid demands that what became of a price is said in the log.
func (t *lotTelling) unsaid() {
	for id, d := range t.given {
		if l := t.of[id]; d.Contract < t.head.Size && (l == nil || l.Contracted == nil) {
			t.wrong(d.Contract, "gives a plot, and no entry of the lot says so")
		}
	}
	for id, d := range t.undone {
		if l := t.of[id]; d.Annulled < t.head.Size && (l == nil || l.Annulled == nil) {
			t.wrong(d.Annulled, "annuls the contract of a plot, and no entry of the lot says so")
		}
	}
	for id, d := range t.unpaid {
		if l := t.of[id]; d.Bid < t.head.Size && (l == nil || l.Defaulted == nil) {
			t.wrong(d.Bid, "leaves a plot unpaid, and no entry of the lot says so")
		}
	}
}
