package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/web/api"
)

// fillRoute puts something into the wildcards of a route.
var fillRoute = strings.NewReplacer("{$}", "", "{service}", "energy.connection", "{question}", "load", "{ref}", "AQ-OPEN-0001", "{index}", "100",
	"{id}", "7", "{institution}", "kg-1", "{group}", "kk-2023", "{day}", "2026-11-20", "{lot}", "lot-sold", "{step}", "survey", "{code}", paperCode,
	"{queue}", "education.kindergarten", "{kind}", "photo", "{hash}", "sha256:"+strings.Repeat("ab", 32))

// whoMay is somebody whose role may take an action.
func whoMay(t *testing.T, action access.Action) string {
	t.Helper()
	for _, token := range []string{"", "applicant", "surveyor", "engineer", "head", "appeals", "publisher", "registrar", "custodian", "auditor", "overseer", "operator", "secrecy", "institution", "reader"} {
		who, _ := session(token)
		role := who.Actor.Role
		if token == "" {
			role = aiqyn.RoleAnonymous
		}
		if slices.ContainsFunc(access.Relations, func(r access.Relation) bool { return access.Allowed(role, action, r).OK }) {
			return token
		}
	}
	t.Fatalf("nobody may %s", action)
	return ""
}

// listening is a server behind a real connection.
func listening(t *testing.T) (*Server, string) {
	t.Helper()
	s := newServer(t, newFake(t), someDemo())
	s.limits = unlimited(s.site.Clock) // before anything is served: who asks reads it
	on := httptest.NewServer(s)
	t.Cleanup(on.Close)
	return s, on.Listener.Addr().String()
}

// unlimited is for tests that send more than anybody may.
func unlimited(clock aiqyn.Clock) limits {
	l := newLimits(clock, 1)
	for _, one := range []*limiter{l.posts, l.filings, l.codes, l.numbers, l.tries, l.proofs, l.names, l.wishes, l.places, l.bank} {
		one.most = math.MaxInt
	}
	return l
}

