package service

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const record = "services/tree.record/service.yaml"

const someLaw = "law: {act: A1, from: 2020-01-01, status: confirmed}"

// strictness is one way to write a service badly. The old text is replaced by
// the new one, and exactly one complaint is expected, on the line of at.
type strictness struct {
	name, file, old, new string
	at                   string
	want                 string
	schema               bool // a JSON Schema can tell as well
}

var strictnesses = []strictness{
	{"unknown key", permit, "object: parcel\n", "object: parcel\nowner: x\n", "owner: x", `unknown key "owner"`, true},
	{"unknown key of a step", permit, "draw: blind", "drawn: blind", "drawn: blind", `unknown key "drawn"`, true},
	{"duplicate key", permit, "object: parcel\n", "object: parcel\nobject: height\n", "object: height", `key "object" is there already, on line 7`, false},
	{"missing key", permit, "retention: 365\n", "", "service: tree.permit", `"retention" is missing`, true},
	{"alias", permit, "title: {kk: Қарау", "title: &x {kk: Қарау", "&x", "anchors and aliases are not allowed", false},
	{"tag", permit, "body: park", "body: !!str park", "!!str", "tag !!str is not allowed", false},
	{"missing translation", permit, "kk: Учаске, ", "", "ru: Участок", "the text is missing in kk", true},
	{"empty translation", permit, "en: Parcel", `en: ""`, "ru: Участок", "the text is missing in en", true},
	{"a text cut by its comma", permit, "en: Parcel", "en: Parcel, of land", "of land", `a comma ends a text`, true},
	{"unknown language", permit, "kk: Учаске, ", "kk: Учаске, de: Flurstück, ", "Flurstück", `unknown key "de"`, true},
	{"kk is ru", permit, "kk: Учаске", "kk: Участок", "kk: Участок", "the Kazakh text equals the Russian one", false},
	{"empty word", permit, "body: park", `body: ""`, `body: ""`, "want a text", true},
	{"unknown kind", permit, "kind: right", "kind: favour", "favour", `"favour": want one of fact, right, share`, true},
	{"number in words", permit, "max: 60", "max: sixty", "sixty", "want a whole number", true},
	{"broken number", permit, "max: 60", "max: 60.5", "60.5", "want a whole number", true},

	{"law without act", permit, someLaw + "\nbody", "law: {from: 2020-01-01, status: confirmed}\nbody", "law: {from", `"act" is missing`, true},
	{"law without from", permit, someLaw + "\nbody", "law: {act: A1, status: confirmed}\nbody", "law: {act: A1, status", `"from" is missing`, true},
	{"law without status", permit, someLaw + "\nbody", "law: {act: A1, from: 2020-01-01}\nbody", "01-01}\nbody", `"status" is missing`, true},
	{"law of an unknown act", permit, someLaw + "\nbody", "law: {act: A2, from: 2020-01-01, status: confirmed}\nbody", "A2", "act A2 is not among the acts", false},
	{"law that ends first", permit, someLaw + "\nbody", "law: {act: A1, from: 2020-01-01, to: 2019-01-01, status: confirmed}\nbody", "2019", "the law ends on 2019-01-01", false},
	{"no such day", permit, "from: 2020-01-01", "from: 2020-02-30", "02-30", "want a date", false},
	{"reason without law", permit, "en: Ask the owner.}\n    " + someLaw, "en: Ask the owner.}", "reason: not-yours", "a reason to refuse without a law", true},
	{"question without law", permit, "en: Parcel}\n    " + someLaw, "en: Parcel}", "type: cadastral-number", "a question without a law", true},
	{"service without law", permit, someLaw + "\nbody", "body", "service: tree.permit", "a service without a law", true},

	{"unknown body", permit, "body: park", "body: forest", "forest", `body "forest" is not among the bodies`, false},
	{"unknown calendar", permit, "calendar: tiny\n", "calendar: huge\n", "huge", `calendar "huge" is not in the pack`, false},
	{"unknown object", permit, "object: parcel", "object: stump", "stump", `there is no question "stump"`, false},
	{"wrong folder", permit, "service: tree.permit", "service: tree.grant", "tree.grant", `calls itself "tree.grant"`, false},
	{"same name twice", permit, "  light: {with", "  dead: {with", "dead: {with", `computation "dead" has the name of question`, false},
	{"name of every rule", permit, "  dead:\n", "  now:\n", "now:", "has the name of a variable of every rule", false},
	{"name a rule cannot read", permit, "  dead:\n", "  in:\n", "  in:", "a rule cannot read this name", false},
	{"bad name", permit, "  dead:\n", "  isDead:\n", "yes-no", "want lower-case words joined by hyphens", true},

	{"phone is known", permit, "type: yes-no", "type: phone", "dead:", "register people answers this", false},
	{"a register answers", permit, "  dead:\n", "  trunk-age:\n", "trunk-age:", "register trees answers this", false},
	{"a register answers in other words", permit, "  dead:\n", "  your-birth-date:\n", "birth-date:", "register people answers this", false},
	{"a look-up of the service answers", permit, "  dead:\n", "  species:\n", "species:", "register trees answers this", false},
	{"own number", permit, "type: yes-no", "type: iin", "dead:", "the number of the applicant is known", false},

	{"number without bounds", permit, "    min: 1\n    max: 60\n", "    max: 60\n", "type: integer", "a number needs min and max", true},
	{"text without length", permit, "type: yes-no", "type: text", "type: text", "a text needs max", true},
	{"bounds of yes-no", permit, "type: yes-no", "type: yes-no\n    max: 3", "type: yes-no", "min and max belong to numbers and texts", true},
	{"bounds crossed", permit, "min: 1\n    max: 60", "min: 61\n    max: 60", "type: integer", "min 61 is above max 60", false},
	{"negative power", permit, "type: integer\n    min: 1", "type: kilowatt\n    min: -1", "type: kilowatt", "power is not negative", true},
	{"choice without options", permit, "    of: [I, II]\n", "", "type: choice", "a choice needs at least two options", true},
	{"choice of one", permit, "of: [I, II]", "of: [I]", "type: choice", "a choice needs at least two options", true},
	{"option twice", permit, "of: [I, II]", "of: [I, II, II]", "of: [I, II, II]", `option "II" is there already`, true},
	{"options of a date", permit, "type: choice", "type: date", "type: date", "options belong to a choice", true},

	{"unknown register", permit, "register: trees", "register: bushes", "bushes", `register "bushes" is not among the registers`, false},
	{"look-up by no question", permit, "of: parcel", "of: stump", "of: stump", `there is no question "stump"`, false},
	{"look-up by an optional question", permit, "of: parcel", "of: dead", "of: dead", "may go unanswered", false},
	{"unknown input", permit, "from: [tree, height, girth]", "from: [tree, width]", "width", `no answer, look-up, record or computation "width"`, false},
	{"computation without version", permit, "park.light@2", "park.light", "park.light,", "want its name and version", true},
	{"computation not registered", permit, "park.light@2", "park.light@9", "park.light@9", `computation "park.light@9" is not registered`, false},

	{"rule reads an unknown variable", permit, "when: height > 10", "when: depth > 10", "depth", "undeclared reference", false},
	{"question reads a later answer", permit, "when: height > 10", "when: dead", "when: dead", "undeclared reference", false},
	{"rule reads a field of an answer", permit, "when: height > 10", "when: height.top > 10", "height.top", "rule: column 7", false},
	{"rule reads a field the register lacks", permit, "tree.owner != applicant", "tree.own != applicant", "tree.own ", `register trees has no field "own"`, false},
	{"rule with a fraction", permit, "when: height > 10", "when: height > 10.5", "10.5", "is a fraction", false},
	{"rule that is no condition", permit, "when: height > 10", "when: height + 10", "height + 10", "a condition is true or false", false},
	{"empty rule", permit, "when: height > 10", `when: " "`, `when: " "`, "the rule is empty", true},
	{"question never asked", permit, "when: height > 10", "when: false && height > 10", "false &&", "the question is never asked", false},
	{"fee with a fraction", permit, "amount: height * 100", "amount: 1.5", "1.5", "want a rule", true},
	{"nothing to pay and a way to pay it", permit, "amount: height * 100", "amount: 0", "amount: 0", "the service is free", true},
	{"a price and no way to pay it", record, "amount: 0", "amount: 5", "amount: 5", "pay is missing", true},
	{"a price below nothing", permit, "amount: height * 100", `amount: "-100"`, "-100", "a fee is not below nothing", false},
	{"a refund for no reason", permit, "reasons: [not-yours], ", "", "after: refused", "reasons is missing", true},
	{"a refund for an unknown reason", permit, "reasons: [not-yours]", "reasons: [not-mine]", "not-mine", `there is no reason "not-mine"`, false},
	{"reasons of a withdrawal", permit, "{after: withdrawn", "{reasons: [not-yours], after: withdrawn", "after: withdrawn", "reasons belong to a refund after refused", true},
	{"a refund after a grant", permit, "{after: withdrawn", "{after: granted", "after: granted", `"granted": want one of withdrawn, refused, annulled, lapsed`, true},
	{"a step of the name", permit, "  - permit:", "  - payment:", "payment:", "is made from fee.pay", false},
	{"fee in words", permit, "amount: height * 100", `amount: "'free'"`, "'free'", "a fee is a whole number of tiyn", false},

	{"an option that there is not", permit, "when: shade.after < 20 && girth > 10", "when: wood == 'III' && girth > 10", "wood ==", `the question wood has no option "III", it has I, II`, false},
	{"an option among others", permit, "when: shade.after < 20 && girth > 10", "when: wood in ['I', 'Il'] && girth > 10", "wood in", `the question wood has no option "Il"`, false},
	{"reason never true", permit, "when: shade.after < 20 && girth > 10", "when: 1 > 2", "1 > 2", "the reason can never be used", false},
	{"reason always true", permit, "when: shade.after < 20 && girth > 10", "when: true", "when: true", "the rule is always true", false},
	{"reason twice", permit, "reason: too-shady", "reason: not-yours", "reason: not-yours\n    when: shade", `reason "not-yours" is there already`, false},
	{"reason with no such proof", permit, "proof: shade", "proof: sun", "proof: sun", `there is no computation "sun"`, false},

	{"step never reached", permit, "  - visit:\n", "  - visit:\n      when: false\n", "when: false", `step "visit" is never reached: the rule is always false`, false},
	{"step skipped by what it records", permit, "  - visit:\n", "  - visit:\n      when: girth > 3\n", "when: girth", "undeclared reference", false},
	{"deciding step skipped", permit, "decides: true", "decides: true\n      when: height > 3", "when: height > 3", "the step that decides cannot be skipped", true},
	{"no step decides", record, "      decides: true\n", "", "steps:", "no step decides", false},
	{"rule is silent", record, "decides: true", "decides: true\n      silence: escalate", "silence: escalate", "never silent", true},
	{"rule draws", record, "decides: true", "decides: true\n      draw: blind", "draw: blind", "nobody is drawn", true},
	{"rule leaves evidence", record, "decides: true", "decides: true\n      evidence: [photo]", "answer:", "leaves no evidence", true},
	{"rule with a limit", record, "decides: true", "decides: true\n      within: {days: 1, calendar: working, " + someLaw + "}", "within:", "has no time limit", true},
	{"officer without a limit", permit, "      within: {days: 2, calendar: working, cap: 3, " + someLaw + "}\n", "", "- visit:", "needs a time limit", true},
	{"officer without silence", permit, "      silence: escalate\n", "", "- visit:", "needs to say what silence means", true},
	{"unknown officer", permit, "by: surveyor", "by: mayor", "mayor", `"mayor": want one of rule, brought, asked, applicant, surveyor, engineer, head`, true},
	{"silence without status", permit, "        status: proposal\n", "", "then: grant", "a grant by silence without a status", true},
	{"silence without law", permit, "        law: {act: A1, from: 2020-01-01, status: proposal}\n", "", "then: grant", "a grant by silence without a law", true},
	{"silence of two minds", permit, "status: proposal\n", "status: confirmed\n", "then: grant", `the status is "confirmed" here and "proposal" in its law`, false},
	{"safety granted by silence", permit, "decides: true", "decides: true\n      safety: true", "silence:\n", "silence cannot grant what touches safety", true},
	{"grant by silence where nothing is decided", permit, "silence: escalate", "silence: {then: grant, status: confirmed, " + someLaw + "}", "silence: {then: grant", "only where a step decides", true},
	{"only-if of an escalation", permit, "silence: escalate", "silence: {then: escalate, only-if: height > 3}", "only-if: height", "only-if belongs to a grant", true},
	{"words for no only-if", permit, "only-if: shade.after >= 20", "text: {kk: Көлеңке бар., ru: Тень есть., en: There is shade.}", "then: grant", "text says what only-if asks", true},
	{"silence never grants", permit, "only-if: shade.after >= 20", "only-if: false", "only-if: false", "silence never grants", false},
	{"no hearing", permit, "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 2, calendar: working}\n        " + someLaw + "\n", "", "- permit:", "no hearing before a refusal, nor has the pack one", false},
	{"half a hearing", permit, "        object: {days: 2, calendar: working}\n", "", "notice: {days: 3", `"object" is missing`, true},
	{"waived and held", permit, "        object: {days: 2, calendar: working}\n", "        waived: true\n", "notice:", `unknown key "notice"`, true},
	{"waived by nobody's law", permit, "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 2, calendar: working}\n        " + someLaw + "\n", "      hearing: {waived: true}\n", "hearing:", `a waiver of the hearing without a law`, true},
	{"waived by a proposal", permit, "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 2, calendar: working}\n        " + someLaw + "\n", "      hearing: {waived: true, law: {act: A1, from: 2020-01-01, status: proposal}}\n", "hearing:", "nobody is left unheard unless a law says so that is confirmed", true},
	{"not waived", permit, "      hearing:\n        notice: {days: 3, calendar: working}\n        object: {days: 2, calendar: working}\n        " + someLaw + "\n", "      hearing: {waived: false, " + someLaw + "}\n", "hearing:", "waived is true, or is left out", true},
	{"hearing too short", permit, "object: {days: 2", "object: {days: 4", "hearing:", "could still object", false},
	{"limit never holds", permit, "when: height <= 5", "when: height <= 5 && false", "&& false", "the time limit never holds", false},
	{"limit after one that always holds", permit, "        - when: height <= 5\n          days: 3", "        - days: 3", "- days: 3", "the time limits after this one never hold", false},
	{"no limit that always holds", permit, "        - days: 7", "        - when: height <= 9\n          days: 7", "- when: height <= 9", "the last time limit must hold always", false},
	{"clock stopped for good", permit, ", cap: 3", "", "within: {days: 2", "cap is missing", false},
	{"evidence twice", permit, ", photo]", ", photo, photo]", "photo, photo", `evidence "photo" is there already`, false},
	{"unknown evidence", permit, ", photo]", ", rumour]", "rumour", `"rumour": want one of`, true},
	{"radius of a photo", permit, "{kind: place, radius: 50}", "{kind: time, radius: 50}", "kind: time", "a radius belongs to the place", true},
	{"stop in no such step", permit, "steps: [visit]", "steps: [visit, nap]", "visit, nap", `there is no step "nap"`, false},

	{"a fact decided by somebody", record, "by: rule\n", "by: head\n      hearing: {notice: {days: 3, calendar: working}, object: {days: 2, calendar: working}, " + someLaw + "}\n      silence: escalate\n      within: {days: 1, calendar: working, " + someLaw + "}\n", "by: head", "nobody decides on it", true},
	{"a fact refused", record, "steps:\n", "refuse:\n  - reason: no\n    when: applicant == \"\"\n    text: {kk: Жоқ., ru: Нет., en: No.}\n    fix: {kk: Жоқ., ru: Нет., en: No.}\n    " + someLaw + "\nsteps:\n", "refuse:", "a fact cannot be refused", true},

	{"amount of nothing", permit, "  reserves: park.trees\n", "", "outcome:", "amount and at belong to a grant that reserves", true},
	{"reserves no amount", permit, "  amount: height\n", "", "reserves:", "a grant that reserves needs amount and at", true},
	{"amount that is no number", permit, "amount: height\n", "amount: dead\n", "amount: dead", `no question "dead" that always gives a number`, false},
	{"statement never made", record, "when: has(person.name)", "when: false", "when: false", "the document never says this", false},
	{"statement too late", record, "    - when: has(person.name)\n      text", "    - text", "- text: {kk: Жазба бар.", "the statements after this one never hold", false},
	{"nothing to say", record, "    - text: {kk: Жазба жоқ., ru: Записи нет., en: There is no record.}\n", "", "- when: has", "the last statement must hold always", false},
}

