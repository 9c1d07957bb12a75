package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/web"
	printed "aiqyn/web/paper"
)

// seatedOffice is an engine whose visitors are signed in by name.
type seatedOffice struct {
	*office
	who map[string]aiqyn.Actor
}

func (s seatedOffice) Session(_ context.Context, token string) (casework.Session, error) {
	actor, ok := s.who[token]
	if !ok {
		return casework.Session{}, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	now := time.Now()
	return casework.Session{Account: casework.Account{Actor: actor, Name: token, Lang: aiqyn.English}, Handle: token, Begun: now, Used: now,
		Known: aiqyn.ByCode, Proven: now, ProvenBy: aiqyn.ByCode}, nil
}

// walk is one visitor of a site who opens whatever they are led to.
type walk struct {
	t      *testing.T
	site   http.Handler
	as     string
	opened map[string]bool
	given  int
	found  func(path, text string)
}

var hrefs = regexp.MustCompile(`(?:href|action)="(/[^"#]*)"`)

func (w *walk) open(path string, depth int) {
	path = strings.ReplaceAll(path, "&amp;", "&")
	if w.opened[path] || len(w.opened) > 250 || depth > 4 {
		return
	}
	w.opened[path] = true
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: w.as})
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	if rec.Code == http.StatusOK {
		w.given++
	}
	text := rec.Header().Get("Location") + " " + string(body)
	switch {
	case printed.IsPDF(body):
		if receipt, err := printed.Receipt(body); err == nil {
			text += string(receipt)
		}
	case bytes.HasPrefix(body, []byte("PK")): // an archive of evidence, or a sheet
		files, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			w.t.Fatalf("%s: %v", path, err)
		}
		for _, f := range files.File {
			part, err := fs.ReadFile(files, f.Name)
			if err != nil {
				w.t.Errorf("%s: %v", path, err)
			}
			text += string(part)
		}
	}
	w.found(path, text)
	for _, m := range hrefs.FindAllStringSubmatch(string(body), -1) {
		for _, room := range []string{"/en/cases", "/en/account", "/en/desk", "/en/office", "/en/ledger", "/en/check"} {
			if strings.HasPrefix(m[1], room) {
				w.open(m[1], depth+1)
			}
		}
	}
}

// TestNobodyIsGivenAStranger: somebody applies with a stranger's parcel, on the real
// engine and the real site. The applicant, another person, the drawn officer, an overseer
// and an auditor open every page, file, receipt and answer that they are led to: none has
// the number of the parcel's owner, and the log has none of anybody's. The owner reads
// that they were looked up.
func TestNobodyIsGivenAStranger(t *testing.T) {
	ctx := t.Context()
	world, err := newBenchWorld(ctx, t.TempDir(), nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer world.close()
	owner, applicant := benchPerson(5), benchPerson(2)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: applicant}
	filed, err := world.Do(ctx, casework.File{ID: benchCommand(), Actor: me, Service: "energy.connection", Lang: "en", Channel: "online",
		Answers: map[string]string{"parcel": benchParcel(5), "load": "2", "category": "III", "term": "permanent", "phases": "one-phase"}})
	if err != nil {
		t.Fatal(err)
	}
	surveyor, err := world.drawn(ctx, filed.Ref, "survey", aiqyn.RoleSurveyor)
	if err != nil {
		t.Fatal(err)
	}
	view, err := world.Case(ctx, me, filed.Ref)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]aiqyn.Actor{
		"applicant": me, "another": {Role: aiqyn.RoleApplicant, Person: benchPerson(3)}, "owner": {Role: aiqyn.RoleApplicant, Person: owner}, "officer": surveyor,
		"overseer": {Role: aiqyn.RoleOverseer, Officer: "overseer-01"}, "auditor": {Role: aiqyn.RoleAuditor, Officer: "auditor-01"},
	}
	var log bytes.Buffer
	site, err := web.New(web.Config{Engine: seatedOffice{world.office, who}, Catalogue: texts, Clock: time.Now, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	control := false // the log does have the number, or the walk looks for nothing
	for _, e := range view.Events {
		receipt, err := world.Receipt(ctx, aiqyn.System, e.Index)
		if err != nil {
			t.Fatal(err)
		}
		control = control || strings.Contains(string(receipt), string(owner))
	}
	if !control {
		t.Fatal("the case does not have the owner's number")
	}
	least := map[string]int{"applicant": 30, "another": 3, "officer": 3, "overseer": 3, "auditor": 3}
	for as, pages := range least {
		w := &walk{t: t, site: site, as: as, opened: make(map[string]bool), found: func(path, text string) {
			if strings.Contains(text, string(owner)) {
				t.Errorf("%s is given the owner's number by %s", as, path)
			}
			if as != "applicant" && strings.Contains(text, string(applicant)) {
				t.Errorf("%s is given the applicant's number by %s", as, path)
			}
		}}
		paths := []string{"/en/cases", "/en/account", "/en/account/readings", "/en/desk", "/en/office", "/api/v1/cases", "/api/v1/desk"}
		for _, room := range []string{"/en/cases/", "/en/desk/", "/api/v1/cases/", "/api/v1/desk/"} {
			paths = append(paths, room+string(filed.Ref))
		}
		for _, e := range view.Events {
			for _, file := range []string{"/en/cases/%s/receipts/%d", "/en/cases/%s/receipts/%d/file", "/en/cases/%s/receipts/%d/pdf"} {
				paths = append(paths, fmt.Sprintf(file, filed.Ref, e.Index))
			}
			paths = append(paths, fmt.Sprintf("/api/v1/receipts/%d", e.Index), fmt.Sprintf("/en/ledger/%d", e.Index))
		}
		for _, path := range append(paths, "/en/cases/"+string(filed.Ref)+"/evidence.zip") {
			w.open(path, 0)
		}
		if w.given < pages {
			t.Errorf("%s was given %d pages and files only", as, w.given)
		}
	}
	read := ""
	w := &walk{t: t, site: site, as: "owner", opened: make(map[string]bool), found: func(path, text string) {
		if path == "/en/account/readings" {
			read = text
		}
		if strings.Contains(text, string(applicant)) || strings.Contains(text, string(filed.Ref)) {
			t.Errorf("the owner is told who applied by %s", path)
		}
	}}
	w.open("/en/account/readings", 0)
	if !strings.Contains(read, "Register of rights to property") || !strings.Contains(read, "Another person’s application") {
		t.Error("the owner does not read that they were looked up")
	}
	for _, p := range []aiqyn.PersonID{owner, applicant} {
		if strings.Contains(log.String(), string(p)) {
			t.Errorf("the server's log has %s", p)
		}
	}
	closed(t, world, me, view)
}

// closed holds that what is closed for the applicant is the look-up and nothing else, and
// that each receipt holds without it.
func closed(t *testing.T, world *benchWorld, me aiqyn.Actor, view *casework.CaseView) {
	t.Helper()
	for _, e := range view.Events {
		raw, err := world.Receipt(t.Context(), me, e.Index)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := world.Check(t.Context(), raw); err != nil {
			t.Errorf("the receipt of %s does not hold: %v", e.Kind, err)
		}
		r, err := ledger.ParseReceipt(raw)
		if err != nil || (r.Private == nil) != (e.Kind == casework.EventLookedUp) {
			t.Errorf("the receipt of %s: private part closed: %v, %v", e.Kind, r != nil && r.Private == nil, err)
		}
	}
}
