package show

import (
	"cmp"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// LotTag names where a lot stands; of one whose bids are still sealed whether bids
// are taken, waited for, or held by an objection.
func LotTag(v *visit.Visit, l casework.LotView) *ui.Tag {
	state, kind := string(l.State), map[casework.LotState]string{casework.LotPublished: "todo", casework.LotOpened: "warn", casework.LotSold: "good", casework.LotContracted: "good", casework.LotDefaulted: "bad", casework.LotAnnulled: "bad"}[l.State]
	if l.State == casework.LotSold && l.Settled == 0 {
		state, kind = "owed", "warn"
	}
	if l.State == casework.LotPublished && v.Now().After(l.Bids) {
		if state, kind = "closed", "warn"; l.Held && v.Now().After(l.Opens) {
			state = "held"
		}
	}
	return &ui.Tag{Kind: kind, Text: v.T("web.lot.state." + state)}
}

// LotRight is what is sold: the plot itself, or a lease of some years.
func LotRight(v *visit.Visit, l casework.LotView) string {
	if l.Right == "lease" {
		return v.T("web.lot.lease", "n", l.Years)
	}
	return v.T("web.lot.ownership")
}

// LotPlace is where a plot lies.
func LotPlace(v *visit.Visit, l casework.LotView) string {
	for _, r := range v.Engine.Pack().Regions {
		for _, d := range r.Districts {
			if d.Code == l.District {
				return v.In(d.Title)
			}
		}
	}
	return RegionName(v, l.Region)
}

// LotRows are what is sold, by whom and for how much at least.
func LotRows(v *visit.Visit, l casework.LotView) []ui.Row {
	rows := []ui.Row{
		{Key: v.T("web.lot.parcel"), Value: l.Parcel, Note: LotPlace(v, l) + ", " + l.Address},
		{Key: v.T("web.lot.purpose"), Value: v.In(l.Purpose)},
		{Key: v.T("web.lot.right"), Value: LotRight(v, l)},
		{Key: v.T("web.lot.area"), Value: v.T("web.lot.metres", "n", locale.Number(v.Lang, l.Area))},
		{Key: v.T("web.lot.seller"), Value: cmp.Or(v.In(l.Seller.Title), l.Seller.ID)},
		{Key: v.T("web.lot.least"), Value: locale.Money(v.Lang, l.Least), Note: v.T("web.lot.least-why")},
		{Key: v.T("web.lot.deposit"), Value: locale.Money(v.Lang, l.Deposit), Note: v.T("web.lot.deposit-why")},
	}
	if l.Address == "" {
		rows[0].Note = LotPlace(v, l)
	}
	return rows
}

// LotMoments are the days of a lot, those that have passed and the next.
func LotMoments(v *visit.Visit, l casework.LotView) (list []ui.Moment) {
	now := v.Now()
	list = append(list, ui.Moment{At: l.At, What: v.T("web.lot.published"), Proof: entryProof(v, l.Entry)})
	if l.WithdrawnAt != 0 {
		why := v.In(l.Ground)
		if l.Upheld != 0 {
			why = v.T("web.lot.upheld", "entry", l.Upheld)
		}
		return append(list, ui.Moment{Next: true, What: v.T("web.lot.state.withdrawn"), Text: why, Proof: entryProof(v, l.WithdrawnAt)})
	}
	for _, m := range []struct {
		at  time.Time
		key string
	}{{l.Objections, "objections"}, {l.Bids, "bids"}, {l.Opens, "opens"}, {l.OpenedTime, "sealed"}, {l.Until, "until"}} {
		switch {
		case m.at.IsZero():
		case m.key == "sealed":
			list = append(list, ui.Moment{At: m.at, What: v.T("web.lot.sealed", "n", l.Seals), Proof: entryProof(v, l.OpenedAt)})
		case m.at.Before(now):
			list = append(list, ui.Moment{At: m.at, What: v.T("web.lot." + m.key + "-over")})
		default:
			list = append(list, ui.Moment{Next: true, What: v.T("web.lot."+m.key, "at", locale.DateTime(v.Lang, m.at)), Text: DaysTo(v, m.at)})
		}
	}
	if l.DrawnAt != 0 {
		list = append(list, ui.Moment{At: l.DrawnTime, What: v.T("event.lot-drawn"), Proof: entryProof(v, l.DrawnAt)})
	}
	switch {
	case l.ContractedAt != 0:
		list = append(list, ui.Moment{At: l.ContractTime, What: v.T("event.lot-contracted"), Proof: entryProof(v, l.ContractedAt)})
	case l.DefaultedAt != 0:
		list = append(list, ui.Moment{At: l.Changed, What: v.T("event.lot-defaulted"), Proof: entryProof(v, l.DefaultedAt)})
	case !l.PayBy.IsZero():
		list = append(list, ui.Moment{Next: true, What: v.T("web.lot.pay-by", "at", locale.DateTime(v.Lang, l.PayBy)), Text: DaysTo(v, l.PayBy)})
	}
	if l.AnnulledAt != 0 {
		list = append(list, ui.Moment{At: l.Changed, What: v.T("event.lot-annulled"), Proof: entryProof(v, l.AnnulledAt)})
	}
	if l.DrawnAt == 0 && l.OpenedAt != 0 && now.After(l.Until) {
		list = append(list, ui.Moment{Next: true, What: v.T("web.lot.seed", "at", locale.DateTime(v.Lang, l.SeedDue))})
	}
	return list
}

// entryProof leads to an entry of the log.
func entryProof(v *visit.Visit, entry int64) *ui.Proof {
	return &ui.Proof{Href: v.Href("ledger", entry), Entry: entry, Level: ui.Tag{Kind: "good", Text: v.T("web.lot.entry")}}
}

// DaysTo is how many days are left to an instant.
func DaysTo(v *visit.Visit, at time.Time) string {
	n := deadline.DateOf(at.In(locale.Zone)).DaysSince(deadline.DateOf(v.Now().In(locale.Zone)))
	return v.T("web.lot.days", "n", n)
}

// LotOutcome says whose a lot is and why, in sentences; nothing as long as nobody
// knows.
func LotOutcome(v *visit.Visit, l casework.LotView) (list []string) {
	switch l.State {
	case casework.LotSold, casework.LotContracted, casework.LotDefaulted, casework.LotAnnulled:
		list = []string{v.T("web.lot.sold", "name", l.Winner, "sum", locale.Money(v.Lang, l.Price)), v.T("web.lot.sold-why", "n", l.Opened)}
		if l.Price == l.Least {
			list[1] = v.T("web.lot.sold-least")
		}
		switch {
		case l.AnnulledAt != 0:
			list = append(list, v.T("web.lot.taken-back"))
		case l.ContractedAt != 0:
			list = append(list, v.T("web.lot.given"))
		case l.DefaultedAt != 0:
			list = append(list, v.T("web.lot.unpaid", "sum", locale.Money(v.Lang, l.Kept)))
		case !l.PayBy.IsZero():
			list = append(list, v.T("web.lot.owing", "sum", locale.Money(v.Lang, l.Price-l.Deposit), "at", locale.DateTime(v.Lang, l.PayBy)))
		}
		list = append(list, v.T("web.lot.name-why"))
	case casework.LotUnsold:
		list = []string{v.T("web.lot.unsold", "n", l.Opened)}
	}
	return list
}

// Bid is the bid that a case is, on its page; nil if it is none.
func Bid(v *visit.Visit, c *casework.CaseView) *Queue {
	b := c.Bid
	if b == nil {
		return nil
	}
	lot := ui.Link{Href: v.Href("lots", b.Lot.ID), Text: v.T("web.lot.page")}
	if b.Objects {
		return &Queue{Kind: "plain", Title: v.T("web.bid.state." + string(b.State)), Texts: []string{v.T("web.bid.objection-text")}, Links: []ui.Link{lot}}
	}
	out := &Queue{Kind: "plain", Title: v.T("web.bid.state." + string(b.State))}
	switch b.State {
	case casework.BidEntered:
		out.Kind, out.Texts = "warn", []string{v.T("web.bid.seal-by", "at", locale.DateTime(v.Lang, b.Lot.Bids))}
	case casework.BidSealed:
		out.Texts = []string{v.T("web.bid.opens-at", "at", locale.DateTime(v.Lang, b.Lot.Opens))}
		if b.Lot.State == casework.LotOpened {
			out.Kind, out.Texts = "warn", []string{v.T("web.bid.open-by", "at", locale.DateTime(v.Lang, b.Lot.Until))}
		} else if b.Lot.Held {
			out.Texts = append(out.Texts, v.T("web.bid.held"))
		}
	case casework.BidOpened:
		out.Texts = []string{v.T("web.bid.opened", "sum", locale.Money(v.Lang, b.Amount)), v.T("web.bid.seed", "at", locale.DateTime(v.Lang, b.Lot.SeedDue))}
		if b.Amount < b.Lot.Least {
			out.Kind, out.Texts[1] = "warn", v.T("web.bid.below-least", "least", locale.Money(v.Lang, b.Lot.Least))
		}
	case casework.BidWon:
		out.Kind, out.Texts = "good", []string{v.T("web.bid.won", "sum", locale.Money(v.Lang, b.Price), "deposit", locale.Money(v.Lang, b.Lot.Deposit), "rest", locale.Money(v.Lang, max(0, b.Price-b.Lot.Deposit)))}
	case casework.BidOwing:
		out.Kind, out.Texts = "good", []string{v.T("web.bid.owing", "sum", locale.Money(v.Lang, b.Price), "deposit", locale.Money(v.Lang, b.Lot.Deposit), "rest", locale.Money(v.Lang, max(0, b.Price-b.Lot.Deposit)))}
	case casework.BidContracted:
		out.Kind, out.Texts = "good", []string{v.T("web.bid.contracted", "sum", locale.Money(v.Lang, b.Price)), v.T("web.bid.right")}
	case casework.BidAnnulled:
		out.Kind, out.Texts = "warn", []string{v.T("web.bid.annulled")}
	case casework.BidLost:
		out.Texts = []string{v.T("web.bid.why." + b.Why)}
	}
	if Can(c, "seal-bid") || Can(c, "open-bid") {
		out.Links = append(out.Links, ui.Link{Href: v.Href("cases", c.Ref, "bid"), Text: v.T("web.bid.do")})
	}
	out.Links = append(out.Links, lot)
	return out
}

// NextOfBid is what happens now with a bid that waits.
func NextOfBid(v *visit.Visit, c *casework.CaseView) (ui.Moment, bool) {
	b := c.Bid
	if b == nil || b.Objects || c.StepState != casework.StepWaiting {
		return ui.Moment{}, false
	}
	m := ui.Moment{Next: true, What: v.T("web.bid.next.wait"), Who: v.T("role." + string(aiqyn.RoleSystem)), Text: v.T("web.bid.opens-at", "at", locale.DateTime(v.Lang, b.Lot.Opens))}
	switch {
	case Can(c, "seal-bid"):
		m.What, m.Who, m.Text = v.T("web.bid.next.seal"), v.T("role."+string(aiqyn.RoleApplicant)), v.T("web.bid.seal-by", "at", locale.DateTime(v.Lang, b.Lot.Bids))
	case Can(c, "open-bid"):
		m.What, m.Who, m.Text = v.T("web.bid.next.open"), v.T("role."+string(aiqyn.RoleApplicant)), v.T("web.bid.open-by", "at", locale.DateTime(v.Lang, b.Lot.Until))
	case b.State == casework.BidOpened:
		m.Text = v.T("web.bid.seed", "at", locale.DateTime(v.Lang, b.Lot.SeedDue))
	}
	return m, true
}

// Tenge reads a sum that somebody typed in whole tenge, as tiyn; ok is false if it is
// none.
func Tenge(text string) (tiyn int64, ok bool) {
	digits := make([]rune, 0, len(text))
	for _, r := range text {
		if r != ' ' && r != '\u00a0' && r != '\u202f' {
			digits = append(digits, r)
		}
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n <= 0 || n > 1e13 {
		return 0, false
	}
	return n * 100, true
}