func TestStrictness(t *testing.T) {
	for _, tt := range strictnesses {
		t.Run(tt.name, func(t *testing.T) {
			files, text := changed(t, change{tt.file, tt.old, tt.new})
			expect(t, files, tt.file, text, tt.at, tt.want)
		})
	}
}

// expect holds the complaints of a pack to exactly one, on the line of at.
func expect(t *testing.T, files []File, file, text, at, want string) {
	t.Helper()
	got := complaints(t, files)
	if len(got) != 1 {
		t.Fatalf("got %d complaints, want one:\n%s", len(got), strings.Join(got, "\n"))
	}
	before, _, ok := strings.Cut(text, at)
	if !ok {
		t.Fatalf("the file does not contain %q", at)
	}
	place := fmt.Sprintf("%s:%d: ", file, strings.Count(before, "\n")+1)
	if !strings.HasPrefix(got[0], place) || !strings.Contains(got[0], want) {
		t.Errorf("got  %s\nwant %s…%s", got[0], place, want)
	}
}

// TestStrictnessOfSeveralParts are mutations that take more than one change.
func TestStrictnessOfSeveralParts(t *testing.T) {
	tests := []struct {
		name     string
		changes  []change
		at, want string
	}{
		{"a second step decides", []change{{permit, "by: surveyor\n", "by: surveyor\n      decides: true\n      hearing: {notice: {days: 3, calendar: working}, object: {days: 2, calendar: working}, " + someLaw + "}\n"},
			{permit, "decides: true\n      within:", "within:"}, {permit, "        then: grant\n        only-if: shade.after >= 20\n        status: proposal\n        law: {act: A1, from: 2020-01-01, status: proposal}\n", "        then: escalate\n"}},
			"- permit:", `step "permit" is never reached: step "visit" has decided`},
		{"a step twice", []change{{permit, "  - permit:\n", "  - visit:\n"}, {permit, "days: 3\n", "days: 3\n          cap: 1\n"}, {permit, "- days: 7\n", "- days: 7\n          cap: 1\n"}},
			"- visit:\n      title: {kk: Шешім", `step "visit" is there already`},
		{"cap without a reason to stop", []change{{permit, "- days: 7\n", "- days: 7\n          cap: 4\n"}}, "cap: 4", "no reason for which the clock"},
		{"a step that is decided at once is stopped", []change{{record, "steps:\n", "suspend:\n  - reason: nap\n    steps: [answer]\n    text: {kk: Ұйқы., ru: Сон., en: A nap.}\n    " + someLaw + "\nsteps:\n"}}, "steps: [answer]", "its clock cannot be stopped"},
		{"a fact looked up nowhere", []change{{record, "look-up:\n  person: {register: people, of: applicant, purpose: {kk: Сізді тану үшін, ru: Чтобы узнать вас, en: To know you}}\n", ""},
			{record, "  says:\n    - when: has(person.name)\n      text: {kk: Жазба бар., ru: Запись есть., en: There is a record.}\n    - text: {kk: Жазба жоқ., ru: Записи нет., en: There is no record.}\n", ""}},
			"service:", "a fact service looks something up"},
		{"a rule refuses unheard", []change{{record, "kind: fact", "kind: right"}, {record, "steps:\n", "refuse:\n  - reason: no\n    when: applicant == \"\"\n    text: {kk: Жоқ., ru: Нет., en: No.}\n    fix: {kk: Иә., ru: Да., en: Yes.}\n    " + someLaw + "\nsteps:\n"}}, "- answer:", "the step can refuse and has no hearing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, text := changed(t, tt.changes...)
			expect(t, files, tt.changes[len(tt.changes)-1].file, text, tt.at, tt.want)
		})
	}
}

