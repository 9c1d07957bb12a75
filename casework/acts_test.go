package casework

import (
	"fmt"
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

var auditorOne = aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-01"}

// TestEachRoleSeesItsActs: what a role answers for is listed from the log, the
// newest first, and what another answers for is not.
func TestEachRoleSeesItsActs(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
	if keyOf(err) != "error.reason-not-true" {
		t.Fatal(err)
	}
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "x"})
	list, err := r.Acts(t.Context(), overseer, Page{})
	if err != nil || len(list.Items) != 2 || list.Items[0].Kind != EventHeld || list.Items[1].Kind != EventRefusalRejected || list.Items[0].Ref != ref {
		t.Errorf("the overseer's acts: %+v, %v", list, err)
	}
	list, err = r.Acts(t.Context(), registrar, Page{Limit: 2})
	if err != nil || len(list.Items) != 2 || list.Next == "" || list.Items[0].Officer != registrar.Officer {
		t.Errorf("the registrar's acts: %+v, %v", list, err)
	}
	for _, a := range []aiqyn.Actor{{Role: aiqyn.RoleApplicant, Person: holder}, {Role: aiqyn.RoleEngineer, Officer: "engineer-01"}, {Role: aiqyn.RoleRegistrar}} {
		if _, err := r.Acts(t.Context(), a, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("acts as %+v: %v", a, err)
		}
	}
}

// TestAttest: an auditor says under their name what recomputing the log has come
// to; what is not sound needs a word, and nobody attests what is not there yet.
func TestAttest(t *testing.T) {
	r := newRig(t)
	ok := Attest{Actor: auditorOne, Size: 3, Sound: true, Signature: officerName("auditor-01")}
	for _, c := range []struct {
		name   string
		change func(*Attest)
		want   string
	}{
		{"somebody else", func(a *Attest) { a.Actor = overseer }, "error.forbidden"},
		{"more than there is", func(a *Attest) { a.Size = 1 << 40 }, "error.answer-range"},
		{"unsound without a word", func(a *Attest) { a.Sound = false }, "error.answer-required"},
		{"under another name", func(a *Attest) { a.Signature = "x" }, "error.signature-name"},
		{"as it should be", func(a *Attest) {}, ""},
	} {
		a := ok
		a.ID = r.id()
		c.change(&a)
		if _, err := r.Do(t.Context(), a); keyOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	list, err := r.Acts(t.Context(), auditorOne, Page{Limit: 1})
	if err != nil || len(list.Items) != 1 || list.Items[0].Kind != EventAttested || list.Items[0].What != "3" {
		t.Errorf("%+v, %v", list, err)
	}
	r.checkSound()
}

// TestTheFirstRegistrar: a log begins with nobody who could enter anybody; the operator
// who sets it up names who does, once, and sees nobody else in. From then on it is theirs,
// every post of the pack stands on their page, and the audit finds a roster by anybody else.
func TestTheFirstRegistrar(t *testing.T) {
	r := bareRig(t, start)
	operator := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "akim"}
	first := Roster{ID: r.id(), Actor: operator, Role: aiqyn.RoleRegistrar, Body: "utility", Officers: []aiqyn.OfficerID{"registrar-09"},
		Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"registrar-09": holder}, Enrol: Enrolment{Officer: "registrar-09", Name: "Айгүл Омарова", Phone: "+77000000091"}}
	other := first
	other.ID, other.Role = r.id(), aiqyn.RolePublisher
	if _, err := r.Do(t.Context(), other); keyOf(err) != "error.forbidden" {
		t.Errorf("the operator enters a publisher: %v", err)
	}
	r.must(first)
	r.must(first) // told again
	first.ID, first.Officers, first.Enrol.Officer = r.id(), []aiqyn.OfficerID{"registrar-10"}, "registrar-10"
	if _, err := r.Do(t.Context(), first); keyOf(err) != "error.forbidden" {
		t.Errorf("a second time: %v", err)
	}
	me := aiqyn.Actor{Role: aiqyn.RoleRegistrar, Body: "utility", Officer: "registrar-09", Person: holder}
	if account, _, known, err := r.accountByPhone(t.Context(), "+77000000091"); err != nil || !known || account.Actor != me {
		t.Errorf("signs in as %+v, %v", account, err)
	}
	posts := r.posts(me, nil)
	if set := slices.IndexFunc(posts, func(p RosterView) bool { return !p.Vacant() }); len(posts) < 10 || posts[set].Role != aiqyn.RoleRegistrar {
		t.Fatalf("%+v", posts)
	}
	for i, p := range posts {
		if !p.Vacant() {
			continue
		}
		officer := aiqyn.OfficerID(fmt.Sprintf("new-%02d", i))
		r.must(Roster{ID: r.id(), Actor: me, Role: p.Role, Body: p.Body, Officers: []aiqyn.OfficerID{officer}, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{officer: stranger},
			Enrol: Enrolment{Officer: officer, Name: "Жаңа Адам", Phone: fmt.Sprintf("+770000002%02d", i)}})
	}
	if left := r.posts(me, nil); len(left) != len(posts) || slices.ContainsFunc(left, func(v RosterView) bool { return v.Vacant() }) {
		t.Errorf("%+v", left)
	}
	r.checkSound()
	a := &auditor{rosters: map[int64]*rostered{}}
	by := func(index int64, who aiqyn.Actor, role aiqyn.Role) int {
		a.found = nil
		a.rosterSet(&event{index: index, actor: who}, &rostered{Role: role})
		return len(a.found)
	}
	if by(0, operator, aiqyn.RoleSurveyor) != 1 || by(1, operator, aiqyn.RoleRegistrar) != 1 || by(3, me, aiqyn.RoleSurveyor) != 0 {
		t.Error("the audit takes a roster from anybody")
	}
}

