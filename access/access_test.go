package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/locale"
)

// expected is the policy written a second time, by hand and by role: whoever
// changes the table changes this too, and thinks twice. Every triple that is
// not here must be denied.
var expected = map[aiqyn.Role]string{
	aiqyn.RoleAnonymous: `see-public none; metrics none; report-demand none`,
	aiqyn.RoleApplicant: `see-public none; metrics none; manage-account own; see-readings own; report-demand none; file-case own; view-own-case own; view-receipt own;
		receipt-file own; object own; withdraw own; pay own; contest own; choose-point own; take-step own; appeal own; ask-correction own; report-demand own; consent own; webhook own;
		act-for own; mandate own;
		file-case represented; view-own-case represented; view-receipt represented; receipt-file represented; object represented;
		withdraw represented; pay represented; contest represented; choose-point represented; take-step represented; appeal represented; ask-correction represented; consent represented; see-readings represented; webhook represented;
		mandate represented; act-for represented; manage-account represented;
		file-case mandated; view-own-case mandated; view-receipt mandated; receipt-file mandated; object mandated; withdraw mandated; pay mandated; contest mandated; choose-point mandated; take-step mandated;
		appeal mandated; ask-correction mandated; consent mandated; act-for mandated; manage-account mandated`,
	aiqyn.RoleSurveyor: `see-public none; metrics none; see-exact none; manage-account own; open-personal drawn; inbox body; open-sealed body; open-case drawn; perform-step drawn;
		view-receipt drawn; suspend drawn; resume drawn`,
	aiqyn.RoleEngineer: `see-public none; metrics none; see-exact none; manage-account own; open-personal drawn; inbox body; open-sealed body; open-case drawn; perform-step drawn;
		view-receipt drawn; suspend drawn; resume drawn; decide drawn`,
	aiqyn.RoleHead: `see-public none; metrics none; see-exact none; reduce none; manage-account own; open-personal drawn; see-office own; inbox body; open-sealed body; open-case drawn; perform-step drawn;
		view-receipt drawn; suspend drawn; resume drawn; decide drawn; decide-appeal drawn; open-case body; correct body; annul body;
		erase-request body`,
	aiqyn.RoleAppeals: `see-public none; metrics none; manage-account own; open-personal drawn; inbox body; open-sealed body; open-case drawn; view-receipt drawn;
		decide-appeal drawn`,
	aiqyn.RolePublisher:   `see-public none; metrics none; manage-account own; see-office own; publish-pack none`,
	aiqyn.RoleRegistrar:   `see-public none; metrics none; manage-account own; see-office own; register-roster body`,
	aiqyn.RoleCustodian:   `see-public none; metrics none; manage-account own; open-glass none; see-office own; erase-confirm none`,
	aiqyn.RoleAuditor:     `see-public none; metrics none; see-exact none; manage-account own; ask-glass none; see-office own; audit none; attest none; open-case none; review-class none`,
	aiqyn.RoleOverseer:    `see-public none; metrics none; confirm-class none; confirm-queue none; confirm-tables none; see-exact none; manage-account own; ask-glass none; see-office own; watch none; open-case none; hold none; reduce none; review-class none`,
	aiqyn.RoleOperator:    `see-public none; metrics none; manage-account own; see-office own; operate none; import none; measure none`,
	aiqyn.RoleSecrecy:     `see-public none; metrics none; manage-account own; see-office own; classify none; review-class none; see-exact none`,
	aiqyn.RoleInstitution: `see-public none; metrics none; manage-account own; report-places body`,
	aiqyn.RoleReader:      `see-public none; metrics none; manage-account own; read-fact consented`,
	aiqyn.RoleSystem:      `see-public none; metrics none`,
}

func TestEveryTriple(t *testing.T) {
	allowed, denied := 0, 0
	for _, role := range append(slices.Clone(aiqyn.Roles), "", "minister") {
		want := map[string]bool{}
		for pair := range strings.SplitSeq(expected[role], ";") {
			want[strings.Join(strings.Fields(pair), " ")] = true
		}
		for _, action := range append(slices.Clone(Actions), "", "delete-case") {
			for _, relation := range append(slices.Clone(Relations), "", "cousin") {
				triple := fmt.Sprintf("%s %s", action, relation)
				d := Allowed(role, action, relation)
				if d.OK != (want[triple] && triple != " ") {
					t.Errorf("%s %s: allowed %v by %s", role, triple, d.OK, d.Rule)
				}
				if d.OK {
					allowed++
					delete(want, triple)
					continue
				}
				denied++
				if d.Rule != "denied" || d.Sees != Nothing {
					t.Errorf("%s %s: a denial shows %+v", role, triple, d)
				}
			}
		}
		for triple := range want {
			if triple != "" {
				t.Errorf("%s %s: not allowed", role, triple)
			}
		}
	}
	t.Logf("%d triples allowed, %d denied", allowed, denied)
}

