package aiqyn_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"aiqyn"
	"aiqyn/locale"
)

// That kk is not a copy of ru, and that no language is missing, is held by the
// tests of room locale and by the parser of packs. Here: every key that is
// used exists, and every key that exists is used.

// keyArgument says which argument of a call is a key of the catalogue.
var keyArgument = map[string]int{
	"E":      1, // aiqyn.E(kind, key, …)
	"T":      0, // visit.T(key, …)
	"Layout": 0, // visit.Layout(key, …)
	"tell":   0, // turn.tell(key, …)
	"Text":   1, // catalogue.Text(lang, key, …)
}

// spoken are words of constants that a text must exist for, by their Go type.
var spoken = map[string]string{
	"EventKind": "event.", "ErrorKind": "web.error.", "Status": "web.status.", "Role": "role.", "Outcome": "outcome.",
}

// unsaid are keys, or whole groups of them, that nothing in the program says
// today, each looked at and kept for a reason. What is said again leaves the list.
var unsaid = map[string]string{
	"relation.":        "the policy page uses its own words, web.relation.*",
	"sees.":            "the policy page uses its own words, web.sees.*",
	"certificate.":     "the list of certificates uses its own words, web.certificates.*",
	"silence.":         "the page of a service uses its own words, web.service.silence.*",
	"since.":           "lint and the page of a service say from which day a term counts",
	"kind.":            "the catalogue of services will be sorted by kind",
	"lang.":            "the switch of languages writes each by its own name",
	"law.confirmed":    "shown only when a rule is not law",
	"error.conflict":   "for rooms that have no better reason",
	"beacon.not-blind": "the page of a case has its own words, web.draw.*",
}

// uses is what the tree says of the catalogue's keys.
type uses struct {
	named    map[string]string // key → where a call or a template names it
	literal  map[string]bool   // every string literal that could be a key
	patterns map[string]string // pattern of keys put together → where
}

var (
	keyShape    = regexp.MustCompile(`^[a-z][a-z-]*(\.[a-z0-9-]+)+$`)
	prefixShape = regexp.MustCompile(`^[a-z][a-z-]*\.([a-z0-9-]+\.)*([a-z0-9-]+)?$`)
	inTemplate  = regexp.MustCompile(`\bt "([^"]+)"`)
	quoted      = regexp.MustCompile(`["` + "`" + `]([^"` + "`" + `]+)["` + "`" + `]`)
	inHole      = regexp.MustCompile(`\{[a-z_-]+:([a-z.-]+\.)\*\}`)
)

func collectUses(t *testing.T) *uses {
	t.Helper()
	u := &uses{map[string]string{}, map[string]bool{}, map[string]string{}}
	for _, s := range sources(t) {
		if !s.isTest() {
			ast.Inspect(s.file, func(n ast.Node) bool { u.goNode(s, n); return true })
		}
	}
	for _, name := range files(t, func(name string) bool { return path.Ext(name) == ".html" }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inTemplate.FindAllStringSubmatch(string(data), -1) {
			u.named[m[1]], u.literal[m[1]] = name, true
		}
		for _, m := range quoted.FindAllStringSubmatch(string(data), -1) {
			u.literal[m[1]] = true
			u.pattern(strings.Split(m[1], "%s"), name) // {{t (printf "web.day.%s" .)}}
		}
	}
	for _, name := range files(t, func(name string) bool { return strings.HasPrefix(name, "locale/catalogue/") }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inHole.FindAllStringSubmatch(string(data), -1) {
			u.pattern([]string{m[1], ""}, name)
		}
	}
	return u
}

// goNode takes the keys of one node of Go code.
func (u *uses) goNode(s source, n ast.Node) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if text, ok := stringOf(n); ok {
			u.literal[text] = true
			u.pattern(strings.Split(text, "%s"), s.at(n))
			if strings.HasPrefix(text, "error.") && keyShape.MatchString(text) || strings.HasPrefix(text, "message.") && keyShape.MatchString(text) {
				u.named[text] = s.at(n)
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			u.pattern(concatenated(n), s.at(n))
		}
	case *ast.CallExpr:
		if text, ok := keyOf(n); ok && keyShape.MatchString(text) {
			u.named[text] = s.at(n)
		}
	}
}

// keyOf returns the literal key of a call that takes one.
func keyOf(call *ast.CallExpr) (string, bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	i, ok := keyArgument[name]
	if !ok || i >= len(call.Args) {
		return "", false
	}
	return stringOf(call.Args[i])
}

func stringOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// concatenated cuts a sum of strings at what is not a literal: "web." + x +
// ".title" is ["web.", ".title"].
func concatenated(e ast.Expr) []string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		left, right := concatenated(sum.X), concatenated(sum.Y)
		joined := append(left[:len(left)-1:len(left)-1], left[len(left)-1]+right[0])
		return append(joined, right[1:]...)
	}
	if text, ok := stringOf(e); ok {
		return []string{text}
	}
	return []string{"", ""}
}

