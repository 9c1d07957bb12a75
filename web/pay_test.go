package web

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/pay"
)

// paidCases are cases of a service with a price.
func (f *fake) paidCases(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("land.boundary")
	priced := func(ref aiqyn.Reference, fee casework.FeeView, change func(*casework.CaseView)) {
		add(ref, func(c *casework.CaseView) {
			fee.Amount, fee.Law = 2_500_000, svc.Fee.Law
			c.Service, c.Title, c.Fee, c.Step, c.Silence = svc, svc.Title, &fee, svc.Steps[0], ""
			c.Answers, c.Facts, c.Can = c.Answers[:1], nil, []string{"withdraw"}
			change(c)
			for i := range c.Events {
				c.Events[i].Proven.Level = ledger.Recorded
			}
		})
	}
	priced("AQ-OWES-0001", casework.FeeView{Due: now.AddDate(0, 0, 10)}, func(c *casework.CaseView) {
		c.Status, c.Step, c.Draw, c.Can = casework.StatusPayment, svc.Fee.Pay, nil, []string{"withdraw", "pay"}
		c.Events = []casework.EventView{
			{Index: 100, Seq: 1, Kind: casework.EventFiled, At: now, Role: aiqyn.RoleApplicant},
			{Index: 101, Seq: 2, Kind: casework.EventCharged, At: now, Role: aiqyn.RoleSystem, Args: map[string]any{"amount": int64(2_500_000), "currency": pay.Tenge, "due": now}},
			{Index: 102, Seq: 3, Kind: casework.EventOrdered, At: now, Role: aiqyn.RoleApplicant, Args: map[string]any{"provider": pay.PracticeBank}},
			{Index: 103, Seq: 4, Kind: casework.EventDeclined, At: now, Role: aiqyn.RoleSystem},
		}
	})
	priced("AQ-HELD-0002", casework.FeeView{Due: now.AddDate(0, 0, 10)}, func(c *casework.CaseView) {
		c.Status, c.Step, c.Draw, c.Held = casework.StatusPayment, svc.Fee.Pay, nil, true
		c.Events = []casework.EventView{{Index: 100, Seq: 1, Kind: casework.EventFiled, At: now, Role: aiqyn.RoleApplicant}}
	})
	priced("AQ-PAID-0001", casework.FeeView{Paid: now, Entry: 105, Receipt: "P-1f00ba42"}, func(c *casework.CaseView) {
		c.Events = append(c.Events, casework.EventView{
			Index: 105, Seq: 6, Kind: casework.EventPaid, At: now, Role: aiqyn.RoleSystem,
			Args: map[string]any{"amount": int64(2_500_000), "currency": pay.Tenge, "receipt": "P-1f00ba42"},
		})
	})
	priced("AQ-BACK-0001", casework.FeeView{Over: true, Refunds: []casework.RefundView{
		{Amount: 3_000_000, Currency: pay.Tenge, Why: casework.RefundAmount, At: now, Done: now}, {Amount: 5050, Currency: "USD", Why: casework.RefundCurrency, At: now},
	}}, func(c *casework.CaseView) {
		c.Status, c.Outcome, c.Step, c.Due, c.Can = casework.StatusClosed, aiqyn.Lapsed, nil, nil, nil
		c.Events = []casework.EventView{
			{Index: 100, Seq: 1, Kind: casework.EventRefundDue, At: now, Role: aiqyn.RoleSystem, Reason: "currency", Args: map[string]any{"amount": int64(5050), "currency": "USD", "why": "currency"}},
			{Index: 101, Seq: 2, Kind: casework.EventRefunded, At: now, Role: aiqyn.RoleSystem, Reason: "amount", Args: map[string]any{"amount": int64(3_000_000), "currency": pay.Tenge}},
			{Index: 102, Seq: 3, Kind: casework.EventUnpaid, At: now, Role: aiqyn.RoleSystem},
		}
	})
}

