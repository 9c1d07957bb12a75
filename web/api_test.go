package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aiqyn/web/api"
)

func TestAPI(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for _, c := range []struct {
		as, path string
		status   int
		want     string
	}{
		{"", "/services", 200, `"energy.connection"`}, {"", "/services/energy.connection", 200, `"refuse":[`}, {"", "/services/none", 404, `"error.web-no-service"`},
		{"", "/capacity?limit=2", 200, `"free_w":17300`}, {"", "/capacity?limit=9999", 400, `"error.web-limit"`}, {"", "/capacity/7", 200, `"rated_kva":400`}, {"", "/capacity/7", 200, `"asked":{"w":24500,"applications":3}`},
		{"", "/capacity/points/all?at=71.42,51.11&kw=60&because=dearer", 200, `{"id":"4017","route_m":320,"cost_tiyn":210000000,"free_w":null,"because":"dearer"}`}, {"", "/capacity/points/all?at=71.42,51.11", 400, `"error.answer-required"`},
		{"", "/capacity/points/all?at=71.42,51.11&kw=60", 200, `"because":[{"because":"dearer","count":200},{"because":"no-capacity","count":35}]`},
		{"", "/parcels?at=71.42,51.11", 200, `{"number":"99-999-033-049","area":900,"use":"dwelling","away_m":0,`}, {"", "/parcels?at=60,51", 404, `"error.no-parcel-here"`}, {"", "/parcels?at=x", 400, `"error.wish-place"`},
		{"", "/log", 200, `"size":48213`}, {"", "/cases", 401, `"error.unauthenticated"`}, {"applicant", "/cases", 200, `"AQ-OPEN-0001"`},
		{"applicant", "/cases/AQ-HEAR-0001", 200, `"can":["object"`}, {"engineer", "/desk", 200, `"next":"25"`}, {"engineer", "/cases", 403, `"error.forbidden"`},
		{"applicant", "/receipts/100", 200, `"proof"`},
	} {
		w := ask(s, c.as, "/api/v1"+c.path, nil)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s as %q: status %d, %s", c.path, c.as, w.Code, w.Body)
		}
	}
	for body, status := range map[string]int{`{"command":"c1","service":"energy.connection","answers":{}}`: 201, `{"comand":"c1"}`: 400, `{`: 400,
		`{"command":"c1","service":"energy.connection","answers":{}}` + "\n ": 201, `{"command":"c1","service":"energy.connection","answers":{}}{}`: 400,
		`{"command":"c1","service":"energy.connection","answers":{}}]`: 400, `{"command":"c1","service":"energy.connection","answers":{}}}`: 400} {
		r := httptest.NewRequest("POST", "/api/v1/cases", strings.NewReader(body))
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "applicant"})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s: status %d", body, w.Code)
		}
	}
}

// A field that stands twice is refused, wherever it is, and is named: a decoder would take the last.
func TestNoFieldTwice(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for body, twice := range map[string]bool{
		`{"command":"c1","service":"energy.connection","answers":{},"service":"x"}`: true, `{"service":"x","command":"c1","Service":"energy.connection","answers":{}}`: true,
		`{"command":"c1","answers":{"service":[{"service":1,"service":2}]}}`: true, `{"service":"x","servic\u0065":"energy.connection"}`: true,
		`{"service":"x","answers":{"service":{"service":1},"a":[{"service":1},{"service":["service","service"]}]}}`: false,
	} {
		r := httptest.NewRequest("POST", "/api/v1/cases", strings.NewReader(body))
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "applicant"})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		says := strings.ToLower(w.Body.String())
		if strings.Contains(says, `"error.web-json-twice"`) != twice || twice && (w.Code != 400 || !strings.Contains(says, `"service"`)) {
			t.Errorf("%s: status %d, %s", body, w.Code, w.Body)
		}
	}
}

// An address that is asked in a way that it does not take says which it takes, and one
// that is none says that.
func TestMethods(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, c := range []struct {
		method, path string
		status       int
		allow, says  string
	}{
		{"PUT", "/api/v1/services", 405, "GET, HEAD, OPTIONS", `"error.web-method"`}, {"POST", "/api/v1/services", 405, "GET, HEAD, OPTIONS", `"error.web-method"`},
		{"PATCH", "/api/v1/cases", 405, "GET, HEAD, POST, OPTIONS", `"error.web-method"`}, {"GET", "/api/v1/cases/AQ-OPEN-0001/appeal", 405, "POST, OPTIONS", `"error.web-method"`},
		{"OPTIONS", "/api/v1/webhook", 204, "GET, HEAD, POST, DELETE, OPTIONS", ""}, {"OPTIONS", "/api/v1/none", 404, "", `"error.web-no-page"`},
		{"DELETE", "/ogc", 405, "GET, HEAD, OPTIONS", `"error.web-method"`}, {"POST", "/log/checkpoint", 405, "GET, HEAD, OPTIONS", "GET, HEAD, OPTIONS"},
		{"TRACE", "/healthz", 405, "GET, HEAD, OPTIONS", ""}, {"GET", "/kk/sign-out", 404, "", "<html"},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Header().Get("Allow") != c.allow || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: status %d, allows %q: %.200s", c.method, c.path, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
	for range 2 * api.CommandsPerMinute { // to look is no command
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, httptest.NewRequest("HEAD", "/api/v1/services", nil)); w.Code != 200 {
			t.Fatalf("HEAD: status %d", w.Code)
		}
	}
}
