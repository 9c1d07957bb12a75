package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// Every list can be kept, filtered as it was shown; a stranger's name in it is
// nothing that a program would run.
func TestListsAsFiles(t *testing.T) {
	f := newFake(t)
	f.demands = []casework.DemandCount{{Certificate: f.pack.Certificates[0].ID, Body: "=HYPERLINK(\"http://evil\")", Count: 3}}
	s := newServer(t, f, nil)
	all, open := 0, 0 // rows: the cases of the fake's world, which come as two pages of the same
	for _, c := range f.cases() {
		if all += 2; c.Status == casework.StatusOpen {
			open += 2
		}
	}
	for _, c := range []struct {
		as, path, header, has string
		rows                  int
	}{
		{"", "/capacity", "id,name,district,rated_kva,free_kw", "ТП-1007", 36},
		{"", "/ledger/entries?from=40", "entry,day,leaf_sha256", "40,2026-11-23,6b86", 41},
		{"", "/capacity/7/history", "day,free_kw,free_if", "granted measured", 33},
		{"", "/capacity/7/binding", "day,free_kw,source_bus,source_transformer,state", "withdrawn,2026", 30},
		{"auditor", "/capacity/7/buses", "bus,free_kw,free_if_reservations_lapse_kw,reserved_kw,connected_kw,asked_now_kw", "701,12.3,17.3,5", 13},
		{"", "/capacity/changes?from=2026-11-20", "id,name,was_free_kw", "network,2026-11-20,", 12},
		{"", "/certificates/demands", "body,certificate,reports", "'=HYPERLINK", 1},
		{"applicant", "/cases", "reference,service,filed,status", "AQ-OPEN-0001", all},
		{"applicant", "/cases?status=open", "reference,service", "AQ-OPEN-0001", open},
		{"surveyor", "/desk?service=none", "reference,service", "", 0},
	} {
		path, query, _ := strings.Cut("/kk"+c.path, "?")
		body := ask(s, c.as, path+".csv?"+query, nil).Body.String()
		records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(records) != c.rows+1 || !strings.HasPrefix(body, c.header) || !strings.Contains(body, c.has) {
			t.Errorf("%s.csv: %v, %d rows, want %d:\n%.200s", c.path, err, len(records)-1, c.rows, body)
		}
		sheet := ask(s, c.as, path+".xlsx?"+query, nil)
		if _, err := zip.NewReader(bytes.NewReader(sheet.Body.Bytes()), int64(sheet.Body.Len())); err != nil || sheet.Code != http.StatusOK {
			t.Errorf("%s.xlsx: status %d, %v", c.path, sheet.Code, err)
		}
		if page := ask(s, c.as, "/kk"+c.path, nil).Body.String(); c.rows > 0 && !strings.Contains(page, strings.ReplaceAll(`href="`+path+".xlsx?"+query, "?\"", "\"")) && query != "" {
			t.Errorf("%s does not lead to its file", c.path)
		}
	}
}

// How long a list is, is told without counting it.
func TestTotals(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]string{
		"/capacity": "412 rows in the list", "/capacity?name=x": "More than 12 rows", "/ledger/entries": "48 213 rows", "/certificates": "3 reports in all",
	} {
		body := strings.ReplaceAll(ask(s, "", "/en"+path, nil).Body.String(), "\u00a0", " ")
		if !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if w := ask(s, "", "/en/ledger/entries?from=abc", nil); w.Code != http.StatusBadRequest {
		t.Errorf("a number that is none: status %d", w.Code)
	}
}

// breaking is an engine that is lost in the middle of a list.
type breaking struct{ *fake }

func (b breaking) Entries(ctx context.Context, p casework.Page) (casework.List[casework.EntryLine], error) {
	if p.After != "" {
		return casework.List[casework.EntryLine]{}, errors.New("the disk is gone")
	}
	list, err := b.fake.Entries(ctx, p)
	for len(list.Items) < 2000 {
		list.Items = append(list.Items, list.Items...)
	}
	list.Next = "7"
	return list, err
}

// Half a file is never taken for a whole one: before its first byte an error is
// a page, after it the connection breaks.
func TestHalfAFileIsNone(t *testing.T) {
	f := newFake(t)
	server := httptest.NewServer(newServer(t, breaking{f}, nil))
	defer server.Close()
	r, err := http.Get(server.URL + "/en/ledger/entries.csv")
	if err == nil {
		var b bytes.Buffer
		_, err = b.ReadFrom(r.Body)
		r.Body.Close()
	}
	if err == nil {
		t.Error("a list cut in the middle came as a whole file")
	}
	f.down = aiqyn.E(aiqyn.Unavailable, "error.internal")
	if w := ask(newServer(t, f, nil), "", "/en/ledger/entries.csv", nil); w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("a list that cannot be read: status %d", w.Code)
	}
}