// fakeBank is a practice bank with two orders.
type fakeBank struct{ pressed []bool }

func (b *fakeBank) Look(id string) (pay.Order, pay.Type, bool) {
	o := pay.Order{Amount: 2_500_000, Currency: pay.Tenge, Title: "Шекараны белгілеу", Return: "/kk/cases/AQ-OWES-0001/paid"}
	return o, map[string]pay.Type{"over": pay.Expired}[id], id == "open" || id == "over"
}

func (b *fakeBank) Press(_ context.Context, id string, paid bool) (string, error) {
	b.pressed = append(b.pressed, paid)
	return "/kk/cases/AQ-OWES-0001/paid", nil
}

// TestPaying goes from the page of a case to the provider and back.
func TestPaying(t *testing.T) {
	f := newFake(t)
	f.pages = "https://pay.example.kz"
	s := newServer(t, f, nil)
	page := ask(s, "applicant", "/en/cases/AQ-OWES-0001", nil)
	if body := page.Body.String(); !strings.Contains(body, "To pay: 25") || !strings.Contains(body, `href="/en/cases/AQ-OWES-0001/pay"`) {
		t.Error("the page of the case does not lead to paying")
	}
	form := ask(s, "applicant", "/en/cases/AQ-OWES-0001/pay", nil)
	if form.Code != http.StatusOK || !strings.Contains(form.Header().Get("Content-Security-Policy"), "form-action 'self' https://pay.example.kz;") {
		t.Errorf("the form: %d, %q", form.Code, form.Header().Get("Content-Security-Policy"))
	}
	for _, other := range []string{"/en/cases/AQ-OWES-0001", "/en/cases/AQ-OWES-0001/withdraw", "/en/", "/en/apply/land.boundary"} {
		if csp := ask(s, "applicant", other, nil).Header().Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self';") {
			t.Errorf("%s may send forms elsewhere: %q", other, csp)
		}
	}
	if csp := ask(s, "applicant", "/en/cases/AQ-PAID-0001/pay", nil); csp.Code != http.StatusSeeOther || strings.Contains(csp.Header().Get("Content-Security-Policy"), "pay.example") {
		t.Errorf("paid, and there is a form: %d", csp.Code)
	}
	send := url.Values{"command": {strings.Repeat("ab", 16)}, "amount": {"1"}, "express": {"yes"}}
	w := ask(s, "applicant", "/en/cases/AQ-OWES-0001/pay", send)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://pay.example.kz/p/1" {
		t.Errorf("sent to %q, status %d", w.Header().Get("Location"), w.Code)
	}
	c, ok := f.sent[len(f.sent)-1].(casework.PayFee)
	if !ok || c.Ref != "AQ-OWES-0001" || c.Return != "/en/cases/AQ-OWES-0001/paid" || c.Lang != aiqyn.English {
		t.Errorf("the command: %+v", f.sent)
	}
	if w := ask(s, "applicant", "/en/cases/AQ-OWES-0001/paid", nil); w.Header().Get("Location") != "/en/cases/AQ-OWES-0001" {
		t.Errorf("back to %q", w.Header().Get("Location"))
	}
	f.fail = aiqyn.E(aiqyn.Unavailable, "error.pay-away")
	send.Set("command", strings.Repeat("cd", 16))
	w = ask(s, "applicant", "/en/cases/AQ-OWES-0001/pay", send)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "nothing is lost") || !strings.Contains(w.Body.String(), "<form") {
		t.Errorf("the bank is away: %d", w.Code)
	}
}

// TestOfficersSeeThatItWasPaid, and have nothing to ask for money with.
func TestOfficersSeeThatItWasPaid(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	body := ask(s, "surveyor", "/en/desk/AQ-PAID-0001", nil).Body.String()
	if !strings.Contains(body, "paid on") || strings.Contains(body, "/pay\"") {
		t.Error("the desk does not tell that it was paid, or can ask for money")
	}
	receipt := ask(s, "applicant", "/en/cases/AQ-PAID-0001/receipts/105", nil).Body.String()
	if !strings.Contains(receipt, "P-1f00ba42") || !strings.Contains(receipt, "₸") {
		t.Error("the receipt does not tell the sum and the bank's number")
	}
}

