package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn/web/api"
)

// r4 is the part of FHIR R4 (4.0.1) that is spoken here: of each resource the elements
// it may have, those that it must, and the codes that are bound to it.
var r4 = map[string]struct {
	may, must []string
	status    []string
}{
	"Schedule": {
		may:  []string{"resourceType", "id", "identifier", "active", "serviceCategory", "serviceType", "specialty", "actor", "planningHorizon", "comment"},
		must: []string{"resourceType", "id", "actor"},
	},
	"Slot": {
		may:    []string{"resourceType", "id", "identifier", "serviceCategory", "serviceType", "specialty", "appointmentType", "schedule", "status", "start", "end", "overbooked", "comment"},
		must:   []string{"resourceType", "id", "schedule", "status", "start", "end"},
		status: []string{"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"},
	},
	"Appointment": {
		may: []string{"resourceType", "id", "identifier", "status", "cancelationReason", "serviceCategory", "serviceType", "specialty", "appointmentType", "reasonCode", "reasonReference", "priority",
			"description", "supportingInformation", "start", "end", "minutesDuration", "slot", "created", "comment", "patientInstruction", "basedOn", "participant", "requestedPeriod"},
		must:   []string{"resourceType", "id", "status", "participant"},
		status: []string{"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error", "checked-in", "waitlist"},
	},
}

var fhirID = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)

// holdsToR4 is what is wrong with a resource by the standard, "" if nothing is.
func holdsToR4(r map[string]any) string {
	kind, _ := r["resourceType"].(string)
	of, ok := r4[kind]
	if !ok {
		return "resourceType " + kind
	}
	for name := range r {
		if !slices.Contains(of.may, name) {
			return kind + " has no element " + name
		}
	}
	for _, name := range of.must {
		if v := r[name]; v == nil || fmt.Sprint(v) == "[]" {
			return kind + " lacks " + name
		}
	}
	status, _ := r["status"].(string)
	if id, _ := r["id"].(string); !fhirID.MatchString(id) {
		return "id " + id
	}
	if of.status != nil && !slices.Contains(of.status, status) {
		return kind + " status " + status
	}
	start, end := r["start"], r["end"]
	for _, at := range []any{start, end} {
		if _, err := time.Parse(time.RFC3339, fmt.Sprint(at)); at != nil && err != nil {
			return "no instant: " + fmt.Sprint(at)
		}
	}
	if kind != "Appointment" {
		return ""
	}
	if (start == nil) != (end == nil) || start == nil && !slices.Contains([]string{"proposed", "cancelled", "waitlist"}, status) {
		return "app-2, app-3: start and end of " + status
	}
	for _, p := range r["participant"].([]any) {
		said, _ := p.(map[string]any)["status"].(string)
		if p.(map[string]any)["actor"] == nil || !slices.Contains([]string{"accepted", "declined", "tentative", "needs-action"}, said) {
			return "app-1: participant " + fmt.Sprint(p)
		}
	}
	return ""
}

