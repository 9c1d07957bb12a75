package casework

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/registry"
)

// ofThemselves is what people write of themselves and of each other, in all common forms.
const ofThemselves = "Мен, ОМАРОВА Айгүл Серікқызы, ЖСН 900101750009 (900101 750009). Омаровой А. звоните: +77011234567, 8 701 123-45-67, +7 (701) 123 45 67, a.omarova@example.kz; Айгүлге де."

// tells are the parts of it that tell who it was, and whom a text still tells of.
func tells(text string) (list []string) {
	text = strings.ToLower(text)
	for _, s := range []string{"омаров", "айгүл", "серікқызы", "900101", "750009", "1234567", "123-45", "123 45", "@example"} {
		if strings.Contains(text, s) {
			list = append(list, s)
		}
	}
	return list
}

// fillWith writes a text into every text of a value, whatever it is for.
func fillWith(v reflect.Value, depth int) {
	if depth > 8 || !v.CanSet() || ofPack(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(ofThemselves)
		}
	case reflect.Pointer:
		if !ofPack(v.Type().Elem()) {
			v.Set(reflect.New(v.Type().Elem()))
			fillWith(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillWith(v.Field(i), depth+1)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			doc, _ := json.Marshal(map[string]any{"text": ofThemselves, "list": []any{ofThemselves, map[string]string{"last": ofThemselves}}, "name": map[string]string{"first": "Айша", "last": "Омарова"}, "phone": "+77011234567", "born": ofThemselves})
			v.SetBytes(doc)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillWith(v.Index(i), depth+1)
		}
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		item := reflect.New(v.Type().Elem()).Elem()
		if item.Kind() == reflect.Interface {
			item.Set(reflect.ValueOf(any([]any{ofThemselves, map[string]any{"of": ofThemselves}})))
		}
		fillWith(item, depth+1)
		m.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), item)
		v.Set(m)
	}
}

// eachText calls f with every text of a value and the way to it.
func eachText(v reflect.Value, path string, f func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && (v.Kind() == reflect.Interface || !ofPack(v.Type().Elem())) {
			eachText(v.Elem(), path, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !ofPack(v.Type()) && v.Type().Field(i).IsExported() {
				eachText(v.Field(i), path+"."+v.Type().Field(i).Name, f)
			}
		}
	case reflect.Slice:
		if raw, ok := v.Interface().(json.RawMessage); ok {
			f(path, string(raw))
			return
		}
		for i := range v.Len() {
			eachText(v.Index(i), path, f)
		}
	case reflect.Map:
		for _, item := range v.Seq2() {
			eachText(item, path, f)
		}
	}
}

// TestNothingOfACoveredViewTells: whatever a view has for a text, now or tomorrow, says
// nothing of people to whoever sees them covered; and what it was made of stays as it was.
func TestNothingOfACoveredViewTells(t *testing.T) {
	name, err := json.Marshal(registry.Person{IIN: "900101750009", Name: registry.Name{Last: "Омарова", First: "Айгүл", Middle: "Серікқызы"}})
	if err != nil {
		t.Fatal(err)
	}
	for sight := seesNothing; sight < seesAll; sight++ {
		var out CaseView
		fillWith(reflect.ValueOf(&out).Elem(), 0)
		filled := 0
		eachText(reflect.ValueOf(out), "view", func(path, text string) {
			if len(tells(text)) > 0 {
				filled++
			}
		})
		if filled < 150 {
			t.Fatalf("%d texts are filled: the test looks at nothing", filled)
		}
		shared := out.Queue.Lines[0].Group.Is
		out.Applicant = "Айгүл О. ••••••••0009" // is masked where it is made
		v := &viewing{sight: sight, rec: &record{state: &State{Facts: map[string]reading{"person": {Register: registry.PeopleRegister, Value: name}}}}}
		v.cover(&out)
		out.Applicant = ""
		eachText(reflect.ValueOf(out), "view", func(path, text string) {
			if list := tells(text); len(list) > 0 {
				t.Errorf("sight %d: %s tells %q: %s", sight, path, list, text)
			}
		})
		for _, text := range shared {
			if text != ofThemselves {
				t.Error("what others are shown was changed")
			}
		}
	}
}

// TestNoStrangerInAView: of a view that the applicant is shown the same, for the numbers of
// people whom registers name; what they wrote themselves stays.
func TestNoStrangerInAView(t *testing.T) {
	var out CaseView
	fillWith(reflect.ValueOf(&out).Elem(), 0)
	out.Applicant = ""
	c := coverer{strangers: []string{"900101750009"}, own: []string{"990731799995"}}
	of, changed := c.everything(reflect.ValueOf(out))
	if !changed {
		t.Fatal("nothing is covered")
	}
	eachText(of, "view", func(path, text string) {
		if strings.Contains(text, "900101750009") {
			t.Errorf("%s: %s", path, text)
		}
	})
	if text := of.Interface().(CaseView).Appeal.Text; !strings.Contains(text, "ОМАРОВА") {
		t.Errorf("their own words are covered: %s", text)
	}
}

// TestNamesAsWords: names are covered in whatever case they stand; other words stay.
func TestNamesAsWords(t *testing.T) {
	c := coverer{all: true, names: []string{stemOf("Омарова"), stemOf("Айгүл"), stemOf("Али"), stemOf("Ан")}}
	for text, want := range map[string]string{
		"Омарова, Омаровой, ОМАРОВУ, омаровтің": "•••, •••, •••, •••",
		"Айгүлдің үйі":                             "••• үйі",
		"Али, Алиге, алименты, Алина":              "•••, •••, алименты, •••",
		"Ан, Анар, антенна":                        "•••, Анар, антенна",
		"Омар пришёл 12.06.2026 на 99-999-001-001": "Омар пришёл 12.06.2026 на 99-999-001-001",
	} {
		if got := c.text(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestWhatPeopleWriteIsCovered: an objection and what an officer records, on the real
// engine, for everybody who may see the case and not the person.
func TestWhatPeopleWriteIsCovered(t *testing.T) {
	r := newRig(t)
	ref, _ := r.refusedCase()
	r.must(Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: strings.ReplaceAll(ofThemselves, string(holder), string(stranger))})
	for _, viewer := range []aiqyn.Actor{overseer, {Role: aiqyn.RoleAuditor, Officer: "auditor-01"}, {Role: aiqyn.RoleEngineer, Officer: r.drawnTo(ref, "conditions"), Body: "utility"}} {
		v, err := r.Case(t.Context(), viewer, ref)
		if err != nil {
			t.Fatal(err)
		}
		if v.Appeal == nil || v.Appeal.Text == "" {
			t.Fatal("no appeal is shown")
		}
		eachText(reflect.ValueOf(v.Appeal), "appeal", func(path, text string) {
			if list := slices.DeleteFunc(tells(text), func(s string) bool { return s == "серікқызы" }); len(list) > 0 { // the register has no such name
				t.Errorf("%s: %s tells %q: %s", viewer.Role, path, list, text)
			}
		})
	}
	v, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, ref)
	if err != nil || !strings.Contains(v.Appeal.Text, "ОМАРОВА") {
		t.Errorf("the applicant does not read what they wrote: %v", err)
	}
}
