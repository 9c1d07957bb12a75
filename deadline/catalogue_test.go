package deadline

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestEachReasonHasItsSentence holds the reasons that deadlines give against
// the catalogue: each key is there, and each hole is filled.
func TestEachReasonHasItsSentence(t *testing.T) {
	data, err := os.ReadFile("../locale/catalogue/deadline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue map[string]map[string]any
	if err := yaml.Unmarshal(data, &catalogue); err != nil {
		t.Fatal(err)
	}
	hole := regexp.MustCompile(`\{([a-z]+)[:}]`)
	said := map[string]bool{}
	for _, r := range everyReason(t) {
		said[r.Key] = true
		for _, lang := range []string{"kk", "ru", "en"} {
			text, err := yaml.Marshal(catalogue[r.Key][lang])
			if err != nil || len(text) < len("x: y") {
				t.Errorf("%s has no text in %s", r.Key, lang)
			}
			for _, m := range hole.FindAllSubmatch(text, -1) {
				if _, ok := r.Args[string(m[1])]; !ok {
					t.Errorf("%s in %s: nothing fills {%s}", r.Key, lang, m[1])
				}
			}
		}
	}
	for key := range catalogue {
		if !said[key] && key[:len("deadline.")] == "deadline." {
			t.Errorf("%s is never said", key)
		}
	}
}

// everyReason makes deadlines until each kind of reason has been given.
func everyReason(t *testing.T) []Reason {
	c := kz(t)
	later := amended(t, lateHoliday)
	var all []Reason
	due := func(start string, term Term, s ...Suspension) Due {
		d, err := c.Due(local(t, c, start), term, s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d.Why...)
		return d
	}
	pause := Suspension{From: local(t, c, "2025-05-05 00:00"), To: local(t, c, "2025-05-12 00:00")}
	due("2025-05-02 19:00", Term{Days: 5, Unit: WorkingDays, Cap: 1}, pause, Suspension{From: pause.To})
	asOf, err := c.DueAt(local(t, c, "2025-05-02 19:00"), Term{Days: 5, Unit: WorkingDays, Cap: 9},
		[]Suspension{{From: pause.To, Reason: "register-down"}}, local(t, c, "2025-05-13 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, asOf.Why...)
	due("2025-01-03 10:00", Term{Days: 3, Unit: WorkingDays})
	due("2025-05-02 10:00", Term{Days: 7, Unit: CalendarDays})
	due("2027-12-01 10:00", Term{Days: 90, Unit: CalendarDays})
	due("2026-03-06 10:00", Term{Days: 5, Unit: WorkingDays})

	start, term := local(t, c, "2025-05-02 10:00"), Term{Days: 5, Unit: WorkingDays}
	for _, calendars := range [][2]*Calendar{{c, later}, {later, c}} {
		old, err := calendars[0].Due(start, term, nil)
		if err != nil {
			t.Fatal(err)
		}
		moved, _, err := Recompute(old, calendars[0], calendars[1], start, term, nil, start)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, moved.Why...)
	}
	_, why, err := c.IsWorking(Date{2025, 6, 14})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(all, why)
}