// TestEnrol: a registrar enters somebody new, who can then sign in and be drawn;
// who was there stays who they were, and nobody takes another's tag.
func TestEnrol(t *testing.T) {
	r := newRig(t)
	all := []aiqyn.OfficerID{"surveyor-01", "surveyor-02"}
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleSurveyor, Body: "utility", Officers: all, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"surveyor-01": holder}})
	if err := r.PutAccount(t.Context(), Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Name: "Айгүл Омарова", Phone: "+77000000077"}); err != nil {
		t.Fatal(err)
	}
	ok := Roster{Actor: registrar, Role: aiqyn.RoleSurveyor, Body: "utility", Officers: append(all, "surveyor-31"),
		Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"surveyor-31": stranger}, Enrol: Enrolment{Officer: "surveyor-31", Name: "Жаңа Адам", Phone: "+77000000031"}}
	for _, c := range []struct {
		name   string
		change func(*Roster)
		want   string
	}{
		{"by no registrar", func(c *Roster) { c.Actor = head }, "error.forbidden"},
		{"a tag that is none", func(c *Roster) { c.Officers, c.Enrol.Officer = []aiqyn.OfficerID{"Әкім"}, "Әкім" }, "error.officer-id"},
		{"another's tag", func(c *Roster) { c.Officers, c.Enrol.Officer = []aiqyn.OfficerID{"engineer-01"}, "engineer-01" }, "error.officer-taken"},
		{"the tag of one who serves", func(c *Roster) { c.Enrol.Officer = "surveyor-02" }, "error.officer-taken"},
		{"whoever serves there under another tag", func(c *Roster) { c.Persons = map[aiqyn.OfficerID]aiqyn.PersonID{"surveyor-31": holder} }, "error.officer-twice"},
		{"another's number", func(c *Roster) { c.Enrol.Phone = "+77000000077" }, "error.officer-number"},
		{"without a name", func(c *Roster) { c.Enrol.Name = "Адам" }, "error.answer-required"},
		{"a number that is none", func(c *Roster) { c.Enrol.Phone = "12" }, "error.answer-type"},
		{"an IIN that is none", func(c *Roster) { c.Persons = nil }, "error.answer-type"},
		{"as it should be", func(c *Roster) {}, ""},
	} {
		a := ok
		a.ID = r.id()
		c.change(&a)
		if _, err := r.Do(t.Context(), a); keyOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	rosters := r.posts(registrar, nil)
	i := slices.IndexFunc(rosters, func(v RosterView) bool { return v.Role == aiqyn.RoleSurveyor && v.Body == "utility" })
	want := []RosterOfficer{{"surveyor-01", officerName("surveyor-01"), true}, {"surveyor-02", officerName("surveyor-02"), false}, {"surveyor-31", "Жаңа Адам", true}}
	if !slices.Equal(rosters[i].Officers, want) {
		t.Errorf("%+v", rosters)
	}
	if _, _, known, err := r.accountByPhone(t.Context(), "+77000000031"); err != nil || !known {
		t.Errorf("whoever was enrolled cannot sign in: %v", err)
	}
	r.checkSound()
}

