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
	ctx := browser(t, 40*time.Second)
	f := newFake(t)
	inner, bodies := newServer(t, f, nil), make(chan string, 20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			bodies <- r.URL.Path
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	err := chromedp.Do(ctx, as("applicant", server.URL), chromedp.Navigate(server.URL+"/kk/cases/AQ-BIDS-0001/bid"), chromedp.SendKeys(chromedp.CSS(`#amount`), "999 999"),
		chromedp.Click(chromedp.CSS(`#bid button`)), chromedp.WaitVisible(chromedp.CSS(`#bid-low`)))
	if err != nil {
		t.Fatal(err)
	}
	said := must(t, ctx, chromedp.Evaluate[string](`[document.querySelector('#bid-low').textContent, document.activeElement.id, document.querySelector('#amount').getAttribute('aria-describedby'), String(document.querySelector('#bid-paper').hidden)].join('|')`))
	if !strings.Contains(said, "Одан аз ұсыныс жеңбейді") || !strings.Contains(said, "|amount|amount-hint bid-low|true") {
		t.Errorf("the page says %q", said)
	}
	err = chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(`#amount`), "9"), chromedp.Click(chromedp.CSS(`#bid button`)), chromedp.WaitVisible(chromedp.CSS(`#bid-paper`)))
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
	ctx := browser(t, 40*time.Second)
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
	err := chromedp.Do(ctx, as("applicant", server.URL), chromedp.Navigate(server.URL+"/kk/cases/AQ-BIDS-0001/bid"), chromedp.SendKeys(chromedp.CSS(`#amount`), "1 500 000"),
		chromedp.Click(chromedp.CSS(`#bid button`)), chromedp.WaitVisible(chromedp.CSS(`#bid-paper`)))
	if err != nil {
		t.Fatal(err)
	}
	text := func(name string) string {
		return must(t, ctx, chromedp.Evaluate[string](`document.querySelector('[data-bid-`+name+`]').textContent`))
	}
	salt, seal := text("salt"), text("seal")
	checkSeal(t, 150_000_000, salt, seal)
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`#bid-paper button`)), chromedp.WaitVisible(chromedp.CSS(`.timeline`))); err != nil {
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

// ocdsRequired are the fields that the release package schema of OCDS 1.1 requires,
// and of the lists and objects that a lot has.
var ocdsRequired = map[string][]string{
	"":                              {"uri", "publisher", "publishedDate", "releases", "version"},
	"publisher":                     {"name"},
	"releases":                      {"ocid", "id", "date", "tag", "initiationType"},
	"releases.buyer":                {"id", "name"},
	"releases.parties":              {"id", "name", "roles"},
	"releases.tender":               {"id"},
	"releases.tender.items":         {"id"},
	"releases.tender.minValue":      {"amount", "currency"},
	"releases.tender.tenderPeriod":  {"startDate", "endDate"},
	"releases.tender.enquiryPeriod": {"startDate", "endDate"},
	"releases.awards":               {"id"},
	"releases.awards.suppliers":     {"id", "name"},
}

// ocdsCodes are the closed code lists of what a lot uses.
var ocdsCodes = map[string][]string{
	"releases.tag":                      {"tender", "tenderUpdate", "tenderCancellation", "award"},
	"releases.initiationType":           {"tender"},
	"releases.tender.status":            {"active", "cancelled", "complete"},
	"releases.tender.procurementMethod": {"open"},
	"releases.awards.status":            {"active", "unsuccessful"},
}

// TestLotsInOCDS: every state of a lot is a release package with what the standard
// requires, dates and codes as it has them, and the award where there is one.
func TestLotsInOCDS(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	awards := map[string]string{"lot-sold": "active", "lot-contracted": "active", "lot-defaulted": "active", "lot-unsold": "unsuccessful"}
	for id := range fakeLots {
		w := askAs(s, http.MethodGet, "", "/en/lots/"+id+"/ocds.json", nil)
		var doc any
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", id, w.Code, err)
		}
		holdOCDS(t, id, "", doc)
		release := doc.(map[string]any)["releases"].([]any)[0].(map[string]any)
		status := ""
		if list, ok := release["awards"].([]any); ok {
			status = list[0].(map[string]any)["status"].(string)
		}
		if status != awards[id] {
			t.Errorf("%s: the award is %q, want %q", id, status, awards[id])
		}
		if id == "lot-sold" {
			award := release["awards"].([]any)[0].(map[string]any)
			if award["value"].(map[string]any)["amount"] != 1_200_000.0 || award["suppliers"].([]any)[0].(map[string]any)["id"] != strings.Repeat("01", 16) {
				t.Errorf("the award is %v", award)
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