// TestThePriceIsToldFirst: who looks at a service reads its price, that nothing else
// is paid, by when it is, and when it goes back, each with its law; and the price once
// more with its law before the button that sends.
func TestThePriceIsToldFirst(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	texts := catalogue(t)
	svc, _ := f.pack.Service("land.boundary")
	ask(s, "applicant", "/en/apply/land.boundary/questions/parcel", url.Values{"parcel": {"99-999-001-001"}})
	for _, lang := range aiqyn.Langs {
		say := saying(texts, lang)
		price := []string{locale.Money(lang, 2_500_000), svc.Fee.Note.In(lang), say("web.pay.only")}
		told := append(price, say("web.pay.within", "term", say("days.working.term", "n", 10)), say("web.pay.refund.withdrawn"), say("web.pay.refund.annulled"))
		for _, name := range []string{"parcel-unknown", "boundary-unfit"} {
			r, _ := svc.Reason(name)
			told = append(told, say("web.pay.refund.refused", "reason", r.Text.In(lang)))
		}
		page := html.UnescapeString(ask(s, "", "/"+string(lang)+"/services/land.boundary", nil).Body.String())
		_, aside, _ := strings.Cut(page, "<aside>")
		for _, want := range told {
			if !strings.Contains(aside, want) {
				t.Errorf("%s: beside the service there is no %q", lang, want)
			}
		}
		// the price and the time to pay, the cases in which it goes back, the service
		if n := strings.Count(aside, `class="law"`); n < 3 {
			t.Errorf("%s: %d laws", lang, n)
		}
		check := html.UnescapeString(ask(s, "applicant", "/"+string(lang)+"/apply/land.boundary/check", nil).Body.String())
		_, fee, _ := strings.Cut(check, say("web.service.fee")+"</h2>")
		before, _, sends := strings.Cut(fee, "<button")
		for _, want := range append(price, `class="law"`) {
			if !strings.Contains(before, want) || !sends {
				t.Errorf("%s: before the button that sends there is no %q", lang, want)
			}
		}
	}
}

// TestWhoTakesTheMoney: the bank of a demonstration is called in the reader's language
// before one goes there and in what has happened.
func TestWhoTakesTheMoney(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	texts := catalogue(t)
	for _, lang := range aiqyn.Langs {
		say := saying(texts, lang)
		for path, want := range map[string]string{
			"/cases/AQ-OWES-0001/pay": say("web.pay.elsewhere", "provider", say("web.bank.title")),
			"/cases/AQ-OWES-0001":     say("event.payment-ordered", "provider", say("web.bank.title")),
		} {
			body := html.UnescapeString(ask(s, "applicant", "/"+string(lang)+path, nil).Body.String())
			if !strings.Contains(body, want) || strings.Contains(body, pay.PracticeBank) {
				t.Errorf("%s%s does not say %q", lang, path, want)
			}
		}
	}
}

