package casework

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

var importer = aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}

func imported(number string) Import {
	return Import{
		ID: aiqyn.CommandID("import/old/" + number), Actor: importer, Service: "energy.connection", Applicant: holder, Lang: aiqyn.Kazakh,
		Answers: map[string]string{"parcel": plot, "load": "50"}, Filed: deadline.Date{Year: 2020, Month: 2, Day: 1}, Decided: deadline.Date{Year: 2020, Month: 2, Day: 5},
		Outcome: aiqyn.Granted, Source: "old", Number: number,
	}
}

// TestImported: a case of a former system is its applicant's to see, says that
// nothing proves it, and gives no right here.
func TestImported(t *testing.T) {
	r := newRig(t)
	free := r.free()
	first := r.must(imported("7"))
	again, err := r.Do(t.Context(), imported("7"))
	if err != nil || !again.Again || again.Ref != first.Ref || again.First != first.First {
		t.Errorf("imported again: %+v, %v", again, err)
	}
	r.pass(time.Minute)
	v, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, first.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if v.Status != StatusClosed || v.Outcome != aiqyn.Imported || v.Conditions != nil || len(v.Can) > 0 || v.Draw != nil || v.Due != nil || len(v.Events) != 1 {
		t.Errorf("imported: %s %s, can %v, %d events", v.Status, v.Outcome, v.Can, len(v.Events))
	}
	ev := v.Events[0]
	if ev.Kind != EventImported || ev.Args["source"] != "old" || ev.Args["number"] != "7" || ev.Role != aiqyn.RoleOperator {
		t.Errorf("its event: %+v", ev)
	}
	receipt, err := r.Receipt(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, ev.Index)
	if err != nil || !strings.Contains(string(receipt), `"kind":"imported"`) || !strings.Contains(string(receipt), `"outcome":"imported"`) {
		t.Errorf("its receipt does not say so: %v", err)
	}
	if r.free() != free {
		t.Error("it took from what is shared out")
	}
	if _, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, first.Ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger sees it: %v", err)
	}
	for _, cmd := range []any{
		Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first.Ref, Text: "x"},
		Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first.Ref},
		AskCorrection{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first.Ref, Field: "rights", Text: "x"},
	} {
		if _, err := r.Do(t.Context(), cmd); err == nil {
			t.Errorf("%T on an imported case", cmd)
		}
	}
	ref := r.file(holder, plot, 50) // neither its cap nor its draw stands in the way
	if v := r.view(ref); v.Status != StatusOpen {
		t.Errorf("a new case about the same: %s", v.Status)
	}
	r.checkSound()
}

// TestImportsThatAreWrong: by field, and only by who may.
func TestImportsThatAreWrong(t *testing.T) {
	r := newRig(t)
	for field, change := range map[string]func(*Import){
		"applicant": func(c *Import) { c.Applicant = "123" },
		"number":    func(c *Import) { c.Number = "" },
		"filed":     func(c *Import) { c.Filed = deadline.Date{Year: 2100, Month: 1, Day: 1} },
		"decided":   func(c *Import) { c.Decided = deadline.Date{Year: 2019, Month: 1, Day: 1} },
		"outcome":   func(c *Import) { c.Outcome = aiqyn.Imported },
		"load":      func(c *Import) { c.Answers["load"] = "much" },
		"colour":    func(c *Import) { c.Answers["colour"] = "red" },
		"lang":      func(c *Import) { c.Lang = "xx" },
	} {
		c := imported("8")
		change(&c)
		_, err := r.Do(t.Context(), c)
		if e, ok := asError(err); !ok || e.Kind != aiqyn.Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, role := range []aiqyn.Role{aiqyn.RoleApplicant, aiqyn.RoleHead, aiqyn.RoleAuditor, aiqyn.RoleAnonymous} {
		c := imported("9")
		c.Actor.Role = role
		if _, err := r.Do(t.Context(), c); aiqyn.KindOf(err) != aiqyn.Forbidden && aiqyn.KindOf(err) != aiqyn.Unauthenticated {
			t.Errorf("%s: %v", role, err)
		}
	}
}