// TestTimesInFHIR: what programs of hospitals read holds to R4, each slot leads to its
// schedule, and nobody reads the appointment of another.
func TestTimesInFHIR(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	read := func(as, path string) (out map[string]any) {
		t.Helper()
		w := askAs(s, http.MethodGet, as, "/api/v1/fhir/"+path, nil)
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/fhir+json" {
			t.Fatalf("%s: %d %s %v", path, w.Code, w.Body, err)
		}
		return out
	}
	schedules, seen := map[string]bool{}, 0
	for _, path := range []string{"Schedule?service=health.specialist", "Slot?schedule=health.specialist.pol-1.cardiologist"} {
		bundle := read("", path)
		if bundle["resourceType"] != "Bundle" || bundle["type"] != "searchset" {
			t.Errorf("%s is no bundle: %v", path, bundle)
		}
		for _, e := range bundle["entry"].([]any) {
			e := e.(map[string]any)
			r := e["resource"].(map[string]any)
			at, _ := strings.CutPrefix(fmt.Sprint(e["fullUrl"]), "http://example.com/api/v1/fhir/")
			if one := read("", at); fmt.Sprint(one) != fmt.Sprint(r) || fmt.Sprint(e["search"]) != "map[mode:match]" {
				t.Errorf("%s is %v alone, in a list %v", at, one, e)
			}
			if problem := holdsToR4(r); problem != "" {
				t.Errorf("%s: %s", path, problem)
			}
			switch seen++; r["resourceType"] {
			case "Schedule":
				schedules[r["id"].(string)] = true
			case "Slot":
				if of, _ := r["schedule"].(map[string]any)["reference"].(string); !schedules[strings.TrimPrefix(of, "Schedule/")] {
					t.Errorf("a slot of %s, which is not listed", of)
				}
			}
		}
	}
	if one := read("", "Schedule/health.specialist.pol-1.cardiologist"); holdsToR4(one) != "" || seen != 4 {
		t.Errorf("%d were seen; %v", seen, one)
	}
	for ref, status := range map[string]string{"AQ-SLOT-0001": "waitlist", "AQ-SLOT-0002": "pending", "AQ-SLOT-0003": "booked", "AQ-SLOT-0004": "fulfilled"} {
		r := read("applicant", "Appointment/"+ref)
		if problem := holdsToR4(r); problem != "" || r["status"] != status {
			t.Errorf("%s: %s, %v", ref, problem, r)
		}
	}
	own := read("applicant", "Appointment?service=health.specialist")
	if list, _ := own["entry"].([]any); own["type"] != "searchset" || len(list) != 2 {
		t.Errorf("one's own are %v", own)
	}
	for _, e := range own["entry"].([]any) {
		if problem := holdsToR4(e.(map[string]any)["resource"].(map[string]any)); problem != "" {
			t.Errorf("of one's own: %s", problem)
		}
	}
	for _, path := range []string{"Appointment/AQ-SLOT-0003", "Appointment"} {
		if w := askAs(s, http.MethodGet, "", "/api/v1/fhir/"+path, nil); w.Code != http.StatusUnauthorized {
			t.Errorf("anybody reads %s: %d", path, w.Code)
		}
	}
}

