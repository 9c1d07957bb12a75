package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// TestABookingGoesIntoACalendar: the file holds to RFC 5545: its lines end in CRLF
// and are short, its times are UTC, commas are escaped; who has no time has no file.
func TestABookingGoesIntoACalendar(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	w := askAs(s, http.MethodGet, "applicant", "/kk/cases/AQ-SLOT-0003/booking.ics", nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	text := w.Body.String()
	has := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if has[name] == "" {
			has[name] = value
		}
	}
	slot := someSlot(1)
	for name, want := range map[string]string{
		"BEGIN": "VCALENDAR", "VERSION": "2.0", "UID": "aq-slot-0003@aiqyn", "SEQUENCE": "1", "DTSTART": slot.Starts.UTC().Format("20060102T150405Z"),
		"DTEND": slot.Ends.UTC().Format("20060102T150405Z"), "LOCATION": `№ 1 емхана\, Жүрек дәрігері\, Қабанбай батыр\, 5`, "STATUS": "CONFIRMED",
	} {
		if has[name] != want {
			t.Errorf("%s is %q, want %q", name, has[name], want)
		}
	}
	if w := askAs(s, http.MethodGet, "applicant", "/kk/cases/AQ-SLOT-0001/booking.ics", nil); w.Code != http.StatusNotFound {
		t.Errorf("who has no time has a file: %d", w.Code)
	}
}

// TestTimesAreGivenBackAndPublished: the forms send what they say.
func TestTimesAreGivenBackAndPublished(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for _, form := range []struct {
		as, path string
		fields   string
		want     any
	}{
		{"applicant", "/en/cases/AQ-SLOT-0003/queue", "do=rebook&not-before=2026-12-05&part=morning", casework.Rebook{Ref: "AQ-SLOT-0003", NotBefore: "2026-12-05", Part: "morning"}},
		{"applicant", "/en/cases/AQ-SLOT-0001/queue", "do=ticket&group=pol-1%2Fcardiologist", casework.TakeTicket{Ref: "AQ-SLOT-0001", Group: "pol-1/cardiologist"}},
		{"surgery", "/en/institution/schedule", "group=cardiologist&on-cardiologist=2026-12-01&from-cardiologist=09:00&minutes-cardiologist=20&count-cardiologist=12&each-cardiologist=1&for-cardiologist=day",
			casework.PublishSlots{Service: specialist, Institution: "pol-1", Group: "cardiologist", Day: "2026-12-01", From: "09:00", Minutes: 20, Count: 12, Places: 1, SameDay: true}},
		{"surgery", "/en/institution/visit", "ref=AQ-SLOT-0002&came=yes&day=2026-11-25", casework.Attend{Ref: "AQ-SLOT-0002", Came: true}},
	} {
		fields, err := url.ParseQuery(form.fields + "&command=00112233445566778899aabbccddeeff")
		if err != nil {
			t.Fatal(err)
		}
		w := askAs(s, http.MethodPost, form.as, form.path, fields)
		if w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", form.path, w.Code, w.Body)
			continue
		}
		if got := bare(f.sent[len(f.sent)-1]); got != form.want {
			t.Errorf("%s sends %+v, want %+v", form.path, got, form.want)
		}
	}
	w := askAs(s, http.MethodPost, "surgery", "/en/institution/schedule", url.Values{"group": {"cardiologist"}, "minutes-cardiologist": {"many"}, "command": {"00112233445566778899aabbccddeeff"}})
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a schedule of many minutes: %d", w.Code)
	}
}

// bare is a command without its id and who has sent it.
func bare(cmd any) any {
	switch c := cmd.(type) {
	case casework.Rebook:
		c.ID, c.Actor = "", aiqyn.Actor{}
		return c
	case casework.TakeTicket:
		c.ID, c.Actor = "", aiqyn.Actor{}
		return c
	case casework.PublishSlots:
		c.ID, c.Actor = "", aiqyn.Actor{}
		return c
	case casework.Attend:
		c.ID, c.Actor = "", aiqyn.Actor{}
		return c
	}
	return cmd
}

// TestChoosingDifferently: who waits is led to where they would stand elsewhere, by
// district; who does not wait, and whose places have a time, is not.
func TestChoosingDifferently(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	page := func(path string) string { return askAs(s, http.MethodGet, "applicant", "/en"+path, nil).Body.String() }
	if !strings.Contains(page("/cases/AQ-QUEU-0001"), "/en/cases/AQ-QUEU-0001/elsewhere") {
		t.Error("nothing leads there")
	}
	all, one := page("/cases/AQ-QUEU-0001/elsewhere"), page("/cases/AQ-QUEU-0001/elsewhere?district=111000000")
	if !strings.Contains(all, "Balapan kg-2") || !strings.Contains(all, "Balapan kg-9") || !strings.Contains(all, "after=kg-9") {
		t.Error("not all places are there, or no way to more")
	}
	if strings.Contains(one, "Balapan kg-2") || !strings.Contains(one, "Balapan kg-9") {
		t.Error("the district does not narrow them")
	}
	for _, ref := range []string{"AQ-QUEU-0002", "AQ-QUEU-0004", "AQ-SLOT-0001"} {
		if w := askAs(s, http.MethodGet, "applicant", "/en/cases/"+ref+"/elsewhere", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", ref, w.Code)
		}
		if strings.Contains(page("/cases/"+ref), "/elsewhere") {
			t.Errorf("%s leads there", ref)
		}
	}
}
