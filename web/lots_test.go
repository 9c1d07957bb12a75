package web

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn/allocation"
	"aiqyn/casework"
)

const someCommand = "00112233445566778899aabbccddeeff"

// TestFormsOfAnAuction: what bidders and sellers send is what their forms say, and
// what is wrong is told beside its field.
func TestFormsOfAnAuction(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	seal := strings.Repeat("ab", 32)
	for _, form := range []struct{ as, path, fields, want string }{
		{"applicant", "/en/cases/AQ-BIDS-0001/bid", "seal=" + seal, "Ref:AQ-BIDS-0001 Seal:" + seal},
		{"applicant", "/en/cases/AQ-BIDS-0003/bid/open", "amount=1+500+000&salt=" + seal, "Ref:AQ-BIDS-0003 Amount:150000000 Salt:" + seal},
		{"institution", "/en/institution/lots", "parcel=20-313-012-345", "Service:land.auction Parcel:20-313-012-345"},
		{"institution", "/en/institution/lots/withdraw", "lot=lot-open&ground=court", "Lot:lot-open Ground:court"},
	} {
		fields, err := url.ParseQuery(form.fields + "&command=" + someCommand)
		if err != nil {
			t.Fatal(err)
		}
		w := askAs(s, http.MethodPost, form.as, form.path, fields)
		if said := fmt.Sprintf("%+v", f.sent[max(0, len(f.sent)-1):]); w.Code != http.StatusSeeOther || !strings.Contains(said, form.want) {
			t.Errorf("%s: %d, sends %s, want %s", form.path, w.Code, said, form.want)
		}
	}
	sent := len(f.sent)
	for path, id := range map[string]string{"/en/cases/AQ-BIDS-0001/bid/prepare": "amount", "/en/cases/AQ-BIDS-0003/bid/open": "amount"} {
		w := askAs(s, http.MethodPost, "applicant", path, url.Values{"amount": {"1,5"}, "command": {someCommand}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="`+id+`-error"`) || len(f.sent) != sent {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := askAs(s, http.MethodGet, "applicant", "/en/cases/AQ-BIDS-0004/bid", nil); w.Code != http.StatusSeeOther {
		t.Errorf("nothing can be done with an opened bid, and its form answers %d", w.Code)
	}
}

// TestASealMadeHere: without scripts the server makes the seal, sends nothing, and its
// page has all that opens it.
func TestASealMadeHere(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	w := askAs(s, http.MethodPost, "applicant", "/en/cases/AQ-BIDS-0001/bid/prepare", url.Values{"amount": {"1500000"}})
	found := regexp.MustCompile(`<p class="code">([0-9a-f]{64})</p>`).FindAllStringSubmatch(w.Body.String(), -1)
	if w.Code != http.StatusOK || len(found) != 2 || len(f.sent) != 0 {
		t.Fatalf("%d, %v, sent %d", w.Code, found, len(f.sent))
	}
	checkSeal(t, 150_000_000, found[0][1], found[1][1])
	if !strings.Contains(w.Body.String(), `name="seal" value="`+found[1][1]+`"`) || strings.Contains(w.Body.String(), `name="amount"`) {
		t.Error("the form that follows hands in another seal, or the sum")
	}
	if v := w.Header().Get("Cache-Control"); !strings.Contains(v, "no-store") {
		t.Errorf("the page may be kept: %q", v)
	}
}

// TestABidBelowTheLeastPriceIsNotSealed: without scripts it is told beside its field
// in the person's language, and no seal is made.
func TestABidBelowTheLeastPriceIsNotSealed(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for lang, want := range map[string]string{"kk": "Одан аз ұсыныс жеңбейді", "ru": "Меньшая цена не выиграет", "en": "Less cannot win"} {
		w := askAs(s, http.MethodPost, "applicant", "/"+lang+"/cases/AQ-BIDS-0001/bid/prepare", url.Values{"amount": {"999999"}})
		fault := regexp.MustCompile(`id="amount-error"[^>]*><span[^>]*>[^<]*</span> ([^<]*)<`).FindStringSubmatch(w.Body.String())
		if w.Code != http.StatusUnprocessableEntity || len(fault) != 2 || !strings.Contains(fault[1], want) || !strings.Contains(w.Body.String(), `value="999999"`) {
			t.Errorf("%s: %d, beside the field: %q", lang, w.Code, fault)
		}
		if strings.Contains(w.Body.String(), `id="paper"`) || len(f.sent) != 0 {
			t.Errorf("%s: a seal was made", lang)
		}
	}
	if w := askAs(s, http.MethodPost, "applicant", "/en/cases/AQ-BIDS-0001/bid/prepare", url.Values{"amount": {"1000000"}}); w.Code != http.StatusOK {
		t.Errorf("the least price itself: %d", w.Code)
	}
}

// TestABidBelowTheLeastPriceInTheBrowser: with scripts the same is said without a word
// to the server, which would learn the sum; more is sealed.
func TestABidBelowTheLeastPriceInTheBrowser(t *testing.T) {
	ctx := browser(t, 2*time.Minute)
	f := newFake(t)
	inner, bodies := newServer(t, f, nil), make(chan string, 20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			bodies <- r.URL.Path
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	err := chromedp.Do(ctx, as("applicant", server.URL), chromedp.Navigate(server.URL+"/kk/cases/AQ-BIDS-0001/bid"), chromedp.SendKeys(chromedp.CSS(`#amount`), "999 999\r"),
		chromedp.WaitVisible(chromedp.CSS(`#bid-low`)))
	if err != nil {
		t.Fatal(err)
	}
	said := must(t, ctx, chromedp.Evaluate[string](`[document.querySelector('#bid-low').textContent, document.querySelector('#bid-low').getAttribute('role'), document.querySelector('#amount').getAttribute('aria-invalid'), String(document.querySelector('#bid-paper').hidden)].join('|')`))
	if !strings.Contains(said, "Одан аз ұсыныс жеңбейді") || !strings.Contains(said, "|alert|true|true") {
		t.Errorf("the page says %q", said)
	}
	err = chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(`#amount`), "9\r"), chromedp.WaitVisible(chromedp.CSS(`#bid-paper`)))
	if err != nil {
		t.Fatal(err)
	}
	if still := must(t, ctx, chromedp.Evaluate[string](`String(document.querySelector('#bid-low').hidden)`)); still != "true" {
		t.Error("the error stays when the sum is enough")
	}
	close(bodies)
	for path := range bodies {
		t.Errorf("the server was told: %s", path)
	}
}

