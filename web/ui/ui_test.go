package ui

import (
	"flag"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/web/assets"
)

var update = flag.Bool("update", false, "write the golden files anew")

func newUI(t *testing.T, pages map[string]fs.FS) (*UI, error) {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Texts: texts, Assets: files, Pages: pages})
}

// english is a text of the catalogue in English.
func english(t *testing.T) func(string, ...any) string {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return func(key string, args ...any) string {
		m, err := pairs(args)
		if err != nil {
			t.Fatal(err)
		}
		return texts.Text(aiqyn.English, key, m)
	}
}

func page(source string) map[string]fs.FS {
	return map[string]fs.FS{"test": fstest.MapFS{"page.html": {Data: []byte(source)}}}
}

func TestExamplesLookAsTheyDid(t *testing.T) {
	u, err := newUI(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range Examples(aiqyn.English, english(t)) {
		seen[e.Component] = true
		got, err := u.Component(aiqyn.English, e.Component, e.Data)
		if err != nil {
			t.Errorf("%s/%s: %v", e.Component, e.Name, err)
			continue
		}
		golden := filepath.Join(e.Component, e.Name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.TrimSpace(string(want)) {
			t.Errorf("%s/%s changed:\n%s\nrun go test ./web/ui -update if that is meant", e.Component, e.Name, got)
		}
	}
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && !seen[f.Name()] {
			t.Errorf("component %s has no example", f.Name())
		}
	}
}

func TestWhatIsMissingIsFoundAtStart(t *testing.T) {
	for name, source := range map[string]string{
		"text":      `{{define "content"}}{{if .Title}}{{t "web.no-such-text"}}{{end}}{{end}}`,
		"component": `{{define "content"}}{{template "no-such-component"}}{{end}}`,
		"function":  `{{define "content"}}{{nosuch}}{{end}}`,
	} {
		if _, err := newUI(t, page(source)); err == nil {
			t.Errorf("a page with an unknown %s was accepted", name)
		}
	}
}

func TestLanguageSwitchKeepsPageAndQuery(t *testing.T) {
	u, err := newUI(t, page(`{{define "content"}}<h1>x</h1>{{end}}`))
	if err != nil {
		t.Fatal(err)
	}
	l := &Layout{Lang: aiqyn.Kazakh, Title: "x", Path: "capacity", Query: map[string][]string{"name": {"ТП 5"}}}
	out, err := u.Render("test/page", l)
	if err != nil {
		t.Fatal(err)
	}
	markup := html.UnescapeString(string(out))
	for _, want := range []string{`<html lang="kk">`, `href="/ru/capacity?name=%D0%A2%D0%9F+5"`, `hreflang="en"`, `id="main"`} {
		if !strings.Contains(markup, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	l.LangForm = "question"
	out, _ = u.Render("test/page", l)
	if !strings.Contains(string(out), `<button form="question" name="_lang" value="ru"`) {
		t.Error("the switch does not post the open form")
	}
}

func TestHref(t *testing.T) {
	for _, c := range []struct {
		parts []any
		want  string
	}{
		{[]any{""}, "/kk/"},
		{[]any{"cases", aiqyn.Reference("AQ-7K2M-9F3D")}, "/kk/cases/AQ-7K2M-9F3D"},
		{[]any{"entry", 17}, "/kk/entry/17"},
		{[]any{"x", "../ru"}, "/kk/x/..%2Fru"},
	} {
		if got := Href(aiqyn.Kazakh, c.parts...); got != c.want {
			t.Errorf("Href(%v) = %s, want %s", c.parts, got, c.want)
		}
	}
}
