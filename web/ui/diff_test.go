package ui

import (
	"strings"
	"testing"
)

// flat writes parts with what is marked in brackets.
func flat(parts []DiffPart) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Mark {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestWordsThatDiffer(t *testing.T) {
	for _, c := range []struct{ was, now, a, b string }{
		{"5 working days", "8 working days", "[5] working days", "[8] working days"},
		{"есть право", "право есть", "[есть ]право", "право[ есть]"},
		{"Қуат: 200 кВт", "Қуат: 200 кВт дейін", "Қуат: 200 кВт", "Қуат: 200 кВт[ дейін]"},
		{"", "new", "", "[new]"}, {"same", "same", "same", "same"},
		{strings.Repeat("a ", 900) + "x", strings.Repeat("b ", 900) + "x", "[" + strings.Repeat("a ", 899) + "a] x", "[" + strings.Repeat("b ", 899) + "b] x"},
	} {
		a, b := words2(c.was, c.now)
		if flat(a) != c.a || flat(b) != c.b {
			t.Errorf("%q, %q: %q, %q", c.was, c.now, flat(a), flat(b))
		}
	}
}

func TestWhatDiffers(t *testing.T) {
	said := func(key string, _ ...any) string { return strings.TrimPrefix(key, "ui.diff.") }
	groups := Compare(
		[]DiffItem{{Group: "asked", ID: "load", What: "Power", Text: "kW"}, {Group: "asked", ID: "old", What: "Old", Text: "x"}, {Group: "terms", ID: "survey", What: "Survey", Text: "2 days"}, {Group: "terms", ID: "same", What: "Same", Text: "1 day"}},
		[]DiffItem{{Group: "terms", ID: "survey", What: "Survey", Text: "3 days"}, {Group: "terms", ID: "same", What: "Same", Text: "1 day"}, {Group: "asked", ID: "load", What: "Load", Text: "kW"}, {Group: "asked", ID: "new", What: "New", Text: ""}}, said)
	var got []string
	for _, g := range groups {
		for _, r := range g.Rows {
			got = append(got, g.Title+" "+r.What+" "+r.Tag.Text+" "+flat(r.Was)+" → "+flat(r.Now))
		}
	}
	want := []string{"terms Survey changed [2] days → [3] days", "asked Load changed [Power]: kW → [Load]: kW", "asked New new  → ", "asked Old gone [x] → "}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s", strings.Join(got, "\n"))
	}
	if groups := Compare(nil, nil, said); groups != nil {
		t.Errorf("of nothing: %v", groups)
	}
}
