package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// TestTheLetterOfAReasonIsSentWithTheDecision: without a script the letter goes along
// with the form, in each language, and the engine is told its hash; with one it goes in
// parts, to the step itself. Nobody else than whoever decides is let send any.
func TestTheLetterOfAReasonIsSentWithTheDecision(t *testing.T) {
	f := newFake(t)
	keepingFiles(t, f)
	s := newServer(t, f, nil)
	letter := plan(4_000)
	for _, lang := range aiqyn.Langs {
		at := "/" + string(lang) + "/desk/AQ-DECI-0001"
		page := ask(s, "engineer", at, nil).Body.String()
		for _, want := range []string{`enctype="multipart/form-data"`, `name="point-letter"`, `data-upload="` + at + `/steps/conditions/files/document"`} {
			if !strings.Contains(page, want) {
				t.Fatalf("%s: the form has no %s", lang, want)
			}
		}
		for _, as := range []string{"engineer", "applicant", ""} {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			for _, field := range [][2]string{{"command", commandOf(t, page)}, {"decision", "grant"}, {"point", "TP-21"}, {"point-reason", "route-closed"}} {
				if err := form.WriteField(field[0], field[1]); err != nil {
					t.Fatal(err)
				}
			}
			part, err := form.CreateFormFile("point-letter", "letter.pdf")
			if err == nil {
				_, err = part.Write(letter)
			}
			if err != nil || form.Close() != nil {
				t.Fatal(err)
			}
			f.sent = nil
			r := httptest.NewRequest(http.MethodPost, at+"/steps/conditions/decide", &body)
			r.Header.Set("Content-Type", form.FormDataContentType())
			if as != "" {
				r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if as != "engineer" {
				if len(f.sent) != 0 {
					t.Errorf("%s: %q has sent %+v", lang, as, f.sent)
				}
				continue
			}
			if len(f.sent) != 1 {
				t.Fatalf("%s: status %d: %s", lang, w.Code, w.Body)
			}
			if d, ok := f.sent[0].(casework.Decide); !ok || d.PointLetter != hashOf(letter) || d.PointReason != "route-closed" || d.Point != "TP-21" {
				t.Errorf("%s: sent %+v", lang, f.sent[0])
			}
		}
	}
}
