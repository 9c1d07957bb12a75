package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// session is a person of the demonstration who has signed in.
type session struct {
	site, phone string
	http.Client
}

func (s *session) send(method, path, mime, body string) (*http.Response, []byte, error) {
	r, err := http.NewRequest(method, s.site+path, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Origin", s.site)
	r.Header.Set("Accept-Language", "en")
	if mime != "" {
		r.Header.Set("Content-Type", mime)
	}
	w, err := s.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer w.Body.Close()
	raw, err := io.ReadAll(w.Body)
	return w, raw, err
}

func (s *session) form(path string, values url.Values) error {
	w, raw, err := s.send(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode())
	if err == nil && w.StatusCode >= 400 && w.StatusCode != http.StatusUnauthorized { // which asks for the code
		err = fmt.Errorf("%s: %s: %.200s", path, w.Status, raw)
	}
	return err
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code is the newest that the person was sent.
func (s *session) code() (string, error) {
	_, raw, err := s.send(http.MethodGet, "/en/demo/inbox?phone="+url.QueryEscape(s.phone), "", "")
	if err != nil {
		return "", err
	}
	code := sixDigits.Find(raw)
	if code == nil {
		return "", fmt.Errorf("no code was sent to %s", s.phone)
	}
	return string(code), nil
}

// signIn signs a person in, and has them prove themselves once more.
func signIn(site, phone string) (*session, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	s := &session{site, phone, http.Client{Jar: jar}}
	for _, by := range []struct {
		ask, enter string
		values     url.Values
	}{
		{"/en/sign-in", "/en/sign-in/code", url.Values{"phone": {phone}}},
		{"/en/confirm", "/en/confirm", url.Values{"_proving": {"yes"}, "_send": {"first"}}},
	} {
		if err := s.form(by.ask, by.values); err != nil {
			return nil, err
		}
		code, err := s.code()
		if err != nil {
			return nil, err
		}
		if err := s.form(by.enter, url.Values{"code": {code}, "_proving": {"yes"}}); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// book files for a time with a specialist.
func (s *session) book() error {
	raw, err := json.Marshal(map[string]any{"command": "fhir", "service": "health.specialist", "answers": map[string]string{
		"specialist": "cardiologist", "first": "pol-1", "second": "pol-2", "earliest": "2026-01-01", "hours": "any",
	}})
	if err != nil {
		return err
	}
	w, answer, err := s.send(http.MethodPost, "/api/v1/cases", "application/json", string(raw))
	if err == nil && w.StatusCode != http.StatusOK && w.StatusCode != http.StatusCreated {
		err = fmt.Errorf("filing: %s: %s", w.Status, answer)
	}
	return err
}
