package service

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/deadline"
)

// word reads a short text that is not translated: a name, a number of an act.
func (v value) word() string {
	s := v.scalar("a text", "!!str", "!!int", "!!timestamp")
	if v.empty() || s != strings.TrimSpace(s) {
		v.fail("want a text without spaces around it, not %q", s)
	}
	return s
}

// empty reports whether a value is written down and says nothing.
func (v value) empty() bool {
	return !v.absent() && v.node.ShortTag() == "!!str" && strings.TrimSpace(v.node.Value) == ""
}

// expression reads a rule; 0 and true are rules too.
func (v value) expression() string {
	if v.empty() {
		v.fail("the rule is empty")
	}
	return strings.TrimSpace(v.scalar("a rule", "!!str", "!!int", "!!bool"))
}

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
var dottedShape = regexp.MustCompile(`^[a-z][a-z0-9]*([.-][a-z0-9]+)*$`)

// name reads a name in lower-case words joined by hyphens.
func (v value) name() string { return v.shaped(nameShape, "lower-case words joined by hyphens") }

// dotted reads a name whose words may also be joined by dots.
func (v value) dotted() string {
	return v.shaped(dottedShape, "lower-case words joined by hyphens or dots")
}

func (v value) shaped(shape *regexp.Regexp, what string) string {
	s := v.word()
	if s != "" && !shape.MatchString(s) {
		v.fail("name %q: want %s", s, what)
	}
	return s
}

// names reads a list of names, each once.
func (v value) names() []string {
	var list []string
	for _, item := range v.items() {
		name := item.name()
		if slices.Contains(list, name) {
			item.fail("%q is in the list already", name)
			continue
		}
		list = append(list, name)
	}
	return list
}

// whole reads a whole number between low and high.
func (v value) whole(low, high int64) int64 {
	s := v.scalar("a whole number", "!!int")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		v.fail("want a whole number, not %q", s)
		return 0
	}
	if n < low || n > high {
		v.fail("%d is not between %d and %d", n, low, high)
	}
	return n
}

// yes reads true or false.
func (v value) yes() bool { return v.scalar("true or false", "!!bool") == "true" }

// oneOf reads one word of a closed list.
func oneOf[T ~string](v value, allowed ...T) T {
	s := T(v.word())
	if v.absent() || s == "" || slices.Contains(allowed, s) {
		return s
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	v.fail("%q: want one of %s", s, strings.Join(words, ", "))
	return ""
}

// date reads a civil date.
func (v value) date() deadline.Date {
	s := v.scalar("a date such as 2026-05-09", "!!str", "!!timestamp")
	if s == "" {
		return deadline.Date{}
	}
	d, err := deadline.ParseDate(s)
	if err != nil {
		v.fail("want a date such as 2026-05-09, not %q", s)
	}
	return d
}

// text reads one text in all three languages. A Kazakh text that equals the
// Russian one is taken for a forgotten translation, unless the pack lists it.
func (r *reader) text(v value) aiqyn.Text {
	f := v.fields("kk", "ru", "en")
	if v.absent() {
		return aiqyn.Text{}
	}
	t := aiqyn.Text{KK: f.get("kk").sentence(), RU: f.get("ru").sentence(), EN: f.get("en").sentence()}
	for _, l := range t.Missing() {
		v.fail("the text is missing in %s", l)
	}
	if t.KK == t.RU && t.KK != "" {
		if _, ok := r.same[t.KK]; ok {
			r.same[t.KK] = true
		} else {
			v.fail("the Kazakh text equals the Russian one: translate it, or list it under same-in-kk-and-ru: %q", t.KK)
		}
	}
	return t
}

func (v value) sentence() string {
	return strings.TrimSpace(v.scalar("a text", "!!str"))
}

// law reads a citation; an act that the pack lists lends it title and source.
func (r *reader) law(v value) aiqyn.Law {
	f := v.fields("act", "article", "title", "from", "to", "status", "source")
	if v.absent() {
		return aiqyn.Law{}
	}
	from, to := f.need("from").date(), f.get("to").date()
	l := aiqyn.Law{
		Act: f.need("act").word(), Article: f.get("article").word(), Title: r.text(f.get("title")),
		Status: oneOf(f.need("status"), aiqyn.Confirmed, aiqyn.Unconfirmed, aiqyn.Proposal),
		Source: f.get("source").word(),
	}
	if !from.IsZero() {
		l.From = from.String()
	}
	if !to.IsZero() {
		l.To = to.String()
		if to.Before(from) {
			v.fail("the law ends on %s, before it begins on %s", to, from)
		}
	}
	act, known := r.acts[l.Act]
	switch {
	case l.Act == "":
	case known:
		if l.Title.IsZero() {
			l.Title = act.Title
		}
		if l.Source == "" {
			l.Source = act.Source
		}
	case l.Title.IsZero():
		if said := v.doc.file + " " + l.Act; !r.missing[said] { // once is enough: every law of a new service may cite it
			v.fail("act %s is not among the acts of the pack: add it to pack.yaml, under acts", l.Act)
			r.missing[said] = true
		}
	}
	return l
}

// needLaw reads a law that must be there; what says for which thing.
func (r *reader) needLaw(f fields, what string) aiqyn.Law {
	v := f.get("law")
	if v.absent() && !f.absent() {
		f.fail("%s without a law", what)
	}
	return r.law(v)
}