// pattern notes keys that are put together, if the first part can begin one.
func (u *uses) pattern(parts []string, at string) {
	if len(parts) < 2 || !prefixShape.MatchString(parts[0]) {
		return
	}
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	u.patterns["^"+strings.Join(parts, `[a-z0-9.-]+`)+"$"] = at
}

func TestEveryKeyExists(t *testing.T) {
	texts := catalogue(t)
	for key, at := range collectUses(t).named {
		if !texts.Has(key) {
			t.Errorf("%s: the catalogue has no %s", at, key)
		}
	}
	for _, s := range sources(t) {
		for typ, values := range typedConstants(s) {
			prefix, isSpoken := spoken[typ]
			for _, v := range values {
				if isSpoken && v != "" && !texts.Has(prefix+v) {
					t.Errorf("%s: %s %q can be shown, and the catalogue has no %s", s.name, typ, v, prefix+v)
				}
			}
		}
	}
}

// typedConstants lists the string constants of a file by their declared type.
func typedConstants(s source) map[string][]string {
	found := map[string][]string{}
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST || s.isTest() {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			typ, ok := v.Type.(*ast.Ident)
			if !ok || len(v.Values) != 1 {
				continue
			}
			if text, ok := stringOf(v.Values[0]); ok {
				found[typ.Name] = append(found[typ.Name], text)
			}
		}
	}
	return found
}

func TestEveryKeyIsUsed(t *testing.T) {
	texts, u := catalogue(t), collectUses(t)
	var patterns []*regexp.Regexp
	still := map[string]bool{}
	for p := range u.patterns {
		patterns = append(patterns, regexp.MustCompile(p))
	}
	for _, key := range texts.Keys() {
		if u.literal[key] || slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(key) }) {
			continue
		}
		group := key[:strings.Index(key, ".")+1]
		if unsaid[key] == "" && unsaid[group] == "" {
			t.Errorf("%s: nothing says %s", texts.Place(key), key)
		}
		still[key], still[group] = true, true
	}
	for key := range unsaid {
		if !still[key] {
			t.Errorf("%s is said now, or gone: take it off the list of what is unsaid", key)
		}
	}
}

// TestMessagesFitAnSMS: whatever the language, and with the longest arguments, a
// message is one SMS of the wide alphabet that Kazakh letters demand; and it says
// which application it is about, if it is about one.
func TestMessagesFitAnSMS(t *testing.T) {
	texts := catalogue(t)
	longest := time.Date(2026, 9, 29, 12, 0, 0, 0, locale.Zone)
	longestBody := aiqyn.Text{KK: "Астана қаласының Білім басқармасы", RU: "Управление образования города Астаны", EN: "Education Department of Astana"}
	args := map[string]any{"ref": "AQ-BCDG7-CJG3W", "code": "012345", "body": longestBody, "due": longest, "object-by": longest, "valid-to": longest, "until": longest, "at": longest, "n": 3}
	messages := 0
	for _, key := range texts.Keys() {
		if !strings.HasPrefix(key, "message.") {
			continue
		}
		messages++
		args["code"] = "012345"
		if key == "message.consent-code" || strings.HasSuffix(key, "-sms") {
			args["code"] = "0123"
		}
		for _, lang := range aiqyn.Langs {
			text := texts.Text(lang, key, args)
			if n := len(utf16.Encode([]rune(text))); n > 70 {
				t.Errorf("%s (%s) has %d letters of UCS-2: %q", key, lang, n, text)
			}
			if !strings.HasSuffix(key, "code") && key != "message.proof" && !aboutAccount(key) && !strings.Contains(text, "AQ-BCDG7-CJG3W") {
				t.Errorf("%s (%s) does not say which application: %q", key, lang, text)
			}
			if strings.Contains(text, "⟦") {
				t.Errorf("%s (%s) has a hole that the engine does not fill: %q", key, lang, text)
			}
		}
	}
	if messages < 20 {
		t.Errorf("only %d messages", messages)
	}
}

// aboutAccount reports whether a message is about an account or an officer's own acts,
// and no application.
func aboutAccount(key string) bool {
	return strings.HasPrefix(key, "message.passkey-") || strings.HasPrefix(key, "message.class-") || strings.HasPrefix(key, "message.mandate-")
}

func catalogue(t *testing.T) *locale.Catalogue {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPartsOfAKeyAreFound(t *testing.T) {
	u := &uses{patterns: map[string]string{}}
	u.pattern([]string{"web.", ".title"}, "here")
	u.pattern([]string{"Not a key ", ""}, "here")
	if fmt.Sprint(u.patterns) != `map[^web\.[a-z0-9.-]+\.title$:here]` {
		t.Errorf("patterns %v", u.patterns)
	}
}
