package public

import (
	"encoding/json"
	"fmt"
	"time"

	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// A lot as a release package of the Open Contracting Data Standard 1.1: who sells
// what, until when, to whom it went and what was paid. A bidder is called as in the
// round: who they are stands in their contract.
//
// The standard is written for buying. Who sells is its buyer, and what a supplier pays
// to a buyer has a negative value; a transaction names who pays, so its value is the
// sum that was paid.

const (
	ocdsVersion = "1.1"
	// ocdsPrefix stands for the prefix that a publisher registers; this is nobody's.
	ocdsPrefix = "ocds-000000-"
	// squareMetre is its code in the recommendation 20 of UN/CEFACT.
	squareMetre = "MTK"
)

type (
	ocdsPackage struct {
		URI           string        `json:"uri"`
		Version       string        `json:"version"`
		PublishedDate string        `json:"publishedDate"`
		Publisher     ocdsPublisher `json:"publisher"`
		Releases      []ocdsRelease `json:"releases"`
	}
	ocdsPublisher struct {
		Name string `json:"name"`
	}
	ocdsRelease struct {
		OCID           string         `json:"ocid"`
		ID             string         `json:"id"`
		Date           string         `json:"date"`
		Tag            []string       `json:"tag"`
		InitiationType string         `json:"initiationType"`
		Parties        []ocdsParty    `json:"parties"`
		Buyer          ocdsParty      `json:"buyer"`
		Tender         ocdsTender     `json:"tender"`
		Awards         []ocdsAward    `json:"awards,omitempty"`
		Contracts      []ocdsContract `json:"contracts,omitempty"`
		Language       string         `json:"language"`
	}
	ocdsParty struct {
		ID    string   `json:"id"`
		Name  string   `json:"name"`
		Roles []string `json:"roles,omitempty"` // of a party; a reference to one has none
	}
	ocdsTender struct {
		ID                   string          `json:"id"`
		Title                string          `json:"title"`
		Description          string          `json:"description"`
		Status               string          `json:"status"`
		StatusDetails        string          `json:"statusDetails"`
		ProcuringEntity      ocdsParty       `json:"procuringEntity"`
		Items                []ocdsItem      `json:"items"`
		Value                ocdsValue       `json:"value"` // at most: the least price
		ProcurementMethod    string          `json:"procurementMethod"`
		AwardCriteria        string          `json:"awardCriteria"`
		AwardCriteriaDetails string          `json:"awardCriteriaDetails"`
		SubmissionMethod     []string        `json:"submissionMethod"`
		TenderPeriod         ocdsPeriod      `json:"tenderPeriod"`
		AwardPeriod          *ocdsPeriod     `json:"awardPeriod,omitempty"`
		NumberOfTenderers    *int            `json:"numberOfTenderers,omitempty"`
		Milestones           []ocdsMilestone `json:"milestones"`
	}
	ocdsItem struct {
		ID          string   `json:"id"`
		Description string   `json:"description"`
		Quantity    int64    `json:"quantity"`
		Unit        ocdsUnit `json:"unit"`
	}
	ocdsUnit struct {
		Scheme string `json:"scheme"`
		ID     string `json:"id"`
		Name   string `json:"name"`
	}
	ocdsValue struct {
		Amount   json.Number `json:"amount"`
		Currency string      `json:"currency"`
	}
	ocdsPeriod struct {
		StartDate string `json:"startDate"`
		EndDate   string `json:"endDate"`
	}
	ocdsMilestone struct {
		ID      string `json:"id"`
		Title   string `json:"title"`
		Type    string `json:"type"`
		DueDate string `json:"dueDate"`
		Status  string `json:"status"`
	}
	ocdsAward struct {
		ID        string      `json:"id"`
		Title     string      `json:"title"`
		Status    string      `json:"status"`
		Date      string      `json:"date"`
		Value     *ocdsValue  `json:"value,omitempty"`
		Suppliers []ocdsParty `json:"suppliers,omitempty"`
		Items     []ocdsItem  `json:"items"`
	}
	ocdsContract struct {
		ID             string             `json:"id"`
		AwardID        string             `json:"awardID"`
		Title          string             `json:"title"`
		Status         string             `json:"status"`
		Period         *ocdsPeriod        `json:"period,omitempty"` // of a lease
		Value          ocdsValue          `json:"value"`
		DateSigned     string             `json:"dateSigned"`
		Implementation ocdsImplementation `json:"implementation"`
	}
	ocdsImplementation struct {
		Transactions []ocdsTransaction `json:"transactions"`
	}
	ocdsTransaction struct {
		ID     string    `json:"id"`
		Source string    `json:"source"` // the entry that proves it
		Value  ocdsValue `json:"value"`
		Payer  ocdsParty `json:"payer"`
		Payee  ocdsParty `json:"payee"`
	}
)

func ocdsTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// received is a sum that somebody pays to who sells.
func received(tiyn int64) ocdsValue {
	v := paidSum(tiyn)
	v.Amount = "-" + v.Amount
	return v
}

// paidSum is the sum of a transaction.
func paidSum(tiyn int64) ocdsValue {
	return ocdsValue{json.Number(fmt.Sprintf("%d.%02d", tiyn/100, tiyn%100)), "KZT"}
}

// ocdsStates are how the standard calls where a lot stands: what the release tells of,
// where the sale is, and the award.
var ocdsStates = map[casework.LotState]struct {
	tags          []string
	tender, award string
}{
	casework.LotPublished:  {[]string{"tender"}, "active", ""},
	casework.LotOpened:     {[]string{"tenderUpdate"}, "active", ""},
	casework.LotWithdrawn:  {[]string{"tenderCancellation"}, "cancelled", ""},
	casework.LotUnsold:     {[]string{"award"}, "unsuccessful", "unsuccessful"},
	casework.LotSold:       {[]string{"award"}, "complete", "pending"},
	casework.LotDefaulted:  {[]string{"awardCancellation"}, "complete", "cancelled"},
	casework.LotContracted: {[]string{"contract", "implementation"}, "complete", "active"},
	casework.LotAnnulled:   {[]string{"contractTermination", "awardCancellation"}, "complete", "cancelled"},
}

// ocds writes the release of a lot as it stands.
func ocds(v *visit.Visit, l casework.LotView) ([]byte, error) {
	seller := ocdsParty{ID: l.Seller.ID, Name: v.In(l.Seller.Title)}
	state := ocdsStates[l.State]
	if l.State == casework.LotSold && l.Settled != 0 { // what is owed is paid elsewhere
		state.award = "active"
	}
	r := ocdsRelease{
		OCID: ocdsPrefix + l.ID, Tag: state.tags, InitiationType: "tender", Buyer: seller, Language: string(v.Lang),
		Parties: []ocdsParty{{ID: seller.ID, Name: seller.Name, Roles: []string{"buyer", "procuringEntity"}}}, Tender: ocdsTenderOf(v, l, seller),
	}
	r.Tender.Status = state.tender
	if l.DrawnAt != 0 {
		r.award(l, state.award)
	}
	if l.ContractedAt != 0 {
		r.contract(v, l, seller)
	}
	entry, at := l.Entry, l.Changed
	switch l.State {
	case casework.LotWithdrawn:
		entry = l.WithdrawnAt
	case casework.LotOpened:
		entry, at = l.OpenedAt, l.OpenedTime
	case casework.LotSold, casework.LotUnsold:
		entry = l.DrawnAt
	case casework.LotContracted:
		entry = l.ContractedAt
	case casework.LotDefaulted:
		entry = l.DefaultedAt
	case casework.LotAnnulled:
		entry = l.AnnulledAt
	}
	r.ID, r.Date = fmt.Sprintf("%s-%d", l.ID, entry), ocdsTime(at)
	return json.MarshalIndent(ocdsPackage{
		URI: v.Origin() + v.Href("lots", l.ID, "ocds.json"), Version: ocdsVersion, PublishedDate: r.Date, Publisher: ocdsPublisher{seller.Name}, Releases: []ocdsRelease{r},
	}, "", " ")
}

func ocdsTenderOf(v *visit.Visit, l casework.LotView, seller ocdsParty) ocdsTender {
	t := ocdsTender{
		ID: l.ID, Title: l.Parcel, Description: v.In(l.Purpose), StatusDetails: show.LotTag(v, l).Text, ProcuringEntity: seller, Items: ocdsItems(v, l), Value: received(l.Least),
		ProcurementMethod: "open", AwardCriteria: "priceOnly", AwardCriteriaDetails: v.T("web.lots.how-price"), SubmissionMethod: []string{"electronicSubmission"},
		TenderPeriod: ocdsPeriod{ocdsTime(l.At), ocdsTime(l.Bids)},
		Milestones:   []ocdsMilestone{{ID: "objections", Title: v.T("web.lot.term.objections"), Type: "engagement", DueDate: ocdsTime(l.Objections), Status: "scheduled"}},
	}
	if v.Now().After(l.Objections) {
		t.Milestones[0].Status = "met"
	}
	if l.OpenedAt != 0 {
		t.NumberOfTenderers, t.AwardPeriod = &l.Seals, &ocdsPeriod{ocdsTime(l.OpenedTime), ocdsTime(l.Until)}
	}
	return t
}

func ocdsItems(v *visit.Visit, l casework.LotView) []ocdsItem {
	return []ocdsItem{{ID: l.Parcel, Description: v.In(l.Purpose) + ", " + show.LotRight(v, l), Quantity: l.Area, Unit: ocdsUnit{"UNCEFACT", squareMetre, "m²"}}}
}

// award adds whose the lot is.
func (r *ocdsRelease) award(l casework.LotView, status string) {
	award := ocdsAward{ID: fmt.Sprint(l.DrawnAt), Title: l.Parcel, Status: status, Date: ocdsTime(l.DrawnTime), Items: r.Tender.Items}
	if l.Winner != "" {
		price := received(l.Price)
		award.Value, award.Suppliers = &price, []ocdsParty{{ID: l.Winner, Name: l.Winner}}
		r.Parties = append(r.Parties, ocdsParty{ID: l.Winner, Name: l.Winner, Roles: []string{"tenderer", "supplier"}})
	}
	r.Awards = []ocdsAward{award}
}

// contract adds what was agreed and what was paid.
func (r *ocdsRelease) contract(v *visit.Visit, l casework.LotView, seller ocdsParty) {
	winner := ocdsParty{ID: l.Winner, Name: l.Winner}
	r.Parties[0].Roles = append(r.Parties[0].Roles, "payee")
	r.Parties[1].Roles = append(r.Parties[1].Roles, "payer")
	c := ocdsContract{ID: fmt.Sprint(l.Contract), AwardID: fmt.Sprint(l.DrawnAt), Title: l.Parcel, Status: "active", Value: received(l.Price), DateSigned: ocdsTime(l.ContractTime)}
	if l.Years > 0 {
		c.Period = &ocdsPeriod{ocdsTime(l.ContractTime), ocdsTime(l.ContractTime.AddDate(int(l.Years), 0, 0))}
		if v.Now().After(l.ContractTime.AddDate(int(l.Years), 0, 0)) {
			c.Status = "terminated"
		}
	}
	if l.AnnulledAt != 0 { // it was in force, and ends before its time
		if c.Status = "terminated"; c.Period != nil {
			c.Period.EndDate = ocdsTime(l.Changed)
		}
	}
	for _, paid := range []struct{ entry, tiyn int64 }{{l.Deposited, l.Deposit}, {l.Paid, l.Rest}} {
		c.Implementation.Transactions = append(c.Implementation.Transactions, ocdsTransaction{
			ID: fmt.Sprint(paid.entry), Source: v.Origin() + v.Href("ledger", paid.entry), Value: paidSum(paid.tiyn), Payer: winner, Payee: seller,
		})
	}
	r.Contracts = []ocdsContract{c}
}