// TestNobodySeesWhoAppliedBeforeTheDraw: whatever may be done to a case before
// its draw shows identity to the applicant alone.
func TestNobodySeesWhoAppliedBeforeTheDraw(t *testing.T) {
	for _, rule := range Table() {
		for _, action := range rule.Actions {
			for _, role := range rule.Roles {
				hides := rule.Sees == Nothing || rule.Sees == Thing
				// The drawn officer exists only after the draw.
				if !hides && BeforeDraw(action) && role != aiqyn.RoleApplicant && rule.Relation != Drawn {
					t.Errorf("%s: %s may %s before the draw and sees %s", rule.Name, role, action, rule.Sees)
				}
			}
		}
	}
	for _, action := range []Action{ActionOpenCase, ActionPerformStep, ActionDecide, ActionDecideAppeal, ActionCorrect, ActionAnnul} {
		if BeforeDraw(action) {
			t.Errorf("%s must wait for the draw", action)
		}
	}
}

// TestIdentityNeedsARelation: in the clear people are seen by themselves, by
// the officer whom chance gave the case, and by whom they consented to.
func TestIdentityNeedsARelation(t *testing.T) {
	for _, rule := range Table() {
		if rule.Sees == Identity && rule.Relation != Own && rule.Relation != Represented && rule.Relation != Mandated && rule.Relation != Drawn && rule.Relation != Consented {
			t.Errorf("%s shows identity to relation %q", rule.Name, rule.Relation)
		}
	}
}

// TestPolicyIsWellFormed: names are unique, every noun is known, every action
// is somebody's, and each line can say why.
func TestPolicyIsWellFormed(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	names, used := map[string]bool{}, map[Action]bool{}
	for _, rule := range Table() {
		if names[rule.Name] {
			t.Errorf("two rules are called %s", rule.Name)
		}
		names[rule.Name] = true
		if !texts.Has("access." + rule.Name) {
			t.Errorf("access.%s has no text", rule.Name)
		}
		if !slices.Contains(Relations, rule.Relation) || len(rule.Roles) == 0 {
			t.Errorf("%s: %+v", rule.Name, rule)
		}
		for _, action := range rule.Actions {
			used[action] = true
			if !slices.Contains(Actions, action) {
				t.Errorf("%s: action %q is not listed", rule.Name, action)
			}
		}
		for _, role := range rule.Roles {
			if !slices.Contains(aiqyn.Roles, role) {
				t.Errorf("%s: role %q is not known", rule.Name, role)
			}
		}
	}
	for _, action := range Actions {
		if !used[action] {
			t.Errorf("nobody may %s", action)
		}
		if !texts.Has("action." + string(action)) {
			t.Errorf("action.%s has no text", action)
		}
	}
	for _, relation := range Relations {
		if !texts.Has("relation." + string(relation)) {
			t.Errorf("relation.%s has no text", relation)
		}
	}
	for _, exposure := range []Exposure{Nothing, Thing, Masked, Identity} {
		if !texts.Has("sees." + string(exposure)) {
			t.Errorf("sees.%s has no text", exposure)
		}
	}
	if !texts.Has(Allowed("", "", "").Key) {
		t.Error("a denial has no text")
	}
}

// TestTableIsACopy: a page cannot change the policy.
func TestTableIsACopy(t *testing.T) {
	table := Table()
	table[0].Roles[0], table[0].Actions[0] = aiqyn.RoleOperator, ActionDecide
	if slices.Equal(table[0].Roles, Table()[0].Roles) || slices.Equal(table[0].Actions, Table()[0].Actions) {
		t.Error("Table hands out the policy itself")
	}
}

