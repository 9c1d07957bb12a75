package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// atKiosk asks for a page on a shared screen, as whoever is signed in there.
func atKiosk(s http.Handler, as, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.AddCookie(&http.Cookie{Name: "aiqyn-kiosk", Value: "1"})
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func cookieOf(w *httptest.ResponseRecorder, name string) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// A shared screen leads to where it forgets from every page by itself, also
// without a script; the way out drops the session, and what the browser holds.
func TestKioskForgets(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	on := ask(s, "applicant", "/kk/kiosk", url.Values{"kiosk": {"on"}})
	if c := cookieOf(on, "aiqyn-kiosk"); c == nil || c.Value != "1" || !c.HttpOnly {
		t.Fatalf("the screen does not become a shared one: %v", c)
	}
	if c := cookieOf(on, "aiqyn-session"); c == nil || c.MaxAge >= 0 {
		t.Error("who made it a shared one stays signed in")
	}
	for _, path := range []string{"/kk/cases", "/ru/cases/AQ-OPEN-0001", "/en/apply/energy.connection/questions/load", "/en/capacity"} {
		w := atKiosk(s, "applicant", path)
		want := "120; url=" + path[:3] + "/kiosk/over"
		if w.Code != http.StatusOK || w.Header().Get("Refresh") != want || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), "data-kiosk=") {
			t.Errorf("%s: status %d, Refresh %q, Cache-Control %q", path, w.Code, w.Header().Get("Refresh"), w.Header().Get("Cache-Control"))
		}
		if own := ask(s, "applicant", path, nil); own.Header().Get("Refresh") != "" || strings.Contains(own.Body.String(), "data-kiosk") {
			t.Errorf("%s on one's own screen forgets too", path)
		}
	}
	over := atKiosk(s, "applicant", "/kk/kiosk/over")
	if c := cookieOf(over, "aiqyn-session"); c == nil || c.MaxAge >= 0 || over.Header().Get("Location") != "/kk/kiosk" || !strings.Contains(over.Header().Get("Clear-Site-Data"), "cache") {
		t.Errorf("the end: %d to %q, session %v", over.Code, over.Header().Get("Location"), c)
	}
	if w := ask(s, "applicant", "/kk/kiosk/over", nil); cookieOf(w, "aiqyn-session") != nil {
		t.Error("a link signs people out of their own browser")
	}
}

// On a shared screen one takes a ticket away; elsewhere there is none.
func TestKioskTicket(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	page := atKiosk(s, "applicant", "/kk/cases/AQ-OPEN-0001/filed").Body.String()
	if !strings.Contains(page, `class="ticket"`) || !strings.Contains(page, `class="qr"`) || !strings.Contains(page, "/kk/cases/AQ-OPEN-0001</p>") {
		t.Error("no ticket, or without its code")
	}
	if strings.Contains(ask(s, "applicant", "/kk/cases/AQ-OPEN-0001/filed", nil).Body.String(), `class="ticket"`) {
		t.Error("a ticket on one's own screen")
	}
}