func checkSeal(t *testing.T, tiyn int64, salt, seal string) {
	t.Helper()
	raw, err := hex.DecodeString(salt)
	if err != nil || len(raw) != 32 {
		t.Fatal(salt, err)
	}
	want := allocation.Seal("land.auction/lot-open", strings.Repeat("01", 16), tiyn, [32]byte(raw))
	if hex.EncodeToString(want[:]) != seal {
		t.Errorf("the seal is %s, want %x", seal, want)
	}
}

// TestABidIsSealedInTheBrowser: with scripts the seal is made there, is the same that
// the engine will want, and the sum is not sent.
func TestABidIsSealedInTheBrowser(t *testing.T) {
	ctx := browser(t, 2*time.Minute)
	f := newFake(t)
	inner, bodies := newServer(t, f, nil), make(chan string, 20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			r.ParseForm()
			bodies <- r.URL.Path + " " + r.Form.Encode()
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	err := chromedp.Do(ctx, as("applicant", server.URL), chromedp.Navigate(server.URL+"/kk/cases/AQ-BIDS-0001/bid"), chromedp.SendKeys(chromedp.CSS(`#amount`), "1 500 000\r"),
		chromedp.WaitVisible(chromedp.CSS(`#bid-paper`)))
	if err != nil {
		t.Fatal(err)
	}
	text := func(name string) string {
		return must(t, ctx, chromedp.Evaluate[string](`document.querySelector('[data-bid-`+name+`]').textContent`))
	}
	salt, seal := text("salt"), text("seal")
	checkSeal(t, 150_000_000, salt, seal)
	if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(`#bid-paper button`), "\r"), chromedp.WaitVisible(chromedp.CSS(`.timeline`))); err != nil {
		t.Fatal(err)
	}
	close(bodies)
	var all []string
	for b := range bodies {
		all = append(all, b)
	}
	if len(all) != 1 || !strings.Contains(all[0], "seal="+seal) || strings.Contains(all[0], "1500000") || strings.Contains(all[0], salt) || strings.Contains(all[0], "prepare") {
		t.Errorf("what was sent: %v", all)
	}
	if c, ok := f.sent[0].(casework.SealBid); !ok || c.Seal != seal {
		t.Errorf("%+v", f.sent)
	}
}

