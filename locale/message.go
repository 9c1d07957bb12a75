package locale

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"aiqyn"
)

// message is one key in one language, compiled: either plain, or a template
// for each plural form, or a single template under plural.Other.
type message struct {
	isPlain  bool
	plain    string
	isPlural bool
	forms    [6]template // by plural.Form
}

// template is a text cut at its holes.
type template struct {
	parts []part
	size  int // of the literals, to grow the buffer once
}

// part is a literal followed by a hole; the last part may have no hole.
type part struct {
	literal string
	hole    hole
}

// tags are the languages for package plural, in the order of aiqyn.Langs.
var tags = [3]language.Tag{language.Kazakh, language.Russian, language.English}

// formNames are the forms that each language must give, in the same order.
var formNames = [3][]string{
	{"one", "other"},
	{"one", "few", "many", "other"},
	{"one", "other"},
}

var formOf = map[string]plural.Form{
	"one": plural.One, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// compile cuts a text at its holes: {name} or {name:format}; {{ and }} are
// braces of their own.
func compile(text string) (template, error) {
	var t template
	var literal strings.Builder
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			literal.WriteString(rest)
			break
		}
		literal.WriteString(rest[:i])
		if strings.HasPrefix(rest[i:], "{{") || strings.HasPrefix(rest[i:], "}}") {
			literal.WriteByte(rest[i])
			rest = rest[i+2:]
			continue
		}
		if rest[i] == '}' {
			return t, fmt.Errorf("} without {")
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return t, fmt.Errorf("{ without }")
		}
		h, err := parseHole(rest[i+1 : i+end])
		if err != nil {
			return t, err
		}
		t.parts = append(t.parts, part{literal.String(), h})
		t.size += literal.Len()
		literal.Reset()
		rest = rest[i+end+1:]
	}
	if literal.Len() > 0 {
		t.parts = append(t.parts, part{literal: literal.String()})
		t.size += literal.Len()
	}
	return t, nil
}

// holes lists the holes of a template, each once, in order of name.
func (t template) holes() []string {
	var names []string
	for _, p := range t.parts {
		if p.hole.name != "" {
			names = append(names, p.hole.String())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plainText returns the text of a template without holes.
func (t template) plainText() (string, bool) {
	switch {
	case len(t.parts) == 0:
		return "", true
	case len(t.parts) == 1 && t.parts[0].hole.name == "":
		return t.parts[0].literal, true
	}
	return "", false
}

// write fills the holes of the form that fits the count.
func (c *Catalogue) write(b *strings.Builder, l aiqyn.Lang, m *message, args map[string]any) {
	form := plural.Other
	if m.isPlural {
		form = pluralForm(l, args["n"])
	}
	t := &m.forms[form]
	b.Grow(t.size + 16*len(t.parts))
	year := words[index(l)].year
	for i := range t.parts {
		p := &t.parts[i]
		literal := p.literal
		if year != "" && strings.HasSuffix(b.String(), year) { // the point of "г." ends the sentence, too
			literal = strings.TrimPrefix(literal, ".")
		}
		b.WriteString(literal)
		if p.hole.name == "" {
			continue
		}
		if v, ok := args[p.hole.name]; ok {
			b.WriteString(c.show(l, p.hole, v))
		} else {
			b.WriteString("⟦" + p.hole.name + "⟧")
		}
	}
}

// pluralForm chooses the form for a count; what is not a whole number takes
// the form of fractions, which in all three languages is "other".
func pluralForm(l aiqyn.Lang, count any) plural.Form {
	n, ok := whole(count)
	if !ok {
		return plural.Other
	}
	n %= 10_000_000 // CLDR's rules look at the last seven digits at most
	return plural.Cardinal.MatchPlural(tags[index(l)], int(max(n, -n)), 0, 0, 0, 0)
}
