package casework

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/access"
)

// declaredKinds are all kinds of entry, as the files of the engine declare them.
func declaredKinds(t *testing.T) (kinds []EventKind) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bEvent\w+\s+EventKind = "([^"]+)"`).FindAllSubmatch(text, -1) {
			kinds = append(kinds, EventKind(m[1]))
		}
	}
	if len(kinds) < len(everyKind) {
		t.Fatalf("found %d kinds of entry, there are more than %d", len(kinds), len(everyKind))
	}
	return kinds
}

// endsOfActs are the kinds of entry that end an act of two people, with data that does.
func endsOfActs(t *testing.T) map[EventKind]*event {
	t.Helper()
	found := map[EventKind]*event{}
	for _, kind := range declaredKinds(t) {
		data, err := newPayload(kind)
		if err != nil {
			t.Fatal(err)
		}
		if f := reflect.ValueOf(data).Elem(); f.Kind() == reflect.Struct {
			if f = f.FieldByName("Asked"); f.IsValid() && f.CanInt() {
				f.SetInt(7)
			}
		}
		if ev := (&event{index: 9, kind: kind, data: data}); ev.answersAct() != "" {
			found[kind] = ev
		}
	}
	return found
}

// TestEveryActOfTwo: the table of acts that take two people is that of the log. Each of its
// acts has an entry that ends it, none has one that is not in it; one person, also under
// two numbers, is refused by the engine and found by the audit, and so is a role that has
// no hand in it.
func TestEveryActOfTwo(t *testing.T) {
	r := newRig(t)
	a, err := newAuditor(t.Context(), r.auditConfig())
	if err != nil {
		t.Fatal(err)
	}
	a.pairs.ties["first-01"], a.pairs.ties["second-01"], a.pairs.ties["third-01"] = "tie", "tie", "another"
	r.Engine.seq.ties = a.pairs.ties
	turn := &turn{e: r.Engine, s: &r.Engine.seq}
	answers := endsOfActs(t)
	for _, p := range access.Pairs() {
		var ends []EventKind
		for kind, ev := range answers {
			if ev.answersAct() == p.Act {
				ends = append(ends, kind)
			}
		}
		if len(ends) == 0 {
			t.Errorf("%s: no entry ends it", p.Act)
		}
		for _, asks := range p.Asks.Roles {
			first := aiqyn.Actor{Role: asks, Officer: "first-01"}
			for second, honest := range map[aiqyn.Actor]bool{
				{Role: p.Answers.Roles[0], Officer: "third-01"}:  true,
				{Role: p.Answers.Roles[0], Officer: "second-01"}: false, // as a person the first
				{Role: p.Answers.Roles[0], Officer: "first-01"}:  false,
				{Role: aiqyn.RoleSurveyor, Officer: "third-01"}:  false,
			} {
				if err := turn.countersigned(p.Act, first, second); (err == nil) != honest {
					t.Errorf("%s: %v and %v: %v", p.Act, first, second, err)
				}
				for _, kind := range ends {
					before := len(a.report().Problems)
					ev := *answers[kind]
					ev.actor = second
					a.pairs.two(a, &ev, first)
					if found := len(a.report().Problems) > before; found == honest {
						t.Errorf("%s (%s): the audit of %v and %v: %v", p.Act, kind, first, second, found)
					}
				}
			}
		}
	}
	for kind, ev := range answers {
		if !slices.ContainsFunc(access.Pairs(), func(p access.Pair) bool { return p.Act == ev.answersAct() }) {
			t.Errorf("%s ends %q, which is in no line of the table", kind, ev.answersAct())
		}
	}
}

// TestSecondSignaturesAreOneRule: nowhere else is it decided who may be the second of two,
// and each act of the table is asked about.
func TestSecondSignaturesAreOneRule(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var asked strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"error.two-signatures"`) && f.Name() != "twopeople.go" && f.Name() != "inperson.go" {
			t.Errorf("%s refuses a second signature by a rule of its own", f.Name())
		}
		for _, call := range regexp.MustCompile(`ountersigned\(access\.Act\w+`).FindAllString(string(text), -1) {
			asked.WriteString(call + "\n")
		}
	}
	for _, name := range []string{"PublishPack", "EraseCase", "EraseReport", "OpenGlass", "Consent", "Hide", "Tables", "Queue", "Reduce", "Correct"} {
		if !strings.Contains(asked.String(), "access.Act"+name+"\n") {
			t.Errorf("nobody asks about the act %s", name)
		}
	}
	if n := len(access.Pairs()); n != 10 {
		t.Errorf("the table has %d acts: name them here", n)
	}
}