// TestCapabilityStatement: what is said to be spoken is what R4 lets one say, and is
// what is routed.
func TestCapabilityStatement(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	var c struct {
		ResourceType, Status, Date, Kind, FhirVersion string
		Format                                        []string
		Rest                                          []struct {
			Mode     string
			Resource []struct {
				Type        string
				Interaction []struct{ Code string }
			}
		}
	}
	if err := json.Unmarshal(askAs(s, http.MethodGet, "", "/api/v1/fhir/metadata", nil).Body.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	if c.ResourceType != "CapabilityStatement" || c.Status != "active" || c.Kind != "instance" || c.FhirVersion != "4.0.1" || !slices.Equal(c.Format, []string{"json", "application/fhir+json"}) || len(c.Rest) != 1 || c.Rest[0].Mode != "server" {
		t.Fatalf("it is %+v", c)
	}
	if _, err := time.Parse(time.DateOnly, c.Date); err != nil {
		t.Error(err)
	}
	said := map[string]bool{}
	for _, r := range c.Rest[0].Resource {
		for _, i := range r.Interaction {
			said[r.Type+" "+i.Code] = true
		}
	}
	routed := map[string]bool{}
	for _, r := range api.Routes() {
		if kind, ok := strings.CutPrefix(r.Path, "/fhir/"); ok && kind != "metadata" {
			if kind, _, one := strings.Cut(kind, "/"); one {
				routed[kind+" read"] = true
			} else {
				routed[kind+" search-type"] = true
			}
		}
	}
	if !maps.Equal(said, routed) {
		t.Errorf("it says %v, and there is %v", said, routed)
	}
}

// TestSearchInFHIR: parameters mean what R4 says of them, so that a program that knows
// only the standard finds what it looks for.
func TestSearchInFHIR(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	const slots = "Slot?schedule=Schedule/health.specialist.pol-1.cardiologist&" // 12:00 taken, 12:20 free, of 25 November
	for path, want := range map[string]int{
		"Schedule": 2, "Schedule?_count=1": 1, "Schedule?service-type=health.specialist": 2, "Schedule?service-type=urn:aiqyn:service|health.specialist": 2, "Schedule?service-type=none": 0, "Schedule?service=education.kindergarten": 0,
		slots + "_format=json": 2, slots + "status=free": 1, slots + "status=busy": 1, slots + "status=free,busy": 2, slots + "status=http://hl7.org/fhir/slotstatus|free": 1, slots + "status=free&status=busy": 0,
		slots + "start=2026-11-25": 2, slots + "start=2026-11": 2, slots + "start=2026": 2, slots + "start=2026-11-26": 0, slots + "start=gt2026-11-25": 0, slots + "start=ge2026-11-25&start=lt2026-11-26": 2,
		slots + "start=2026-11-25T12:00:00%2B05:00": 1, slots + "start=2026-11-25T07:20:00Z": 1, slots + "start=gt2026-11-25T12:00:00+05:00": 1, slots + "start=le2026-11-25T12:00%2B05:00&start=ge2026-11-25": 1, slots + "start=lt2026-11-25&start=ge2026-11-24": 0,
		"Slot?schedule=none": 0,
	} {
		if got := entriesOf(t, s, "", path); got != want {
			t.Errorf("%s finds %d, want %d", path, got, want)
		}
	}
	for path, want := range map[string]int{"Appointment": 2, "Appointment?status=waitlist": 1, "Appointment?status=waitlist,pending": 2, "Appointment?status=booked": 0, "Appointment?date=2026-11-25": 1, "Appointment?date=gt2026-11-25": 0, "Appointment?service-type=x|health.specialist": 2} {
		if got := entriesOf(t, s, "applicant", path); got != want {
			t.Errorf("%s finds %d, want %d", path, got, want)
		}
	}
}

// entriesOf is how many entries a search has.
func entriesOf(t *testing.T, s http.Handler, as, path string) int {
	t.Helper()
	var bundle struct{ Entry []struct{ FullURL string } }
	w := askAs(s, http.MethodGet, as, "/api/v1/fhir/"+path, nil)
	if err := json.Unmarshal(w.Body.Bytes(), &bundle); err != nil || w.Code != http.StatusOK {
		t.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
	return len(bundle.Entry)
}

// TestPagesInFHIR: next links lead through all schedules of all services, each once.
func TestPagesInFHIR(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	var seen []string
	for path := "Schedule?_count=1"; path != ""; {
		var page struct {
			Link  []struct{ Relation, URL string }
			Entry []struct{ FullURL string }
		}
		if err := json.Unmarshal(askAs(s, http.MethodGet, "", "/api/v1/fhir/"+path, nil).Body.Bytes(), &page); err != nil || len(page.Entry) > 1 || len(seen) > 9 {
			t.Fatalf("%s: %v %v %v", path, err, page, seen)
		}
		for _, e := range page.Entry {
			seen = append(seen, e.FullURL)
		}
		path = ""
		for _, l := range page.Link {
			if l.Relation == "next" {
				path = strings.TrimPrefix(l.URL, "http://example.com/api/v1/fhir/")
			}
		}
	}
	if slices.Sort(seen); len(seen) != 2 || len(slices.Compact(seen)) != 2 {
		t.Errorf("seen are %v", seen)
	}
}

// TestFailuresInFHIR: whatever goes wrong is an OperationOutcome, also where nothing is.
func TestFailuresInFHIR(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]struct {
		status int
		code   string
	}{
		"Schedule/none": {404, "not-found"}, "Slot/none": {404, "not-found"}, "Slot/health.specialist.pol-1.cardiologist.20261125T0940": {404, "not-found"}, "Slot/health.specialist.pol-1.cardiologist.noon": {404, "not-found"}, "Patient/1": {404, "not-found"},
		"Appointment": {401, "login"}, "Slot": {400, "invalid"}, "Slot?status=free": {400, "invalid"}, "Slot?start=yesterday": {400, "invalid"}, "Slot?start=ne2026": {400, "invalid"}, "Schedule?_count=0": {400, "invalid"}, "Schedule?limit=x": {400, "invalid"}, "Schedule?_format=xml": {400, "invalid"},
	} {
		w := askAs(s, http.MethodGet, "", "/api/v1/fhir/"+path, nil)
		var out struct {
			ResourceType string
			Issue        []struct {
				Severity, Code, Diagnostics string
				Details                     struct{ Text string }
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != want.status || w.Header().Get("Content-Type") != "application/fhir+json" || out.ResourceType != "OperationOutcome" || len(out.Issue) != 1 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
			continue
		}
		if i := out.Issue[0]; i.Code != want.code || i.Severity != "error" || i.Details.Text == "" || i.Diagnostics == "" {
			t.Errorf("%s: %+v", path, i)
		}
	}
}
