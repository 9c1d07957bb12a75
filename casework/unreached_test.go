package casework

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/registry"
)

// namesSouth is the pack in which another log carries the southern district.
func (r *rig) namesSouth() {
	r.t.Helper()
	r.files = r.edited("kz/pack.yaml", "  logs: []\n", `  logs:
    - {log: south.example/log, title: {kk: Оңтүстік, ru: Юг, en: The South}, places: ["`+southCode+`"], site: "https://south.example"}
`)
}

// unreachedSince is what the operator, the publisher, /readyz and /metrics say alike: that
// the south is not reached, from a day on, "" being now; or that all is well.
func (r *rig) unreachedSince(days ...string) {
	r.t.Helper()
	for _, role := range []aiqyn.Role{aiqyn.RoleOperator, aiqyn.RolePublisher} {
		list, err := r.Unreached(r.t.Context(), aiqyn.Actor{Role: role, Officer: "o"})
		if err != nil {
			r.t.Fatal(err)
		}
		var got []string
		for _, l := range list {
			if got = append(got, l.From.String()); l.Origin != "south.example/log" || l.Title.EN != "The South" {
				r.t.Errorf("the %s sees %+v", role, l)
			}
		}
		if !slices.Equal(got, days) {
			r.t.Errorf("the %s sees it from %q, not %q", role, got, days)
		}
	}
	amiss := r.Amiss(r.t.Context())
	if len(amiss) != len(days) {
		r.t.Errorf("/readyz: %q", amiss)
	}
	for i, line := range amiss {
		if !strings.Contains(line, "south.example/log") || !strings.Contains(line, "--shards") || strings.Contains(line, "from "+days[i]) != (days[i] != "") {
			r.t.Errorf("/readyz: %q of %q", line, days[i])
		}
	}
	var metrics bytes.Buffer
	if err := r.WriteMetrics(r.t.Context(), &metrics); err != nil {
		r.t.Fatal(err)
	}
	if line := "\naiqyn_logs_unreached " + string(rune('0'+len(days))) + "\n"; !strings.Contains(metrics.String(), line) {
		r.t.Errorf("no metric %q", line)
	}
}

// TestALogThatIsNotNamed: a pack sends applications to a log that the operator has not
// named. The server serves, everybody whom it concerns sees what is missing, and an
// application for a place of that log alone is not taken; all is well once it is named.
func TestALogThatIsNotNamed(t *testing.T) {
	r := newRig(t)
	r.unreachedSince()
	r.shut()
	r.namesSouth()
	r.open()
	r.register(registry.ParcelRegister, southPlot, registry.Parcel{
		Number: southPlot, Area: 600, Region: "110000000", District: southCode, Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
	r.register(registry.RightRegister, southPlot, registry.Right{Parcel: southPlot, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}})
	r.unreachedSince("")
	_, err := r.Do(t.Context(), r.filing(holder, southPlot, 20))
	answersKey(t, err, "error.log-unreached-site")
	texts, e := locale.Load()
	if e != nil {
		t.Fatal(e)
	}
	for lang, whose := range map[aiqyn.Lang]string{aiqyn.Kazakh: "Оңтүстік", aiqyn.Russian: "Юг", aiqyn.English: "The South"} { // and where to turn
		if said := texts.Error(lang, err); !strings.Contains(said, whose) || !strings.Contains(said, "https://south.example") {
			t.Errorf("the applicant is told: %s", said)
		}
	}
	r.file(holder, plot, 20)
	for _, role := range []aiqyn.Role{aiqyn.RoleHead, aiqyn.RoleApplicant, aiqyn.RoleSystem} {
		if _, err := r.Unreached(t.Context(), aiqyn.Actor{Role: role}); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("the %s: %v", role, err)
		}
	}
	r.Shards = []Shard{{Origin: "south.example/log"}} // heard, and never told
	r.unreachedSince("")
	r.Shards[0].URL = "https://south.example"
	r.unreachedSince()
	if v := r.view(r.file(holder, southPlot, 20)); v.Outcome != aiqyn.SentOn {
		t.Errorf("then: %s", v.Outcome)
	}
}

// TestAPackNamesALogFirst: whoever runs a server has no veto over a pack by not naming a
// log. The pack is published; the first signature shows to the second what is missing, and
// its operator sees from when.
func TestAPackNamesALogFirst(t *testing.T) {
	r := newRig(t)
	before := r.files
	r.namesSouth()
	files := r.files
	r.files = before
	from := deadline.DateOf(r.clock().In(r.Zone)).AddDays(7)
	for n := range 2 {
		by := publisher(n)
		r.listed(aiqyn.RolePublisher, by.Officer)
		r.unreachedSince()
		r.must(Publish{ID: r.id(), Actor: by, From: from, Files: files, Signature: officerName(by.Officer)})
		signed, err := r.SignedPacks(t.Context(), by)
		if err != nil || len(signed) != 1-n {
			t.Fatalf("%d packs wait: %v", len(signed), err)
		}
		for _, s := range signed {
			if len(s.Missing) != 1 || s.Missing[0].Origin != "south.example/log" {
				t.Errorf("the pack that waits for its second signature: %+v", s.Missing)
			}
		}
	}
	r.unreachedSince(from.String())
	r.pass(8 * 24 * time.Hour)
	r.unreachedSince("")
	r.reopen()
	r.unreachedSince("")
	r.wantClean()
}
