package web

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// TestCasesLeadToAllPoints: from the points of a case, possible or refused, one comes to
// every place within reach, by the load and choices of the case.
func TestCasesLeadToAllPoints(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	to := regexp.MustCompile(`href="(/en/capacity/points/all\?[^"]+)"`)
	for _, c := range []struct{ as, path string }{{"applicant", "/cases/AQ-OPEN-0001"}, {"engineer", "/desk/AQ-DECI-0002"}} {
		page := ask(s, c.as, "/en"+c.path, nil).Body.String()
		m := to.FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s leads to no list of points", c.path)
			continue
		}
		href := html.UnescapeString(m[1])
		if !strings.Contains(href, "kw=150&") || !strings.Contains(href, "parcel=99-999-001-001") || !strings.Contains(href, "category=") {
			t.Errorf("%s leads to %s", c.path, href)
		}
		if w := ask(s, c.as, href, nil); w.Code != 200 {
			t.Errorf("%s: status %d", href, w.Code)
		}
	}
	if page := ask(s, "applicant", "/en/cases/AQ-STIL-0001", nil).Body.String(); to.MatchString(page) {
		t.Error("a case without points leads to some")
	}
}
