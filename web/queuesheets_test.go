package web

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestFilesOfQueuesAndLots: what the pages of queues, rounds, lots and the scorecard show
// is to be had as CSV and XLSX, and each page says where its figures come from.
func TestFilesOfQueuesAndLots(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, x := range []struct{ page, file, column, has string }{
		{"/places", "/places", "waiting", "education.kindergarten"},
		{"/places/education.kindergarten", "/places/education.kindergarten/groups", "free", "kg-1/kk-2023"},
		{"/places/education.kindergarten/rounds", "/places/education.kindergarten/rounds", "matched", "2026-11-20"},
		{"/lots", "/lots", "least", "20-313-012-345"},
		{"/capacity/scorecard", "/capacity/scorecard", "n", "granted"},
	} {
		page := ask(s, "", "/en"+x.page, nil).Body.String()
		if !strings.Contains(page, `aria-labelledby="source"`) || !strings.Contains(page, `href="/en`+x.file+`.csv"`) || !strings.Contains(page, `href="/en`+x.file+`.xlsx"`) {
			t.Errorf("%s does not say where its figures come from, or leads to no file", x.page)
		}
		w := ask(s, "", "/en"+x.file+".csv", nil)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
			t.Errorf("%s.csv: status %d, %s", x.file, w.Code, w.Header().Get("Content-Type"))
			continue
		}
		r := csv.NewReader(strings.NewReader(w.Body.String()))
		r.FieldsPerRecord, r.Comment = -1, '#'
		rows, err := r.ReadAll()
		if err != nil {
			t.Errorf("%s.csv: %v", x.file, err)
			continue
		}
		at := slices.IndexFunc(rows, func(row []string) bool {
			return slices.ContainsFunc(row, func(c string) bool { return strings.HasPrefix(strings.TrimPrefix(c, "\ufeff"), x.column) })
		})
		if at < 0 || len(rows) == at+1 || !strings.Contains(w.Body.String(), x.has) {
			t.Errorf("%s.csv has no column %s, or not %s:\n%s", x.file, x.column, x.has, w.Body.String())
		}
		if w := ask(s, "", "/kk"+x.file+".xlsx", nil); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "PK") {
			t.Errorf("%s.xlsx: status %d", x.file, w.Code)
		}
	}
	narrowed := ask(s, "", "/ru/capacity/points/all.csv?at=71.42,51.11&kw=60&because=dearer", nil).Body.String()
	if !strings.Contains(narrowed, "4017,320,2100000,,,dearer,") || strings.Contains(narrowed, "no-capacity") {
		t.Errorf("what was considered, of one reason:\n%s", narrowed)
	}
	whole := ask(s, "", "/en/capacity/points/all.csv?at=71.42,51.11&kw=60", nil).Body.String()
	if !strings.Contains(whole, "4017,320,2100000,48,trafo,no-capacity,") || !strings.Contains(whole, "4017,320,2100000,48,trafo,,") {
		t.Errorf("all that was considered:\n%s", whole)
	}
	if page := ask(s, "", "/en/capacity/points/all?at=71.42,51.11&kw=60", nil).Body.String(); !strings.Contains(page, `href="/en/capacity/points/all.csv?at=71.42%2C51.11&amp;kw=60"`) {
		t.Error("the page leads to no file")
	}
	if card := ask(s, "", "/en/capacity/scorecard.csv", nil).Body.String(); !strings.Contains(card, ",kept,Share within its terms,97,percent,") || !strings.Contains(card, ",overdue,") || !strings.Contains(card, ",dearer,Granted at a dearer point than the best,,,") {
		t.Errorf("the scorecard's file has not the rows of its page:\n%s", card)
	}
	if w := ask(s, "", "/en/places/address.certificate/groups.csv", nil); w.Code != http.StatusNotFound {
		t.Errorf("a service that nobody waits for: %d", w.Code)
	}
	narrow := ask(s, "", "/en/places/education.kindergarten/groups.csv?name=kg-2", nil).Body.String()
	if strings.Contains(narrow, "kg-1/kk-2023") || !strings.Contains(narrow, "kg-2/kk-2023") {
		t.Errorf("the file is not narrowed as its page:\n%s", narrow)
	}
}