// sendsAll is a client that reads nothing before it has sent all, as browsers are.
func sendsAll(addr, method, path, as, kind string, body []byte) (*http.Response, string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, "", err
	}
	defer conn.Close()
	if as != "" {
		name, value := cookieFor(as)
		as = fmt.Sprintf("Cookie: %s=%s\r\n", name, value)
	}
	if kind != "" {
		kind = "Content-Type: " + kind + "\r\n"
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: aiqyn.example\r\n%s%sContent-Length: %d\r\n\r\n", method, path, as, kind, len(body))
	if _, err := (&net.Buffers{[]byte(head), body}).WriteTo(conn); err != nil {
		return nil, "", fmt.Errorf("send: %w", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, "", fmt.Errorf("read: %w", err)
	}
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

const formKind = "application/x-www-form-urlencoded"

// badForms are forms that no route takes, and what they are answered.
var badForms = []struct {
	name, kind string
	status     int
	body       []byte
}{
	{"too large", formKind, http.StatusRequestEntityTooLarge, append([]byte("text="), bytes.Repeat([]byte("a"), 9<<20)...)},
	{"too large in parts", "multipart/form-data; boundary=x", http.StatusRequestEntityTooLarge,
		[]byte("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n" + strings.Repeat("a", 12<<20) + "\r\n--x--\r\n")},
	{"escaped wrongly", formKind, http.StatusBadRequest, []byte("text=%zz")},
	{"no text", formKind, http.StatusBadRequest, []byte("text=%ff%fe")},
	{"nothing in a text", formKind, http.StatusBadRequest, []byte("text=a%00b")},
	{"a field twice", formKind, http.StatusBadRequest, []byte("command=00112233445566778899aabbccddeeff&command=ffeeddccbbaa99887766554433221100")},
	{"a field twice in parts", "multipart/form-data; boundary=x", http.StatusBadRequest,
		[]byte(strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\n1\r\n", 2) + "--x--\r\n")},
	{"no parts", "multipart/form-data; boundary=x", http.StatusBadRequest, []byte("text=a")},
	{"no boundary", "multipart/form-data", http.StatusBadRequest, []byte("text=a")},
	{"no form", "text/plain", http.StatusBadRequest, []byte("text=a")},
	{"a form of a program", "application/json", http.StatusBadRequest, []byte(`{"text":"a"}`)},
	{"of no kind", "", http.StatusBadRequest, []byte("text=a")},
	{"of a kind that is none", "form; ;", http.StatusBadRequest, []byte("text=a")},
}

// TestBadFormsGetAPage goes over every form there is: whatever is wrong with what is sent,
// who sends it reads why, on a page in their language, and no connection is dropped.
func TestBadFormsGetAPage(t *testing.T) {
	s, addr := listening(t)
	texts := catalogue(t)
	for i, r := range s.pages() {
		if r.method != http.MethodPost {
			continue
		}
		lang := aiqyn.Langs[i%len(aiqyn.Langs)]
		path, who := "/"+string(lang)+fillRoute.Replace(r.path), whoMay(t, r.may)
		for n, bad := range badForms {
			if len(bad.body) > 1<<20 && n%2 != i%2 { // one of those that are too large for each
				continue
			}
			answer, page, err := sendsAll(addr, r.method, path, who, bad.kind, bad.body)
			if err != nil {
				t.Errorf("%s: %s: %v", path, bad.name, err)
				continue
			}
			says := texts.Text(lang, map[int]string{400: "error.web-form", 413: "web.error.too-large"}[bad.status], nil)
			if answer.StatusCode != bad.status || !strings.Contains(page, `<html lang="`+string(lang)+`"`) || !strings.Contains(page, says) {
				t.Errorf("%s as %q: %s: status %d, want %d, in %d letters", path, who, bad.name, answer.StatusCode, bad.status, len(page))
			}
		}
	}
}

// TestWhoMayNotIsToldSo: a large form from somebody who may not send it, to no route, or by
// another method is answered, too; so is every command of a program.
func TestWhoMayNotIsToldSo(t *testing.T) {
	s, addr := listening(t)
	large := append([]byte(`{"text":"`), bytes.Repeat([]byte("a"), 9<<20)...)
	sent := func(method, path, as, kind string, status ...int) {
		t.Helper()
		answer, text, err := sendsAll(addr, method, path, as, kind, large)
		if err != nil || !slices.Contains(status, answer.StatusCode) || text == "" && method != http.MethodHead && path != "/pay/notify" {
			t.Errorf("%s %s as %q: %v, %v", method, path, as, answer, err)
		}
	}
	for _, r := range s.pages() {
		if path := "/kk" + fillRoute.Replace(r.path); r.method != http.MethodGet && whoMay(t, r.may) != "" {
			sent(r.method, path, "", formKind, http.StatusUnauthorized, http.StatusForbidden)
		}
	}
	for _, r := range api.Routes() {
		if path := "/api/v1" + fillRoute.Replace(r.Path); r.Method != http.MethodGet {
			takes := []int{http.StatusRequestEntityTooLarge}
			if r.Takes == nil { // nothing is read of what is sent
				takes = []int{http.StatusOK, http.StatusNoContent, http.StatusNotFound}
			}
			sent(r.Method, path, whoMay(t, r.May), "application/json", takes...)
		}
	}
	sent("POST", "/ru/nowhere", "", formKind, http.StatusNotFound)
	sent("POST", "/ru/capacity", "", formKind, http.StatusNotFound, http.StatusMethodNotAllowed)
	sent("POST", "/pay/notify", "", "application/json", http.StatusRequestEntityTooLarge)
}

// TestWhoWaitsToSendIsAnswered: who asks first whether to send is told before it sends.
func TestWhoWaitsToSendIsAnswered(t *testing.T) {
	_, addr := listening(t)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /en/office/hold HTTP/1.1\r\nHost: aiqyn.example\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", formKind, 9<<20)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("%v, %v", answer, err)
	}
}

// TestOperatorsChooseSeveralLetters: the one form with a field that is there more than once.
func TestOperatorsChooseSeveralLetters(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	w := askAs(s, http.MethodPost, "operator", "/en/operate/letters", url.Values{"command": {"00112233445566778899aabbccddeeff"}, "letters": {"1", "2"}})
	if w.Code != http.StatusSeeOther {
		t.Errorf("status %d", w.Code)
	}
}