// TestSecondPublisherSignsWhatLiesHere: the pack that the first has signed waits
// with what it would change, and can be signed without being sent again.
func TestSecondPublisherSignsWhatLiesHere(t *testing.T) {
	r := newRig(t)
	day, err := deadline.ParseDate("2026-06-20")
	if err != nil {
		t.Fatal(err)
	}
	sign := func(n int, files []service.File) {
		t.Helper()
		by := publisher(n)
		r.must(Publish{ID: r.id(), Actor: by, From: day, Files: files, Signature: officerName(by.Officer)})
	}
	sign(1, r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30"))
	list, err := r.SignedPacks(t.Context(), publisher(2))
	svc, _ := r.Pack().Service("energy.connection")
	if err != nil || len(list) != 1 || list[0].SignedBy != publisher(1).Officer || !slices.Equal(list[0].Changes, []PackChange{{"changed", "energy.connection", svc.Title}}) {
		t.Fatalf("%+v, %v", list, err)
	}
	r.reopen()
	files, err := r.PackFiles(t.Context(), list[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	sign(2, files)
	if list, err := r.SignedPacks(t.Context(), publisher(2)); err != nil || len(list) != 0 {
		t.Errorf("once both have signed: %+v, %v", list, err)
	}
	r.at(day.Start(r.Zone).AddDate(0, 0, 1))
	if svc, _ = r.Pack().Service("energy.connection"); svc.Retention != 30 {
		t.Error("not in force after its day")
	}
	r.checkSound()
}

// TestErasuresWaitForTheCustodian: what a head asks to be erased lies before the
// custodian of keys, without whose it is.
func TestErasuresWaitForTheCustodian(t *testing.T) {
	r := newRig(t)
	r.shut()
	r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	ref := r.file(holder, plot, 5)
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	r.pass(40 * 24 * 3600e9)
	r.must(Erase{ID: r.id(), Actor: head, Ref: ref, Ground: "x"})
	list, err := r.Inbox(t.Context(), custodian, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Ref != ref {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := r.Case(t.Context(), custodian, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("the custodian opens the case: %v", err)
	}
	r.must(Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "x"})
	if list, err := r.Inbox(t.Context(), custodian, Page{}); err != nil || len(list.Items) != 0 {
		t.Errorf("once it is erased: %+v, %v", list, err)
	}
	acts, err := r.Acts(t.Context(), custodian, Page{})
	if err != nil || len(acts.Items) != 1 || acts.Items[0].Kind != EventErased || acts.Items[0].What != "energy.connection" {
		t.Errorf("%+v, %v", acts, err)
	}
	report := r.must(Demanded{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleAnonymous}, Certificate: "address", Body: "bank", Text: "x"})
	r.must(EraseReport{ID: r.id(), Actor: overseer, Entry: report.First, Ground: "names somebody"})
	waiting, err := r.ReportErasures(t.Context(), custodian)
	if err != nil || len(waiting) != 1 || waiting[0].Entry != report.First || waiting[0].Ground != "names somebody" {
		t.Errorf("%+v, %v", waiting, err)
	}
	r.must(EraseReport{ID: r.id(), Actor: custodian, Entry: report.First, Ground: "x"})
	if waiting, err := r.ReportErasures(t.Context(), custodian); err != nil || len(waiting) != 0 {
		t.Errorf("once it is erased: %+v, %v", waiting, err)
	}
	r.checkSound()
}
