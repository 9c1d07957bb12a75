package casework

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// shown is everything that a page could show of a case, as one text.
func shown(t *testing.T, v *CaseView) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(v.Applicant)
	for _, f := range v.Facts {
		b.Write(f.Value)
	}
	for _, a := range v.Answers {
		b.WriteString(a.Value)
	}
	eachText(reflect.ValueOf(v), "case", func(_, text string) { b.WriteString(text + "\n") })
	if v.Ruling != nil {
		reasons, err := json.Marshal(v.Ruling.Reasons)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %+v", reasons, v.Ruling.Reasons)
	}
	return b.String()
}

// TestOfficersSeePeopleCovered: the drawn officer works without seeing whose case
// it is, until they say what for; the purpose is in the log, holds for them alone
// and for some hours, and the applicant reads of it.
func TestOfficersSeePeopleCovered(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	engineer := r.officer(ref)
	look := func(a aiqyn.Actor) (*CaseView, string) {
		t.Helper()
		v, err := r.Case(t.Context(), a, ref)
		if err != nil {
			t.Fatal(err)
		}
		return v, shown(t, v)
	}
	personal := []string{string(holder), "Омарова", "+7700"}
	v, text := look(engineer)
	for _, p := range personal {
		if strings.Contains(text, p) {
			t.Errorf("%q is not covered: %s", p, text)
		}
	}
	if !v.Covered || len(v.Facts) == 0 || !strings.Contains(text, plot) {
		t.Errorf("there is nothing to work with: %s", text)
	}
	if _, err := r.Receipt(t.Context(), engineer, v.Events[0].Index); err == nil {
		t.Error("a receipt uncovers what the page covers")
	}
	open := OpenPersonal{ID: r.id(), Actor: engineer, Ref: ref}
	if _, err := r.Do(t.Context(), open); keyOf(err) != "error.answer-choice" {
		t.Errorf("uncovered for nothing: %v", err)
	}
	open.ID, open.Purpose = r.id(), PurposeDecision
	stranger := open
	stranger.Actor = aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-99", Body: "utility"}
	if _, err := r.Do(t.Context(), stranger); keyOf(err) != "error.not-drawn" {
		t.Errorf("uncovered by somebody else: %v", err)
	}
	r.must(open)
	if v, text := look(engineer); v.Covered || !strings.Contains(text, "Омарова") || !strings.Contains(text, string(holder)) {
		t.Errorf("still covered: %s", text)
	}
	surveyor := aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: r.drawnTo(ref, "survey"), Body: "utility"}
	if v, text := look(surveyor); !v.Covered || strings.Contains(text, "Омарова") {
		t.Error("one officer's purpose uncovers for another")
	}
	list, err := r.Readings(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if x := list.Items[0]; x.Kind != EventSeen || x.Officer != engineer.Officer || x.Role != aiqyn.RoleEngineer || x.Body != "utility" || x.Purpose != PurposeDecision || x.Ref != ref || x.At.IsZero() {
		t.Errorf("%+v", x)
	}
	if x := list.Items[1]; x.Kind != EventLookedUp || len(x.What) != 3 {
		t.Errorf("%+v", x)
	}
	r.pass(seenLife)
	if v, _ := look(engineer); !v.Covered {
		t.Error("one purpose uncovers for ever")
	}
	r.checkSound()
}

