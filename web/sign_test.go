package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

const signCommand = "00112233445566778899aabbccddeeff"

// sendSigned posts a form with a file of a signature.
func sendSigned(t *testing.T, s http.Handler, as, path string, form url.Values, cms string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		if err := w.WriteField(name, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	if cms != "" {
		part, err := w.CreateFormFile("cms", "document.p7s")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(cms))
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	return answer
}

// TestSigning: what is to be signed is shown and can be downloaded; NCALayer may
// be spoken to from that page alone; the signature goes with the very command, and
// without one the confirmation that was given stands.
func TestSigning(t *testing.T) {
	for _, lang := range aiqyn.Langs {
		f := newFake(t)
		s := newServer(t, f, nil)
		path := "/" + string(lang) + "/desk/AQ-DECI-0001/steps/conditions/decide"
		form := url.Values{"command": {signCommand}, "decision": {"grant"}, "note": {"so be it"}}
		w := ask(s, "engineer", path+"?sign=ask", form)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, "casework.Decide") || !strings.Contains(body, `name="note" value="so be it"`) || !strings.Contains(body, `name="command" value="`+signCommand+`"`) {
			t.Fatalf("%s: the page of signing: %d\n%s", lang, w.Code, body)
		}
		checkPage(t, path, lang, body)
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' wss://127.0.0.1:13579;") {
			t.Errorf("policy %q", csp)
		}
		if csp := ask(s, "engineer", "/"+string(lang)+"/desk/AQ-DECI-0001", nil).Header().Get("Content-Security-Policy"); strings.Contains(csp, "wss:") {
			t.Errorf("another page may speak to NCALayer: %q", csp)
		}
		if len(f.sent) > 0 {
			t.Errorf("decided before it was signed: %+v", f.sent)
		}
		with := func(how string) url.Values {
			c := url.Values{"sign": {how}}
			for name, v := range form {
				c[name] = v
			}
			return c
		}
		if w := ask(s, "engineer", path, with("document")); !strings.Contains(w.Header().Get("Content-Disposition"), "aiqyn-document.json") || !strings.Contains(w.Body.String(), "casework.Decide") {
			t.Errorf("the document: %d %v", w.Code, w.Header())
		}
		if w := sendSigned(t, s, "engineer", path, with("upload"), ""); w.Code != http.StatusUnprocessableEntity || len(f.sent) > 0 {
			t.Errorf("no file: %d", w.Code)
		}
		if w := ask(s, "engineer", path, with("practice")); w.Code != http.StatusNotFound || len(f.sent) > 0 {
			t.Errorf("a practice key outside the demonstration: %d", w.Code)
		}
		if w := sendSigned(t, s, "engineer", path, with("upload"), "SIGNATURE"); w.Code != http.StatusSeeOther {
			t.Fatalf("sent with a signature: %d", w.Code)
		}
		if d, ok := f.sent[0].(casework.Decide); !ok || string(d.CMS) != "SIGNATURE" || !d.Grant || d.Note != "so be it" {
			t.Errorf("sent %+v", f.sent[0])
		}
		if w := ask(s, "engineer", path, with("without")); w.Code != http.StatusSeeOther || f.sent[1].(casework.Decide).CMS != nil {
			t.Errorf("sent without: %d", w.Code)
		}
		f.fail = aiqyn.E(aiqyn.Invalid, "error.signature-other-bytes").On("cms")
		if w := sendSigned(t, s, "engineer", path, with("upload"), "SIGNATURE"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "casework.Decide") {
			t.Errorf("a bad signature is not mended on its page: %d", w.Code)
		}
	}
}

// TestASurveyIsSigned with the fingerprints of the photographs that were sent.
func TestASurveyIsSigned(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	path := "/kk/desk/AQ-OPEN-0001/steps/survey/perform"
	hash := "sha256:" + strings.Repeat("ab", 32)
	form := url.Values{
		"command": {signCommand}, "measured-load": {"20"}, "evidence-place": {"51.1, 71.4"}, "evidence-time": {"2026-11-23T10:00"},
		"evidence-photo": {hash}, "evidence-signature": {"Бекзат О."}, "sign": {"ask"},
	}
	w := ask(s, "surveyor", path, form)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), hash) || strings.Count(w.Body.String(), `name="evidence-photo" value=`) < 1 {
		t.Fatalf("the page of signing: %d\n%s", w.Code, w.Body.String())
	}
	form.Set("sign", "upload")
	if w := sendSigned(t, s, "surveyor", path, form, "SIGNATURE"); w.Code != http.StatusSeeOther {
		t.Fatalf("sent: %d\n%s", w.Code, w.Body.String())
	}
	p := f.sent[0].(casework.Perform)
	if string(p.CMS) != "SIGNATURE" || p.Records["measured-load"] != "20" {
		t.Errorf("sent %+v", p)
	}
	found := false
	for _, item := range p.Evidence {
		found = found || item.Hash == hash
	}
	if !found {
		t.Errorf("the photograph is lost: %+v", p.Evidence)
	}
}

// TestAFormWithFilesAsksForASignature: what a button says in its address counts of a form
// that brings files, too; nothing is decided unsigned meanwhile.
func TestAFormWithFilesAsksForASignature(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	path := "/en/desk/AQ-DECI-0001/steps/conditions/decide?sign=ask"
	form := url.Values{"command": {signCommand}, "decision": {"grant"}}
	w := sendSigned(t, s, "engineer", path, form, "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "data-ncalayer") || len(f.sent) > 0 {
		t.Errorf("%d, %d commands\n%s", w.Code, len(f.sent), w.Body.String())
	}
	if w := sendSigned(t, s, "engineer-unproven", path, form, ""); !strings.Contains(w.Body.String(), `action="`+path+`"`) || len(f.sent) > 0 {
		t.Errorf("the second proof loses what the button said: %d, %d commands\n%s", w.Code, len(f.sent), w.Body.String())
	}
}
