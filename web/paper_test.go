package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/web/paper"
)

// Every receipt and every document can be had as PDF in each language; the file
// holds the very receipt, and the check page takes it as it takes the receipt.
func TestPapers(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	receipt, _ := f.Receipt(t.Context(), aiqyn.Actor{}, 100)
	for _, lang := range []string{"kk", "ru", "en"} {
		for _, path := range []string{"/cases/AQ-OPEN-0001/receipts/100/pdf", "/cases/AQ-GRAN-0001/conditions.pdf"} {
			w := ask(s, "applicant", "/"+lang+path, nil)
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(w.Header().Get("Content-Disposition"), ".pdf") {
				t.Fatalf("%s%s: status %d, %v", lang, path, w.Code, w.Header())
			}
			got, err := paper.Receipt(w.Body.Bytes())
			if err != nil || !bytes.Equal(got, receipt) {
				t.Errorf("%s%s holds %q, %v", lang, path, got, err)
			}
			var form bytes.Buffer
			m := multipart.NewWriter(&form)
			part, _ := m.CreateFormFile("file", "x.pdf")
			part.Write(w.Body.Bytes())
			m.Close()
			r := httptest.NewRequest("POST", "/"+lang+"/verify", &form)
			r.Header.Set("Content-Type", m.FormDataContentType())
			checked := httptest.NewRecorder()
			s.ServeHTTP(checked, r)
			if checked.Code != http.StatusOK || !strings.Contains(checked.Body.String(), "panel--good") {
				t.Errorf("%s%s: the check page says %d", lang, path, checked.Code)
			}
		}
	}
	if w := ask(s, "applicant", "/en/cases/AQ-OPEN-0001/conditions.pdf", nil); w.Code != http.StatusNotFound {
		t.Errorf("a document that was not given: status %d", w.Code)
	}
}

// Where the code of a paper leads, nobody is named, and a wrong code finds nothing.
func TestCheckOfAPaper(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]string{
		"103/" + paperCode: "panel--good", "102/" + paperCode: "panel--bad", "105/" + paperCode: "panel--warn",
	} {
		w := ask(s, "", "/en/check/"+path, nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: status %d without %s", path, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "Сейітова") {
			t.Errorf("%s names somebody", path)
		}
	}
	for _, path := range []string{"103/00112233445566778890", "103/x", "x/" + paperCode} {
		if w := ask(s, "", "/en/check/"+path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// What a refusal rests on is linked where one is told of it, and is a file in the
// language of the page.
func TestPageOfARefusal(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, lang := range aiqyn.Langs {
		href := "/" + string(lang) + "/cases/AQ-REFU-0001/refusal.html"
		if w := ask(s, "applicant", "/"+string(lang)+"/cases/AQ-REFU-0001", nil); !strings.Contains(w.Body.String(), href) {
			t.Errorf("%s: nothing leads to the page", lang)
		}
		w := ask(s, "applicant", href, nil)
		if !strings.Contains(w.Body.String(), `lang="`+string(lang)+`"`) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %s", lang, w.Code, w.Header())
		}
	}
	for _, ref := range []string{"AQ-GRAN-0001", "AQ-NONE-0001"} {
		if w := ask(s, "applicant", "/en/cases/"+ref+"/refusal.html", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", ref, w.Code)
		}
	}
}

// All proofs of a case come in one archive, and only to whom the case is.
func TestEvidenceOfACase(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	w := ask(s, "applicant", "/kk/cases/AQ-GRAN-0001/evidence.zip", nil)
	opened, err := evidence.OpenArchive(w.Body.Bytes())
	ref, pieces := opened.Case, opened.Pieces
	if err != nil || ref != "AQ-GRAN-0001" || len(pieces) != len(f.cases()[ref].Events) || w.Header().Get("Content-Type") != "application/zip" {
		t.Errorf("%s with %d proofs, %v", ref, len(pieces), err)
	}
	if w := ask(s, "applicant", "/kk/cases/AQ-NONE-0001/evidence.zip", nil); w.Code != http.StatusNotFound {
		t.Errorf("of no case: status %d", w.Code)
	}
}