// TestLotsOnAMap: a plot is chosen on a map, which says of each whether bids are taken,
// and leads to its page; the same stands in the list below, also without scripts.
func TestLotsOnAMap(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	page := askAs(s, http.MethodGet, "", "/en/lots", nil).Body.String()
	from := strings.Index(page, `<svg`)
	to := strings.Index(page, `id="list"`)
	if from < 0 || to < from {
		t.Fatalf("the map is at %d, the list at %d", from, to)
	}
	for id := range fakeLots {
		if href := `href="/en/lots/` + id + `"`; !strings.Contains(page[from:to], href) || !strings.Contains(page[to:], href) {
			t.Errorf("%s is not on the map, or not in the list", id)
		}
	}
	if want := "Plots: 8. That take bids: 1."; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
}

// ocdsRequired are the fields that the release package schema of OCDS 1.1 requires,
// and of the lists and objects that a lot has.
var ocdsRequired = map[string][]string{
	"":                                  {"uri", "publisher", "publishedDate", "releases", "version"},
	"publisher":                         {"name"},
	"releases":                          {"ocid", "id", "date", "tag", "initiationType"},
	"releases.buyer":                    {"id", "name"},
	"releases.parties":                  {"id", "name", "roles"},
	"releases.tender":                   {"id", "value", "items", "milestones"},
	"releases.tender.items":             {"id", "description", "quantity", "unit"},
	"releases.tender.items.unit":        {"scheme", "id", "name"},
	"releases.tender.value":             {"amount", "currency"},
	"releases.tender.tenderPeriod":      {"startDate", "endDate"},
	"releases.tender.procuringEntity":   {"id", "name"},
	"releases.tender.milestones":        {"id", "title", "type", "dueDate", "status"},
	"releases.awards":                   {"id", "status", "date", "items"},
	"releases.awards.items":             {"id"},
	"releases.awards.suppliers":         {"id", "name"},
	"releases.contracts":                {"id", "awardID", "status", "value", "dateSigned", "implementation"},
	"releases.contracts.period":         {"startDate", "endDate"},
	"releases.contracts.implementation": {"transactions"},
	"releases.contracts.implementation.transactions": {"id", "source", "value", "payer", "payee"},
}

// ocdsNone are fields that the standard has for something else than a lot has: an
// objection is no enquiry, and at least so much paid to who sells is, with its sign, at
// most.
var ocdsNone = []string{"releases.tender.enquiryPeriod", "releases.tender.minValue"}

// ocdsCodes are the code lists of what a lot uses.
var ocdsCodes = map[string][]string{
	"version":                           {"1.1"},
	"releases.tag":                      {"tender", "tenderUpdate", "tenderCancellation", "award", "awardCancellation", "contract", "contractTermination", "implementation"},
	"releases.initiationType":           {"tender"},
	"releases.parties.roles":            {"buyer", "procuringEntity", "tenderer", "supplier", "payer", "payee"},
	"releases.tender.status":            {"active", "cancelled", "unsuccessful", "complete"},
	"releases.tender.procurementMethod": {"open"},
	"releases.tender.awardCriteria":     {"priceOnly"},
	"releases.tender.submissionMethod":  {"electronicSubmission"},
	"releases.tender.items.unit.scheme": {"UNCEFACT"},
	"releases.tender.milestones.type":   {"engagement"},
	"releases.tender.milestones.status": {"scheduled", "met"},
	"releases.awards.status":            {"pending", "active", "cancelled", "unsuccessful"},
	"releases.contracts.status":         {"active", "terminated"},
	"releases.contracts.value.currency": {"KZT"},
	"releases.awards.value.currency":    {"KZT"},
	"releases.tender.value.currency":    {"KZT"},
	"releases.awards.items.unit.id":     {"MTK"},
}

// ocdsPart is the parts of a release that the test reads.
type ocdsPart struct {
	Tag     []string
	Parties []struct {
		ID, Name string
		Roles    []string
	}
	Tender struct {
		Status string
		Value  ocdsSum
	}
	Awards []struct {
		ID, Status, Date string
		Value            *ocdsSum
		Suppliers        []struct{ ID string }
	}
	Contracts []struct {
		AwardID, DateSigned, Status string
		Value                       ocdsSum
		Period                      *struct{ EndDate string }
		Implementation              struct {
			Transactions []struct {
				Source       string
				Value        ocdsSum
				Payer, Payee struct{ ID, Name string }
			}
		}
	}
}

type ocdsSum struct{ Amount float64 }

