package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/store"
)

// call asks the interface for programs.
func (s *side) call(method, path string, body any, into any) int {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(method, "http://"+s.server.addr+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode >= 300 && res.StatusCode != http.StatusNotFound {
		s.t.Fatalf("%s %s: %s\n%s", method, path, res.Status, text)
	}
	if into != nil && res.StatusCode < 300 {
		if err := json.Unmarshal(text, into); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
	}
	return res.StatusCode
}

// files applies for water at a parcel.
func (s *side) files(parcel string) aiqyn.Reference {
	s.t.Helper()
	var out struct {
		Ref aiqyn.Reference `json:"ref"`
	}
	s.call(http.MethodPost, "/api/v1/cases", map[string]any{"command": "c" + parcel, "service": "water.connection",
		"answers": map[string]string{"parcel": parcel, "purpose": "home", "daily-water": "2"}}, &out)
	return out.Ref
}

// until waits until a case stands somehow.
func (s *side) until(ref aiqyn.Reference, stands func(*crossed) bool) *crossed {
	s.t.Helper()
	for range 600 {
		var c crossed
		if s.call(http.MethodGet, "/api/v1/cases/"+string(ref), nil, &c) == http.StatusOK && stands(&c) {
			return &c
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.t.Fatalf("%s: %s does not come to it", s.name, ref)
	return nil
}

// proves that each case shows the other side, in each language, with its receipt.
func (s *side) proves(refs []aiqyn.Reference) {
	s.t.Helper()
	for _, ref := range refs {
		for _, lang := range []string{"kk", "ru", "en"} {
			page := s.page("/" + lang + "/cases/" + string(ref))
			if !strings.Contains(page, "/other/file") {
				s.t.Errorf("%s does not show the other side in %s", ref, lang)
			}
		}
		var receipt struct {
			Proof string `json:"proof"`
		}
		text := s.page("/en/cases/" + string(ref) + "/other/file")
		other := map[string]string{"north": "south.example/log", "south": "north.example/log"}[s.name]
		if err := json.Unmarshal([]byte(text), &receipt); err != nil || !strings.Contains(receipt.Proof, other) || !strings.Contains(receipt.Proof, "witness.example/") {
			s.t.Errorf("%s: no witnessed receipt of %s: %v\n%s", ref, other, err, text)
		}
	}
}

func (s *side) page(path string) string {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+s.server.addr+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: s.token})
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s, %v", path, res.Status, err)
	}
	return string(text)
}

// audited audits the log by the other's key and counts what came of n applications.
func (s *side) audited(n int) {
	s.t.Helper()
	var out, errs bytes.Buffer
	args := []string{"audit", "--db", s.url, "--keys", filepath.Join(s.dir, "keys"), "--policy", s.policy, "--shards", s.shards, "--json"}
	if code := run(s.t.Context(), args, &out, &errs); code != held {
		s.t.Errorf("audit of the %s: %d\n%s%s", s.name, code, out.String(), errs.String())
	}
	db, err := store.Open(s.t.Context(), s.url, store.Options{ReadOnly: true})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	kinds := map[string][]casework.EventKind{"north": {casework.EventSentOn, casework.EventArrived}, "south": {casework.EventTakenOn}}[s.name]
	count := make(map[casework.EventKind]int)
	for e, err := range db.Entries(s.t.Context(), 0, 1<<20) {
		if err != nil {
			s.t.Fatal(err)
		}
		if kind := casework.EventKind(e.Kind); slices.Contains(kinds, kind) {
			count[kind]++
		}
	}
	for _, kind := range kinds {
		if count[kind] != n {
			s.t.Errorf("the %s has %d entries %s of %d applications", s.name, count[kind], kind, n)
		}
	}
}
