package casework

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/access"
)

// coverer covers what a view says of people. It covers every text of it, so that what a
// view will have tomorrow is covered too, and changes nothing in place: much of a view
// belongs to a pack, or to what others are shown.
type coverer struct {
	all       bool     // every number, telephone and address of e-mail, and names
	strangers []string // numbers that are covered whole, whoever looks
	own       []string // with strangers: numbers whose holder is seen in the clear
	names     []string // stems of the words that people of the case are called by
}

// text is a text with whatever tells of people in it covered.
func (c *coverer) text(s string) string {
	for _, n := range c.strangers {
		s = strings.ReplaceAll(s, n, access.Mask("", n))
	}
	if !c.all {
		return s
	}
	s = access.Covered(s)
	if len(c.names) == 0 {
		return s
	}
	return word.ReplaceAllStringFunc(s, func(w string) string {
		folded := strings.ToLower(w)
		for _, stem := range c.names {
			if rest, ok := strings.CutPrefix(folded, stem); ok && utf8.RuneCountInString(rest) <= ending(stem) {
				return access.Mask("", w)
			}
		}
		return w
	})
}

var word = regexp.MustCompile(`[\p{L}\p{M}]+`)

// stemOf is what a name begins with in every case of Kazakh and Russian: «Омаров» of
// «Омарова», «Омаровой», «Омаровқа».
func stemOf(name string) string {
	folded := strings.ToLower(name)
	if utf8.RuneCountInString(folded) < 5 {
		return folded
	}
	last, size := utf8.DecodeLastRuneInString(folded)
	if strings.ContainsRune("аяйьоеыиіөүұәэюу", last) {
		return folded[:len(folded)-size]
	}
	return folded
}

// ending is how many letters may follow a stem: short names begin many words.
func ending(stem string) int {
	switch n := utf8.RuneCountInString(stem); {
	case n >= 4:
		return 6
	case n == 3:
		return 3
	}
	return 0
}

// namesIn are the stems of the names in documents of registers.
func namesIn(facts map[string]reading) (stems []string) {
	var find func(name string, v any)
	find = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, item := range v {
				if text, ok := item.(string); ok && name == "name" {
					for _, w := range word.FindAllString(text, -1) {
						if stem := stemOf(w); utf8.RuneCountInString(stem) > 1 {
							stems = append(stems, stem)
						}
					}
				}
				find(k, item)
			}
		case []any:
			for _, item := range v {
				find(name, item)
			}
		}
	}
	for _, f := range facts {
		var v any
		if json.Unmarshal(f.Value, &v) == nil {
			find("", v)
		}
	}
	return stems
}

// everything is a value of a view with all texts in it covered, and whether it is
// another than before.
func (c *coverer) everything(v reflect.Value) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[string]() { // one of a closed list, or a number of ours
			return v, false
		}
		s := c.text(v.String())
		return reflect.ValueOf(s), s != v.String()
	case reflect.Interface:
		if !v.IsNil() {
			return c.everything(v.Elem())
		}
	case reflect.Pointer:
		if v.IsNil() || ofPack(v.Type().Elem()) {
			return v, false
		}
		if of, changed := c.everything(v.Elem()); changed {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(of)
			return p, true
		}
	case reflect.Struct:
		return c.structure(v)
	case reflect.Slice, reflect.Map:
		return c.collection(v)
	}
	return v, false
}

// ofPack reports whether a type is of what a pack says, or tells no person's words.
func ofPack(t reflect.Type) bool {
	return t.PkgPath() == "aiqyn/service" || t == reflect.TypeFor[aiqyn.Text]() || t == reflect.TypeFor[time.Time]()
}

func (c *coverer) structure(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() || ofPack(v.Type()) {
			continue
		}
		of, is := c.everything(v.Field(i))
		if !is {
			continue
		}
		if !changed {
			out, changed = reflect.New(v.Type()).Elem(), true
			out.Set(v)
		}
		out.Field(i).Set(of)
	}
	return out, changed
}

func (c *coverer) collection(v reflect.Value) (reflect.Value, bool) {
	if raw, ok := v.Interface().(json.RawMessage); ok {
		of := strangers{numbers: c.strangers}
		if len(raw) == 0 || !c.all && !of.within(string(raw)) {
			return v, false
		}
		return reflect.ValueOf(c.document(raw)), true
	}
	if v.Kind() == reflect.Map {
		out, changed := reflect.MakeMapWithSize(v.Type(), v.Len()), false
		for key, item := range v.Seq2() {
			of, is := c.everything(item)
			out.SetMapIndex(key, of)
			changed = changed || is
		}
		return out, changed
	}
	out, changed := v, false
	for i := range v.Len() {
		of, is := c.everything(v.Index(i))
		if !is {
			continue
		}
		if !changed {
			out, changed = reflect.MakeSlice(v.Type(), v.Len(), v.Len()), true
			reflect.Copy(out, v)
		}
		out.Index(i).Set(of)
	}
	return out, changed
}

// document is a document of a register with whatever names a person covered.
func (c *coverer) document(raw json.RawMessage) json.RawMessage {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	out, err := json.Marshal(c.value("", v))
	if err != nil {
		return nil
	}
	return out
}

func (c *coverer) value(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if last, ok := v["last"].(string); ok && name == "name" {
			first, _ := v["first"].(string)
			return access.Mask(access.Name, last+" "+first)
		}
		if c.isOwn(v) {
			return v
		}
		for k, item := range v {
			v[k] = c.value(k, item)
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = c.value(name, item)
		}
		return v
	case string:
		switch name {
		case "phone":
			return access.Mask(access.Phone, v)
		case "born", "house", "flat":
			return access.Mask("", v)
		}
		if where[name] { // streets are called after people
			return (&coverer{all: c.all, strangers: c.strangers}).text(v)
		}
		return c.text(v)
	}
	return v
}

// where are the fields of registers that say where something is.
var where = map[string]bool{"address": true, "street": true, "settlement": true, "locality": true, "region": true, "district": true}

// isOwn reports whether an object tells of the viewer: it has their number.
func (c *coverer) isOwn(object map[string]any) bool {
	for _, item := range object {
		if s, ok := item.(string); ok && slices.Contains(c.own, s) {
			return true
		}
	}
	return false
}

// cover covers everything in a view that is not for its viewer: from whoever does not
// see all, who the people are; from whoever filed it, the numbers of others.
func (v *viewing) cover(out *CaseView) {
	c := coverer{all: v.sight < seesAll}
	if c.all {
		c.names = namesIn(v.rec.state.Facts)
	} else {
		if c.strangers = v.strangers(); len(c.strangers) == 0 {
			return
		}
		for _, p := range []aiqyn.PersonID{v.rec.state.Applicant, v.rec.state.Agent, v.viewer.Person} {
			if p != "" {
				c.own = append(c.own, string(p))
			}
		}
	}
	was := out.Applicant // masked already
	if of, changed := c.everything(reflect.ValueOf(*out)); changed {
		*out = of.Interface().(CaseView)
	}
	out.Applicant = was
}

// strangers are the numbers of others that a case has which the viewer has filed.
func (v *viewing) strangers() []string {
	if !v.rec.filedBy(v.viewer) {
		return nil
	}
	x := v.e.strangers(v.rec.state, v.viewer)
	for _, ev := range v.events {
		x.take(ev)
	}
	return x.numbers
}