// TestPayingOfAHeldCase: who is stopped by a hold, or by a page that is open already,
// reads what to do now; of what is paid or over, the page of the case tells.
func TestPayingOfAHeldCase(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	send := func(ref string) *httptest.ResponseRecorder {
		return ask(s, "applicant", "/en/cases/"+ref+"/pay", url.Values{"command": {strings.Repeat("ab", 16)}})
	}
	f.fail = aiqyn.E(aiqyn.Conflict, "error.case-held")
	w := send("AQ-HELD-0002")
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "it cannot be paid now") || !strings.Contains(body, "pay when it is taken up again") || strings.Contains(body, "Go and pay") {
		t.Errorf("held: %d", w.Code)
	}
	f.fail = aiqyn.E(aiqyn.Conflict, "error.pay-open")
	if w := send("AQ-OWES-0001"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "pay there") || !strings.Contains(w.Body.String(), "Go and pay") {
		t.Errorf("a page is open: %d", w.Code)
	}
	f.fail = aiqyn.E(aiqyn.Conflict, "error.pay-done")
	if w := send("AQ-PAID-0001"); w.Header().Get("Location") != "/en/cases/AQ-PAID-0001" {
		t.Errorf("paid: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

// TestTheBankIsNotAskedAgainAndAgain, and whoever comes back from it lands on the page
// of the case all the same.
func TestTheBankIsNotAskedAgainAndAgain(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for range 30 {
		if w := ask(s, "applicant", "/en/cases/AQ-OWES-0001/paid", nil); w.Header().Get("Location") != "/en/cases/AQ-OWES-0001" {
			t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
		}
	}
	if f.checks == 0 || f.checks > 10 {
		t.Errorf("asked %d times", f.checks)
	}
}

// TestNoticesOfTheProvider: they come without a session and are answered with a
// status alone.
func TestNoticesOfTheProvider(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	post := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/pay/notify", strings.NewReader(body))
		r.Header.Set("Webhook-Id", "n-1")
		r.Header.Set("Webhook-Timestamp", "1780000000")
		r.Header.Set("Webhook-Signature", "v1a,AAAA")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	if w := post(`{"x":1}`); w.Code != http.StatusNoContent || len(f.notices) != 1 {
		t.Fatalf("status %d, %d notices", w.Code, len(f.notices))
	}
	if n := f.notices[0]; string(n.Body) != `{"x":1}` || n.ID != "n-1" || n.Timestamp != "1780000000" || n.Signature != "v1a,AAAA" {
		t.Errorf("the notice came as %+v", n)
	}
	if w := post(strings.Repeat("x", pay.MaxBody+1)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge one: %d", w.Code)
	}
	for kind, status := range map[aiqyn.ErrorKind]int{aiqyn.Forbidden: 403, aiqyn.NotFound: 404, aiqyn.Conflict: 409, aiqyn.Unavailable: 503} {
		f.fail = aiqyn.E(kind, "error.pay-forged")
		if w := post(`{}`); w.Code != status || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q", kind, w.Code, w.Body)
		}
	}
}

// TestThePracticeBank is there in the demonstration only, and says what it is.
func TestThePracticeBank(t *testing.T) {
	demo, bank := someDemo(), &fakeBank{}
	demo.Bank = bank
	s := newServer(t, newFake(t), demo)
	body := ask(s, "", "/en/demo/bank/open", nil).Body.String()
	if !strings.Contains(body, "No money moves here") || strings.Count(body, "name=\"answer\"") != 2 {
		t.Error("the bank does not say that it is for practice, or cannot be answered")
	}
	if body := ask(s, "", "/en/demo/bank/over", nil).Body.String(); strings.Contains(body, "name=\"answer\"") {
		t.Error("an order that is over can be paid")
	}
	if w := ask(s, "", "/en/demo/bank/none", nil); w.Code != http.StatusNotFound {
		t.Errorf("no such order: %d", w.Code)
	}
	for _, answer := range []string{"pay", "decline"} {
		w := ask(s, "", "/en/demo/bank/open", url.Values{"answer": {answer}})
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/kk/cases/AQ-OWES-0001/paid" {
			t.Errorf("%s: %d, %q", answer, w.Code, w.Header().Get("Location"))
		}
	}
	if len(bank.pressed) != 2 || !bank.pressed[0] || bank.pressed[1] {
		t.Errorf("pressed %v", bank.pressed)
	}
	if w := ask(newServer(t, newFake(t), nil), "", "/en/demo/bank/open", nil); w.Code != http.StatusNotFound {
		t.Errorf("a server for real people has a practice bank: %d", w.Code)
	}
}
