package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestRostersAreFound: a registrar finds a post by its body, by who stands there or by
// nobody standing there; a roster shows all who stand on it and leads to the forms, which
// say of which roster they are.
func TestRostersAreFound(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string][]string{
		"/office/rosters":                                            {"surveyor", "engineer", "and 1 more", "nobody yet"},
		"/office/rosters?find=Оспанов":                               {"surveyor", "!engineer"},
		"/office/rosters?find=ENGINEER utility":                      {"engineer", "!Оспанов"},
		"/office/rosters?state=vacant":                               {"engineer", "!Оспанов"},
		"/office/rosters?find=xyzzy":                                 {"No such roster was found"},
		"/office/rosters/surveyor/utility":                           {"Попова Анна", "surveyor-04", "who they are is not recorded", "/en/office/remove?officer=surveyor-02&roster=surveyor%2Futility", "/en/office/enrol?roster=surveyor%2Futility"},
		"/office/enrol?roster=surveyor/utility":                      {"surveyor · ", `name="roster" value="surveyor/utility"`, `name="iin"`},
		"/office/remove?roster=surveyor/utility&officer=surveyor-02": {`value="surveyor-02"`, `name="roster" value="surveyor/utility"`},
	} {
		w := ask(s, "registrar", "/en"+strings.ReplaceAll(path, " ", "+"), nil)
		body := strings.ReplaceAll(w.Body.String(), "&amp;", "&")
		_, body, _ = strings.Cut(body, "<main")
		for _, text := range want {
			if text, not := strings.CutPrefix(text, "!"); w.Code != http.StatusOK || strings.Contains(body, text) == not {
				t.Errorf("%s: status %d, %q there: %v", path, w.Code, text, !not)
			}
		}
	}
	for path, status := range map[string]int{"/office/rosters/surveyor/nobody": 404, "/office/enrol?roster=surveyor/nobody": 404, "/office/enrol": 303, "/office/remove": 303} {
		if w := ask(s, "registrar", "/en"+path, nil); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
	w := ask(s, "registrar", "/en/office/enrol", url.Values{"command": {"00112233445566778899aabbccddeeff"}, "roster": {"surveyor/nobody"}})
	if w.Code != http.StatusNotFound {
		t.Errorf("a roster that has gone: status %d", w.Code)
	}
}