// TestWhenToCompute: a rule over answers and look-ups, and nothing that is found out later.
func TestWhenToCompute(t *testing.T) {
	files, _ := changed(t, change{permit, "from: [tree, height, girth]", "from: [tree, height, girth], when: height > 3"})
	if got := complaints(t, files); len(got) != 0 {
		t.Errorf("complains: %q", got)
	}
	for _, when := range []string{"light.sum > 3", "nothing > 3", "1 > 2"} {
		files, _ := changed(t, change{permit, "from: [tree, height, girth]", "from: [tree, height, girth], when: " + when})
		if got := complaints(t, files); len(got) == 0 || !strings.HasPrefix(got[0], permit+":36: ") {
			t.Errorf("%s: %q", when, got)
		}
	}
}

func TestComputationsThatWaitForEachOther(t *testing.T) {
	files, _ := changed(t, change{permit, "from: [tree, height, girth]", "from: [tree, light]"})
	got := complaints(t, files)
	want := []string{
		permit + ":36: the computation waits for its own output",
		permit + ":37: the computation waits for its own output",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRegisterThatCannotBeRead(t *testing.T) {
	o := tinyOptions
	o.Registers = []string{"people"}
	_, err := ParsePackWith(tinyPack(t), o)
	if err == nil || !strings.Contains(err.Error(), `:34: register "trees" cannot be read by this program`) {
		t.Error(err)
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("service.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("service.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns a service file into what a validator of JSON Schema reads.
func asJSON(t *testing.T, data string) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(data), &doc); err != nil {
		t.Fatal(err)
	}
	return plainJSON(doc.Content[0])
}

func plainJSON(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainJSON(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plainJSON(item))
		}
		return list
	}
	var v any
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool":
		if err := n.Decode(&v); err == nil {
			return v
		}
	}
	return n.Value
}

func TestSchemaIsAsStrictAsItCanBe(t *testing.T) {
	schema := compiledSchema(t)
	for _, file := range []string{permit, record} {
		_, text := changed(t, change{file, "service", "service"})
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	shipped, err := filepath.Glob("../packs/*/services/*/service.yaml")
	if err != nil || len(shipped) < 2 {
		t.Fatalf("shipped services: %v, %v", shipped, err)
	}
	for _, file := range shipped {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, string(data))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, tt := range strictnesses {
		if tt.schema {
			_, text := changed(t, change{tt.file, tt.old, tt.new})
			if err := schema.Validate(asJSON(t, text)); err == nil {
				t.Errorf("%s: the schema lets it through", tt.name)
			}
		}
	}
}