// TestLotsInOCDS: every state of a lot is a release package with what the standard
// requires, dates and codes as it has them. What is paid to who sells is negative, the
// award where there is one says how far it is, and the contract what was paid, by whom
// to whom; whoever is referred to is among the parties.
func TestLotsInOCDS(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	want := map[string]struct{ tag, tender, award string }{
		"lot-open": {"tender", "active", ""}, "lot-opened": {"tenderUpdate", "active", ""}, "lot-withdrawn": {"tenderCancellation", "cancelled", ""},
		"lot-unsold": {"award", "unsuccessful", "unsuccessful"}, "lot-sold": {"award", "complete", "pending"},
		"lot-contracted": {"contract", "complete", "active"}, "lot-defaulted": {"awardCancellation", "complete", "cancelled"}, "lot-annulled": {"contractTermination", "complete", "cancelled"},
	}
	winner := strings.Repeat("01", 16)
	if len(fakeLots) != len(want) {
		t.Errorf("%d lots, %d of them expected", len(fakeLots), len(want))
	}
	for id := range fakeLots {
		w := askAs(s, http.MethodGet, "", "/en/lots/"+id+"/ocds.json", nil)
		var doc any
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", id, w.Code, err)
		}
		holdOCDS(t, id, "", doc)
		var parts struct{ Releases []ocdsPart }
		if err := json.Unmarshal(w.Body.Bytes(), &parts); err != nil {
			t.Fatal(err)
		}
		r := parts.Releases[0]
		status := ""
		if len(r.Awards) > 0 {
			status = r.Awards[0].Status
		}
		if got := (struct{ tag, tender, award string }{r.Tag[0], r.Tender.Status, status}); got != want[id] || r.Tender.Value.Amount != -1_000_000 {
			t.Errorf("%s: %+v, want %+v; the least price is %v", id, got, want[id], r.Tender.Value.Amount)
		}
		if someLot(id, fakeLots[id]).Winner != "" {
			if a := r.Awards[0]; a.Value.Amount != -1_200_000 || a.Suppliers[0].ID != winner || a.Date != now.Add(-time.Minute).UTC().Format(time.RFC3339) || r.Parties[1].ID != winner {
				t.Errorf("%s: the award is %+v, of %+v", id, a, r.Parties)
			}
		}
		stands := map[string]string{"lot-contracted": "active", "lot-annulled": "terminated"}[id]
		if (stands != "") != (len(r.Contracts) == 1) {
			t.Fatalf("%s: %d contracts", id, len(r.Contracts))
		}
		for _, c := range r.Contracts {
			paid := c.Implementation.Transactions
			if ends := now.UTC().Format(time.RFC3339); c.Status != stands || stands == "terminated" && (c.Period.EndDate != ends || c.DateSigned >= ends) {
				t.Errorf("%s: the contract is %s, from %s to %+v", id, c.Status, c.DateSigned, c.Period)
			}
			if c.AwardID != r.Awards[0].ID || c.Value.Amount != -1_200_000 || c.Period == nil || len(paid) != 2 || paid[0].Value.Amount+paid[1].Value.Amount != 1_200_000 {
				t.Errorf("the contract is %+v", c)
			}
			for _, p := range paid {
				if p.Payer.ID != winner || p.Payee.ID != "land-1" || !strings.HasPrefix(p.Source, "http") || !strings.Contains(p.Source, "/ledger/") {
					t.Errorf("the transaction is %+v", p)
				}
			}
			if !slices.Contains(r.Parties[0].Roles, "payee") || !slices.Contains(r.Parties[1].Roles, "payer") {
				t.Errorf("the parties are %+v", r.Parties)
			}
		}
	}
}

// holdOCDS walks a document along the table.
func holdOCDS(t *testing.T, id, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			holdOCDS(t, id, path, one)
		}
	case map[string]any:
		for _, name := range ocdsRequired[path] {
			if empty := v[name]; empty == nil || empty == "" {
				t.Errorf("%s: %s has no %s", id, path, name)
			}
		}
		for name, below := range v {
			at := strings.TrimPrefix(path+"."+name, ".")
			if slices.Contains(ocdsNone, at) {
				t.Errorf("%s: %s is for something else", id, at)
			}
			holdOCDS(t, id, at, below)
			if text, ok := below.(string); ok && (strings.HasSuffix(name, "Date") || name == "date") {
				if _, err := time.Parse(time.RFC3339, text); err != nil {
					t.Errorf("%s: %s: %v", id, at, err)
				}
			}
		}
	case string:
		if codes := ocdsCodes[path]; codes != nil && !slices.Contains(codes, v) {
			t.Errorf("%s: %s is %q", id, path, v)
		}
	}
}
