package locale

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"

	"aiqyn"
)

// texts yields every text of the catalogue with its literals only, by key and
// language; plural forms are joined.
func texts(t *testing.T) map[string][3]string {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][3]string{}
	for key, e := range c.entries {
		var three [3]string
		for i := range e.texts {
			three[i] = literals(&e.texts[i])
		}
		all[key] = three
	}
	if len(all) < 1000 {
		t.Fatalf("only %d texts", len(all))
	}
	return all
}

func literals(m *message) string {
	if m.isPlain {
		return m.plain
	}
	var b strings.Builder
	for _, form := range []plural.Form{plural.One, plural.Few, plural.Many, plural.Other} {
		for _, p := range m.forms[form].parts {
			b.WriteString(p.literal + " ")
		}
	}
	return b.String()
}

// TestKazakhIsNotRussian: a Kazakh text equal to the Russian one is a text
// that nobody translated, unless somebody looked and listed its key.
func TestKazakhIsNotRussian(t *testing.T) {
	data, err := os.ReadFile("catalogue/reviewed-same.txt")
	if err != nil {
		t.Fatal(err)
	}
	reviewed := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			reviewed[line] = true
		}
	}
	all := texts(t)
	for key, three := range all {
		isSame := three[0] == three[1] && strings.ContainsFunc(three[0], unicode.IsLetter)
		if isSame && !reviewed[key] {
			t.Errorf("%s: kk is ru: %q", key, three[0])
		}
		if !isSame && reviewed[key] {
			t.Errorf("%s differs: take it off reviewed-same.txt", key)
		}
	}
	for key := range reviewed {
		if _, ok := all[key]; !ok {
			t.Errorf("reviewed-same.txt names %s, which is not there", key)
		}
	}
}

// TestKazakhLooksKazakh: a text of some length without one letter of its own
// is hardly Kazakh.
func TestKazakhLooksKazakh(t *testing.T) {
	for key, three := range texts(t) {
		cyrillic := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cyrillic, r) {
				return unicode.ToLower(r)
			}
			return -1
		}, three[0])
		if utf8.RuneCountInString(cyrillic) >= 25 && !strings.ContainsAny(cyrillic, "әғқңөұүһі") {
			t.Errorf("%s: %q", key, three[0])
		}
	}
}

// TestLettersAreOfOneAlphabet finds Latin letters inside Cyrillic words, and
// English texts that are not in Latin letters.
func TestLettersAreOfOneAlphabet(t *testing.T) {
	for key, three := range texts(t) {
		for i, text := range three {
			for _, span := range Suspicious(text) {
				t.Errorf("%s (%s): %q should be %q in %q", key, aiqyn.Langs[i], span.Text, span.Instead, text)
			}
		}
		isName := strings.HasPrefix(key, "lang.")
		if !isName && strings.ContainsFunc(three[2], func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			t.Errorf("%s (en): Cyrillic letters in %q", key, three[2])
		}
	}
}

// TestCitizensReadNoMachineWords holds what a citizen's timeline and errors
// say to the words of people.
func TestCitizensReadNoMachineWords(t *testing.T) {
	forbidden := []string{"hash", "merkle", "checkpoint", "blockchain", "хеш", "хэш", "меркл", "чекпо", "блокчейн"}
	for key, three := range texts(t) {
		if !strings.HasPrefix(key, "event.") && !strings.HasPrefix(key, "error.") {
			continue
		}
		for i, text := range three {
			lower := strings.ToLower(text)
			for _, word := range forbidden {
				if strings.Contains(lower, word) {
					t.Errorf("%s (%s): %q in %q", key, aiqyn.Langs[i], word, text)
				}
			}
		}
	}
}

// TestNounsHaveTexts: every role, outcome, kind of service and of law can be
// shown.
func TestNounsHaveTexts(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, role := range aiqyn.Roles {
		keys = append(keys, "role."+string(role))
	}
	for _, o := range []aiqyn.Outcome{aiqyn.Granted, aiqyn.Refused, aiqyn.Withdrawn, aiqyn.Lapsed, aiqyn.Annulled} {
		keys = append(keys, "outcome."+string(o))
	}
	for _, k := range []aiqyn.Kind{aiqyn.Fact, aiqyn.Right, aiqyn.Share} {
		keys = append(keys, "kind."+string(k))
	}
	for _, s := range []aiqyn.LawStatus{aiqyn.Confirmed, aiqyn.Unconfirmed, aiqyn.Proposal} {
		keys = append(keys, "law."+string(s))
	}
	for _, l := range aiqyn.Langs {
		keys = append(keys, "lang."+string(l))
	}
	have := c.Keys()
	for _, key := range keys {
		if !slices.Contains(have, key) {
			t.Errorf("%s is missing", key)
		}
	}
}
