package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
)

// toldByAll is how a person is told apart, in everything that may reach a log.
var toldByAll = []string{"900101750009", "Омарова", "Айгүл", "7011234567", "701 123 45 67", "a.omarova@example.kz"}

const toldOf = "Омарова Айгүл, ЖСН 900101750009, +77011234567, 8 701 123 45 67, a.omarova@example.kz"

// falling is an engine whose head panics.
type falling struct {
	*fake
	with any
}

func (f falling) Head(context.Context) (casework.Head, error) { panic(f.with) }

// logged are the lines that a site writes, as they are, while somebody asks.
func logged(t *testing.T, s *Server, path string, form url.Values) (string, int) {
	t.Helper()
	var b strings.Builder
	s.site.Log = slog.New(slog.NewJSONHandler(&b, nil))
	w := ask(s, "applicant", path, form)
	return b.String(), w.Code
}

func tellsNothing(t *testing.T, what, log string) {
	t.Helper()
	for _, s := range toldByAll {
		if strings.Contains(log, s) {
			t.Errorf("%s: %q is in the log: %s", what, s, log)
		}
	}
}

// A register that is down, or says more of a person than it should, is in the log by its
// name, by why, and by the id of our message; nobody of whom it was asked is.
func TestRegistersThatFailTellTheLogNothing(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	echo := func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Road-Id", r.Header.Get("X-Road-Id")) }
	for name, answer := range map[string]http.HandlerFunc{
		"down": nil,
		"a fault": func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("X-Road-Error", "Server.ServerProxy.ServiceFailed")
			w.Write([]byte(`{"type":"Server.ServerProxy.ServiceFailed","message":"` + toldOf + `","detail":"` + toldOf + `"}`))
		},
		"a fault of another form": func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("X-Road-Error", "no such person 900101750009 a.omarova@example.kz")
		},
		"another message": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Road-Id", "900101750009") },
		"no document": func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Write([]byte(`{"name":"Омарова Айгүл","iin":"900101750009","phone":"+77011234567","n":9001017500099001017500099}`))
		},
		"another address": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/people/900101750009?mail=a.omarova@example.kz", http.StatusFound)
		},
		"cut": func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte(`{"iin":"900101750009`))
		},
	} {
		server := down
		if answer != nil {
			server = httptest.NewServer(answer)
		}
		x, err := registry.NewXRoad(registry.XRoadConfig{
			Server: server.URL, Client: "KZ/GOV/2002/aiqyn", Services: map[string]string{registry.PeopleRegister: "KZ/GOV/1001/registers/people"},
			Timeout: 5 * time.Second, Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		f := newFake(t)
		_, f.down = x.Read(t.Context(), registry.Query{Register: registry.PeopleRegister, Key: "900101750009", Purpose: "test", Actor: aiqyn.System})
		server.Close()
		if f.down == nil {
			t.Fatalf("%s: the register answered", name)
		}
		log, status := logged(t, newServer(t, f, nil), "/en/cases", nil)
		if status != http.StatusServiceUnavailable || !strings.Contains(log, "error.register-unavailable") || !strings.Contains(log, "x-road") && !strings.Contains(log, "malformed") {
			t.Errorf("%s: status %d, the log does not say what failed: %s", name, status, log)
		}
		tellsNothing(t, name, log)
	}
}

// What somebody has put into a panic is not in the log; where it was is.
func TestAPanicTellsTheLogNothing(t *testing.T) {
	var list []string
	index := func() (err any) {
		defer func() { err = recover() }()
		return list[len(toldOf)]
	}
	for name, with := range map[string]any{
		"a text": toldOf, "an error": errors.New(toldOf), "one of ours": aiqyn.E(aiqyn.Internal, "error.internal").Because(errors.New(toldOf)),
		"a value": struct{ Person, Name string }{"900101750009", "Омарова"}, "the runtime's": index(),
	} {
		log, status := logged(t, newServer(t, falling{newFake(t), with}, nil), "/api/v1/log", nil)
		if status != http.StatusInternalServerError || !strings.Contains(log, `"panic"`) || !strings.Contains(log, "log_test.go") {
			t.Errorf("%s: status %d: %s", name, status, log)
		}
		if name == "the runtime's" && !strings.Contains(log, "index out of range") {
			t.Errorf("the log does not say what the runtime says: %s", log)
		}
		tellsNothing(t, name, log)
	}
}

// What people write in forms and addresses is in no line of the log.
func TestRequestsTellTheLogNothing(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, path := range []string{
		"/en/services?q=" + url.QueryEscape(toldOf), "/en/cases/900101750009", "/en/cases/900101750009/receipts/1", "/en/nowhere/900101750009?a=" + url.QueryEscape(toldOf), "/api/v1/cases/900101750009",
	} {
		log, _ := logged(t, s, path, nil)
		if log == "" {
			t.Errorf("%s: nothing is logged", path)
		}
		tellsNothing(t, path, log)
	}
	log, _ := logged(t, s, "/en/sign-in", url.Values{"phone": {"+77011234567"}, "iin": {"900101750009"}, "name": {toldOf}})
	tellsNothing(t, "signing in", log)
}

// A line of the log says nothing of people, wherever in it they stand.
func TestLogCovers(t *testing.T) {
	var b strings.Builder
	const iin, phone, mail = "900101750009", "8 701 123 45 67", "aigul@example.kz"
	all := strings.Join([]string{iin, phone, mail}, " ")
	log := slog.New(CoverLog(slog.NewJSONHandler(&b, nil))).With("with", all).WithGroup("group")
	log.Error(all, "text", all, "err", fmt.Errorf("not read: %w", errors.New(all)), slog.Group("in", "text", all), "list", []string{all}, "n", 42, "none", nil)
	for _, s := range []string{iin, "701", mail} {
		if strings.Contains(strings.ReplaceAll(b.String(), "+7 701 ••• •• 67", ""), s) {
			t.Errorf("%q is in the log: %s", s, b.String())
		}
	}
	if !strings.Contains(b.String(), `"n":42`) || !strings.Contains(b.String(), "not read") {
		t.Error(b.String())
	}
}