// TestReadingsAreOnesOwn, page by page.
func TestReadingsAreOnesOwn(t *testing.T) {
	r := newRig(t)
	for i := range 3 {
		r.file(holder, fmt.Sprintf("99-999-002-%03d", i+1), 5)
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	first, err := r.Readings(t.Context(), me, Page{Limit: 2})
	if err != nil || len(first.Items) != 2 || first.Next == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	rest, err := r.Readings(t.Context(), me, Page{Limit: 2, After: first.Next})
	if err != nil || len(rest.Items) != 1 || rest.Next != "" || rest.Items[0].Index >= first.Items[1].Index {
		t.Fatalf("%+v, %v", rest, err)
	}
	if list, err := r.Readings(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Page{}); err != nil || len(list.Items) != 0 {
		t.Errorf("another's readings: %+v, %v", list, err)
	}
	for _, a := range []aiqyn.Actor{overseer, {Role: aiqyn.RoleEngineer, Officer: "engineer-01", Person: holder}, {}} {
		if _, err := r.Readings(t.Context(), a, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("as %s: %v", a.Role, err)
		}
	}
}

// TestBreakingTheGlass takes two, under their names, for a day; the applicant is
// told at once and reads who asked, who let them, and why.
func TestBreakingTheGlass(t *testing.T) {
	r := newRig(t)
	r.listed(aiqyn.RoleCustodian, custodian.Officer)
	sealed := r.file(holder, "99-999-002-001", 5)
	if _, err := r.Do(t.Context(), AskGlass{ID: r.id(), Actor: overseer, Ref: sealed, Ground: "x"}); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("asked before the draw: %v", err)
	}
	ref := r.toConditions(holder, plot, 150)
	clear := func(a aiqyn.Actor) bool {
		t.Helper()
		v, err := r.Case(t.Context(), a, ref)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(v.Applicant, "Омарова")
	}
	open := func(a aiqyn.Actor, name string) string {
		_, err := r.Do(t.Context(), OpenGlass{ID: r.id(), Actor: a, Ref: ref, Signature: name})
		return keyOf(err)
	}
	signature := officerName(custodian.Officer)
	if got := open(custodian, signature); got != "error.glass-not-asked" {
		t.Errorf("let nobody: %q", got)
	}
	for _, a := range []aiqyn.Actor{custodian, r.officer(ref), {Role: aiqyn.RoleApplicant, Person: holder}} {
		if _, err := r.Do(t.Context(), AskGlass{ID: r.id(), Actor: a, Ref: ref, Ground: "x"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("asked as %s: %v", a.Role, err)
		}
	}
	r.must(AskGlass{ID: r.id(), Actor: overseer, Ref: ref, Ground: "Пара туралы арыз."})
	if _, err := r.Do(t.Context(), AskGlass{ID: r.id(), Actor: auditorOne, Ref: ref, Ground: "Мен де."}); keyOf(err) != "error.glass-asked" {
		t.Errorf("another takes the place of whom the custodian reads about: %v", err)
	}
	if clear(overseer) {
		t.Error("asking alone breaks the glass")
	}
	waiting, err := r.GlassesAsked(t.Context(), custodian)
	if err != nil || len(waiting) != 1 || waiting[0].Ref != ref || waiting[0].By != overseer.Officer || waiting[0].Ground == "" {
		t.Errorf("%+v, %v", waiting, err)
	}
	if got := open(overseer, "x"); got != "error.forbidden" {
		t.Errorf("who asked lets themselves: %q", got)
	}
	if got := open(custodian, "x"); got != "error.signature-name" {
		t.Errorf("let under another name: %q", got)
	}
	if got := open(custodian, signature); got != "" {
		t.Fatal(got)
	}
	if !clear(overseer) {
		t.Error("still covered")
	}
	if clear(auditorOne) {
		t.Error("one's broken glass is another's")
	}
	if told, err := r.Messages(t.Context(), "+77000000000", 1); err != nil || told[0].Key != "message.glass-opened" || told[0].Ref != ref {
		t.Errorf("the applicant is told %+v, %v", told, err)
	}
	list, err := r.Readings(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Page{Limit: 2})
	if err != nil || list.Items[0].Kind != EventGlassOpened || list.Items[0].Officer != overseer.Officer || list.Items[0].Ground != "Пара туралы арыз." || list.Items[1].Kind != EventGlassAsked {
		t.Errorf("%+v, %v", list, err)
	}
	r.pass(glassLife + time.Second)
	if clear(overseer) {
		t.Error("a broken glass stays broken")
	}
	if waiting, err := r.GlassesAsked(t.Context(), custodian); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
	r.checkSound()
}