// TestWhatSignsNeedsAProof: whoever decides, records, files, or changes who may do
// so proves once more who they are; what is not known does, too.
func TestWhatSignsNeedsAProof(t *testing.T) {
	for _, a := range []Action{
		ActionFileCase, ActionObject, ActionWithdraw, ActionAppeal, ActionAskCorrect, ActionConsent, ActionContest, ActionChoosePoint, ActionTakeStep, ActionPerformStep, ActionDecide, ActionDecideAppeal,
		ActionSuspend, ActionResume, ActionHold, ActionCorrect, ActionAnnul, ActionEraseRequest, ActionEraseConfirm, ActionPublishPack, ActionRoster,
		ActionAttest, ActionReadFact, ActionOpenPersonal, ActionAskGlass, ActionOpenGlass, ActionAccount, ActionMandate, ActionOperate, ActionClassify, ActionConfirmClass, ActionReviewClass, "invented",
	} {
		if !NeedsProof(a) {
			t.Errorf("%s needs no second proof", a)
		}
	}
	for _, a := range unproven {
		if !slices.Contains(Actions, a) || NeedsProof(a) {
			t.Errorf("%s is no action that is let off", a)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		role     aiqyn.Role
		action   Action
		relation Relation
		want     aiqyn.ErrorKind
	}{
		{aiqyn.RoleApplicant, ActionFileCase, Own, ""},
		{aiqyn.RoleApplicant, ActionViewOwnCase, None, aiqyn.Forbidden},
		{aiqyn.RoleAnonymous, ActionFileCase, Own, aiqyn.Unauthenticated},
		{aiqyn.RoleSurveyor, ActionOpenCase, Body, aiqyn.Forbidden},
	} {
		if got := aiqyn.KindOf(Check(test.role, test.action, test.relation)); got != test.want {
			t.Errorf("%s %s %s: got %q, want %q", test.role, test.action, test.relation, got, test.want)
		}
	}
}

func TestCountersigned(t *testing.T) {
	actor := func(role aiqyn.Role, officer aiqyn.OfficerID) aiqyn.Actor {
		return aiqyn.Actor{Role: role, Officer: officer}
	}
	one, two := actor(aiqyn.RolePublisher, "p-1"), actor(aiqyn.RolePublisher, "p-2")
	head, custodian := actor(aiqyn.RoleHead, "h-1"), actor(aiqyn.RoleCustodian, "c-1")
	for _, test := range []struct {
		name          string
		act           Act
		first, second aiqyn.Actor
		ok            bool
	}{
		{"two publishers", ActPublishPack, one, two, true},
		{"one publisher twice", ActPublishPack, one, one, false},
		{"publisher and head", ActPublishPack, one, head, false},
		{"nobody", ActPublishPack, one, actor(aiqyn.RolePublisher, ""), false},
		{"head, then custodian", ActEraseCase, head, custodian, true},
		{"custodian, then head", ActEraseCase, custodian, head, true},
		{"two custodians", ActEraseCase, custodian, actor(aiqyn.RoleCustodian, "c-2"), false},
		{"one number in two roles", ActEraseCase, head, actor(aiqyn.RoleCustodian, "h-1"), false},
		{"overseer, then secrecy officer", ActHide, actor(aiqyn.RoleOverseer, "o-1"), actor(aiqyn.RoleSecrecy, "s-1"), false},
		{"an act of one", Act(ActionDecide), head, custodian, false},
		{"no act", "", head, custodian, false},
	} {
		if err := Countersigned(test.act, test.first, test.second); (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestPairsArePolicy: whoever has a hand in an act of two may do their part by the policy,
// nobody else may countersign it, and the table names each act once.
func TestPairsArePolicy(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Act]bool{}
	for _, p := range Pairs() {
		if seen[p.Act] {
			t.Errorf("%s is there twice", p.Act)
		}
		seen[p.Act] = true
		for _, hand := range []Hand{p.Asks, p.Answers} {
			for _, role := range hand.Roles {
				if !Allowed(role, hand.Action, hand.Relation).OK {
					t.Errorf("%s: %s may not %s", p.Act, role, hand.Action)
				}
			}
			if len(hand.Roles) == 0 {
				t.Errorf("%s takes nobody", p.Act)
			}
		}
		for _, asks := range aiqyn.Roles {
			for _, answers := range aiqyn.Roles {
				want := slices.Contains(p.Asks.Roles, asks) && slices.Contains(p.Answers.Roles, answers) ||
					p.Either && slices.Contains(p.Asks.Roles, answers) && slices.Contains(p.Answers.Roles, asks)
				a, b := aiqyn.Actor{Role: asks, Officer: "a-1"}, aiqyn.Actor{Role: answers, Officer: "b-1"}
				if got := Countersigned(p.Act, a, b) == nil; got != want {
					t.Errorf("%s asked by %s, answered by %s: %v", p.Act, asks, answers, got)
				}
				if b.Officer = a.Officer; Countersigned(p.Act, a, b) == nil {
					t.Errorf("%s by %s alone", p.Act, asks)
				}
			}
		}
		if !texts.Has("act." + string(p.Act)) {
			t.Errorf("%s has no name", p.Act)
		}
	}
}

func TestMask(t *testing.T) {
	for _, test := range []struct {
		kind        Datum
		value, want string
	}{
		{IIN, "900101750009", "••••••••0009"},
		{IIN, "90010175000", "•••"},
		{IIN, "90010175000x", "•••"},
		{IIN, "", "•••"},
		{Phone, "+77011234567", "+7 701 ••• •• 67"},
		{Phone, "87011234567", "•••"},
		{Name, "Серікова Айгүл Маратқызы", "Айгүл С."},
		{Name, "Әбіш  Ғани", "Ғани Ә."},
		{Name, "Серікова", "•••"},
		{Name, " ", "•••"},
		{"address", "Абай көшесі 1", "•••"},
	} {
		if got := Mask(test.kind, test.value); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.kind, test.value, got, test.want)
		}
	}
}

func BenchmarkAllowed(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Allowed(aiqyn.RoleEngineer, ActionDecide, Drawn)
	}
}
