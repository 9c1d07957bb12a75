package casework

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/service"
)

// documents are those of the registers that stories give field by field.
var documents = map[string]func(aiqyn.PersonID) any{
	registry.ChildrenRegister:       func(p aiqyn.PersonID) any { return &registry.Children{Person: p} },
	registry.StudyRegister:          func(p aiqyn.PersonID) any { return &registry.Study{Person: p} },
	registry.MarkRegister:           func(p aiqyn.PersonID) any { return &registry.Marks{Person: p} },
	registry.EmploymentRegister:     func(p aiqyn.PersonID) any { return &registry.Employment{Person: p} },
	registry.InsuranceRegister:      func(p aiqyn.PersonID) any { return &registry.Insurance{Person: p} },
	registry.DrivingLicenceRegister: func(p aiqyn.PersonID) any { return &registry.DrivingLicence{Person: p} },
	registry.DrivingFitnessRegister: func(p aiqyn.PersonID) any { return &registry.DrivingFitness{Person: p} },
	registry.ConscriptRegister:      func(p aiqyn.PersonID) any { return &registry.Conscript{Person: p} },
	registry.ExamRegister:           func(p aiqyn.PersonID) any { return &registry.Exam{Person: p} },
	registry.TestRegister:           func(p aiqyn.PersonID) any { return &registry.Exam{Person: p} },
	registry.CertificateRegister:    func(p aiqyn.PersonID) any { return &registry.SchoolCertificate{Person: p} },
	registry.SiblingRegister:        func(p aiqyn.PersonID) any { return &registry.Siblings{Person: p} },
	registry.ReferralRegister:       func(p aiqyn.PersonID) any { return &registry.Referrals{Person: p} },
	registry.AllotmentRegister:      func(p aiqyn.PersonID) any { return &registry.Allotments{Person: p} },
	registry.CourtRegister:          func(p aiqyn.PersonID) any { return &registry.CourtActs{Person: p} },
}

// says gives what a register has of a person. What is said again adds to it.
func (s *telling) says(l service.StoryLine) {
	s.t.Helper()
	name, person := l.Args[0], l.Args[1]
	blank, ok := documents[name]
	if !ok {
		s.t.Fatalf("line %d: nothing can be given of register %s", l.Line, name)
	}
	doc := s.said[name+person]
	if doc == nil {
		doc = blank(aiqyn.PersonID(person))
		s.said[name+person] = doc
	}
	if err := fillIn(reflect.ValueOf(doc).Elem(), l.Set); err != nil {
		s.t.Fatalf("line %d: register %s %v", l.Line, name, err)
	}
	s.register(name, person, doc)
}

// turns is a register that goes down or comes up, or says something since.
func (s *telling) turns(l service.StoryLine) {
	s.t.Helper()
	if l.Verb == "register of says" {
		s.says(l)
		return
	}
	s.down.set(l.Args[0], strings.HasSuffix(l.Verb, "down"))
}

// fillIn sets the fields of a document. Fields that are not its own are those of a
// new item of its list.
func fillIn(doc reflect.Value, set []service.Setting) error {
	var item reflect.Value
	for _, one := range set {
		name := strings.ReplaceAll(one.Name, "-", "_")
		field := partOf(doc, name)
		if list := listOf(doc); !field.IsValid() && list.IsValid() {
			if !item.IsValid() {
				list.Set(reflect.Append(list, reflect.New(list.Type().Elem()).Elem()))
				item = list.Index(list.Len() - 1)
			}
			field = partOf(item, name)
		}
		if !field.IsValid() {
			return fmt.Errorf("has no field %q", one.Name)
		}
		if err := inscribe(field, one.Value); err != nil {
			return fmt.Errorf("cannot have %s=%s: %w", one.Name, one.Value, err)
		}
	}
	return nil
}

// partOf is a field by its name in JSON.
func partOf(doc reflect.Value, name string) reflect.Value {
	for i := range doc.NumField() {
		if tag, _, _ := strings.Cut(doc.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return doc.Field(i)
		}
	}
	return reflect.Value{}
}

// listOf is a document's list of other documents.
func listOf(doc reflect.Value) reflect.Value {
	for i := range doc.NumField() {
		if f := doc.Field(i); f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct {
			return f
		}
	}
	return reflect.Value{}
}

// inscribe puts a word of a story as the field has it.
func inscribe(field reflect.Value, word string) error {
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(word == "yes")
	case reflect.Int:
		n, err := strconv.Atoi(word)
		field.SetInt(int64(n))
		return err
	case reflect.Slice:
		for one := range strings.SplitSeq(word, ",") {
			field.Set(reflect.Append(field, reflect.ValueOf(one).Convert(field.Type().Elem())))
		}
	default:
		field.SetString(word)
	}
	return nil
}

// placeOf is the region, and the district if it is one, that an address begins
// with: rules read their codes.
func (s *telling) placeOf(l service.StoryLine) (region, district string) {
	s.t.Helper()
	settlement, _, _ := strings.Cut(l.Args[1], ",")
	named := func(r service.Region) bool { return strings.HasPrefix(r.Title.KK, settlement) }
	for _, r := range s.Pack().Regions {
		if named(r) {
			return r.Code, ""
		}
		if i := slices.IndexFunc(r.Districts, named); i >= 0 {
			return r.Code, r.Districts[i].Code
		}
	}
	s.t.Fatalf("line %d: the pack has no place %q", l.Line, settlement)
	return "", ""
}
