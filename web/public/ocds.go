package public

import (
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// A lot as a release package of the Open Contracting Data Standard 1.1: who sells
// what, until when, and to whom it went. A bidder is called as in the round: who they
// are stands in their protocol.

const (
	ocdsVersion = "1.1"
	// ocdsPrefix stands for the prefix that a publisher registers; this is nobody's.
	ocdsPrefix = "ocds-000000-"
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
		OCID           string      `json:"ocid"`
		ID             string      `json:"id"`
		Date           string      `json:"date"`
		Tag            []string    `json:"tag"`
		InitiationType string      `json:"initiationType"`
		Parties        []ocdsParty `json:"parties"`
		Buyer          ocdsParty   `json:"buyer"`
		Tender         ocdsTender  `json:"tender"`
		Awards         []ocdsAward `json:"awards,omitempty"`
		Language       string      `json:"language"`
	}
	ocdsParty struct {
		ID    string   `json:"id"`
		Name  string   `json:"name"`
		Roles []string `json:"roles,omitempty"`
	}
	ocdsTender struct {
		ID                string      `json:"id"`
		Title             string      `json:"title"`
		Description       string      `json:"description"`
		Status            string      `json:"status"`
		ProcuringEntity   ocdsParty   `json:"procuringEntity"`
		Items             []ocdsItem  `json:"items"`
		MinValue          ocdsValue   `json:"minValue"`
		ProcurementMethod string      `json:"procurementMethod"`
		AwardCriteria     string      `json:"awardCriteria"`
		SubmissionMethod  []string    `json:"submissionMethod"`
		TenderPeriod      ocdsPeriod  `json:"tenderPeriod"`
		EnquiryPeriod     ocdsPeriod  `json:"enquiryPeriod"`
		AwardPeriod       *ocdsPeriod `json:"awardPeriod,omitempty"`
		NumberOfTenderers *int        `json:"numberOfTenderers,omitempty"`
	}
	ocdsItem struct {
		ID          string   `json:"id"`
		Description string   `json:"description"`
		Quantity    int64    `json:"quantity"`
		Unit        ocdsUnit `json:"unit"`
	}
	ocdsUnit struct {
		Name string `json:"name"`
	}
	ocdsValue struct {
		Amount   json.Number `json:"amount"`
		Currency string      `json:"currency"`
	}
	ocdsPeriod struct {
		StartDate string `json:"startDate"`
		EndDate   string `json:"endDate"`
	}
	ocdsAward struct {
		ID        string      `json:"id"`
		Title     string      `json:"title"`
		Status    string      `json:"status"`
		Date      string      `json:"date"`
		Value     *ocdsValue  `json:"value,omitempty"`
		Suppliers []ocdsParty `json:"suppliers,omitempty"`
	}
)

func ocdsTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func tenge(tiyn int64) ocdsValue {
	return ocdsValue{json.Number(fmt.Sprintf("%d.%02d", tiyn/100, tiyn%100)), "KZT"}
}

// ocds writes the release of a lot as it stands.
func ocds(l casework.LotView, uri string, lang aiqyn.Lang) ([]byte, error) {
	seller := ocdsParty{ID: l.Seller.ID, Name: l.Seller.Title.In(lang)}
	entry, at := l.Entry, l.Changed
	r := ocdsRelease{
		OCID: ocdsPrefix + l.ID, Tag: []string{"tender"}, InitiationType: "tender", Buyer: seller, Language: string(lang),
		Parties: []ocdsParty{{ID: seller.ID, Name: seller.Name, Roles: []string{"buyer", "procuringEntity"}}},
		Tender: ocdsTender{
			ID: l.ID, Title: l.Parcel, Description: l.Purpose.In(lang), Status: "active", ProcuringEntity: seller, MinValue: tenge(l.Least), ProcurementMethod: "open",
			AwardCriteria: "priceOnly", SubmissionMethod: []string{"electronicSubmission"},
			Items:        []ocdsItem{{ID: l.Parcel, Description: l.Purpose.In(lang), Quantity: l.Area, Unit: ocdsUnit{"m2"}}},
			TenderPeriod: ocdsPeriod{ocdsTime(l.At), ocdsTime(l.Bids)}, EnquiryPeriod: ocdsPeriod{ocdsTime(l.At), ocdsTime(l.Objections)},
		},
	}
	switch l.State {
	case casework.LotWithdrawn:
		r.Tag, r.Tender.Status, entry = []string{"tenderCancellation"}, "cancelled", l.WithdrawnAt
	case casework.LotOpened:
		r.Tag, entry, at = []string{"tenderUpdate"}, l.OpenedAt, l.OpenedTime
	case casework.LotSold, casework.LotContracted, casework.LotDefaulted, casework.LotUnsold:
		r.Tag, r.Tender.Status, entry = []string{"award"}, "complete", l.DrawnAt
	}
	if l.OpenedAt != 0 {
		r.Tender.NumberOfTenderers, r.Tender.AwardPeriod = &l.Seals, &ocdsPeriod{ocdsTime(l.OpenedTime), ocdsTime(l.Until)}
	}
	if l.DrawnAt != 0 {
		award := ocdsAward{ID: fmt.Sprint(l.DrawnAt), Title: l.Parcel, Status: "unsuccessful", Date: ocdsTime(at)}
		if l.Winner != "" {
			price := tenge(l.Price)
			award.Status, award.Value, award.Suppliers = "active", &price, []ocdsParty{{ID: l.Winner, Name: l.Winner}}
			r.Parties = append(r.Parties, ocdsParty{ID: l.Winner, Name: l.Winner, Roles: []string{"supplier"}})
		}
		r.Awards = []ocdsAward{award}
	}
	r.ID, r.Date = fmt.Sprintf("%s-%d", l.ID, entry), ocdsTime(at)
	return json.MarshalIndent(ocdsPackage{URI: uri, Version: ocdsVersion, PublishedDate: r.Date, Publisher: ocdsPublisher{seller.Name}, Releases: []ocdsRelease{r}}, "", " ")
}
