package registry

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

func TestXRoadHeaders(t *testing.T) {
	server := &securityServer{rows: rows{data: sample}}
	x := newXRoad(t, server, nil)
	q := query(PeopleRegister, "900101750009")
	q.Case = "іс 1" // headers carry ASCII only
	r, err := x.Read(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got := server.last.URL.Path; got != "/r1/KZ/GOV/1001/registers/people/900101750009" {
		t.Errorf("path %s", got)
	}
	for header, want := range map[string]string{
		"X-Road-Client": `^KZ/GOV/2002/aiqyn$`,
		"X-Road-Id":     `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
		"X-Road-UserId": `^KZsurveyor-03$`,
		"X-Road-Issue":  `^%D1%96%D1%81%201$`,
		"Accept":        `^application/json$`,
	} {
		if got := server.last.Header.Get(header); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s: %q", header, got)
		}
	}
	if server.last.Header.Get("X-Road-Request-Hash") != "" {
		t.Error("the request hash is for the security server to set")
	}
	if r.Source != "x-road:KZ/GOV/1001/registers/people" || r.Proof == "" {
		t.Errorf("got %+v", r)
	}
	first := server.last.Header.Get("X-Road-Id")
	if _, err := x.Read(t.Context(), q); err != nil || server.last.Header.Get("X-Road-Id") == first {
		t.Error("two messages have one id")
	}
}

// TestXRoadFaults: whatever goes wrong on the way is unavailable; none of it
// says that a row is not there.
func TestXRoadFaults(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Road-Id", r.Header.Get("X-Road-Id")) }
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		retry   int64
	}{
		"fault of the security server": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("X-Road-Error", "Client.AccessDenied")
			w.WriteHeader(http.StatusNotFound)
		}, 30},
		"fault with status 200": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("X-Road-Error", "Server.ClientProxy.NetworkError")
			fmt.Fprint(w, `{"iin":"900101750009"}`)
		}, 30},
		"busy": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 120},
		"internal error": {func(w http.ResponseWriter, r *http.Request) { echo(w, r); w.WriteHeader(500) }, 30},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}, 30},
		"no content":              {func(w http.ResponseWriter, r *http.Request) { echo(w, r); w.WriteHeader(204) }, 30},
		"empty":                   {func(w http.ResponseWriter, r *http.Request) { echo(w, r) }, 30},
		"not JSON":                {func(w http.ResponseWriter, r *http.Request) { echo(w, r); fmt.Fprint(w, "<html>") }, 30},
		"two documents":           {func(w http.ResponseWriter, r *http.Request) { echo(w, r); fmt.Fprint(w, "{}{}") }, 30},
		"answer to another query": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }, 30},
		"not found by another server": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound) // a proxy on the way, not the register
		}, 30},
		"too large": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			fmt.Fprintf(w, `{"a":%q}`, strings.Repeat("a", 5000))
		}, 30},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			echo(w, r)
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		}, 30},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 30},
	} {
		t.Run(name, func(t *testing.T) {
			x := newXRoad(t, test.handler, func(c *XRoadConfig) {
				c.MaxBytes = 4096
				c.Timeout = 300 * time.Millisecond
			})
			r, err := x.Read(t.Context(), query(PeopleRegister, "900101750009"))
			e, ok := err.(*aiqyn.Error)
			if !ok || e.Kind != aiqyn.Unavailable || e.Args["retry"] != test.retry || r.Register != "" {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
	x := newXRoad(t, http.NotFoundHandler(), nil)
	if _, err := x.Read(t.Context(), query(RightRegister, "1")); aiqyn.KindOf(err) != aiqyn.Unavailable {
		t.Errorf("a register without a service: %v", err)
	}
}

func TestXRoadNamesRowsByContent(t *testing.T) {
	x := newXRoad(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Road-Id", r.Header.Get("X-Road-Id"))
		fmt.Fprint(w, ` { "b" : 1, "a" : 2 } `)
	}), nil)
	r, err := x.Read(t.Context(), query(PeopleRegister, "1"))
	if err != nil || r.Version != versionOf([]byte(`{"a":2,"b":1}`)) || !r.At.Equal(asOf.Add(time.Hour)) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestXRoadConfiguration(t *testing.T) {
	good := XRoadConfig{Server: "https://ss.example", Client: "KZ/GOV/2002/aiqyn", Now: time.Now,
		Services: map[string]string{PeopleRegister: "KZ/GOV/1001/registers/people"}}
	if _, err := NewXRoad(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*XRoadConfig){
		"no server":      func(c *XRoadConfig) { c.Server = "" },
		"file server":    func(c *XRoadConfig) { c.Server = "file:///etc" },
		"no clock":       func(c *XRoadConfig) { c.Now = nil },
		"short client":   func(c *XRoadConfig) { c.Client = "KZ/GOV" },
		"empty part":     func(c *XRoadConfig) { c.Client = "KZ/GOV//aiqyn" },
		"climbing":       func(c *XRoadConfig) { c.Services = map[string]string{"x": "KZ/GOV/1001/../people"} },
		"short service":  func(c *XRoadConfig) { c.Services = map[string]string{"x": "KZ/GOV/people"} },
		"endless":        func(c *XRoadConfig) { c.Client = strings.Repeat("a/", 20) + "a" },
		"not an address": func(c *XRoadConfig) { c.Server = "https://[::1" },
	} {
		bad := good
		change(&bad)
		if _, err := NewXRoad(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
