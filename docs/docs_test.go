package docs

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aiqyn"
)

func site(t *testing.T) *Site {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Names()) < 30 {
		t.Fatalf("only %d pages", len(s.Names()))
	}
	return s
}

// TestEveryPageIsReached: each file of the documentation, decisions too, is
// reached from the index by links, in each language.
func TestEveryPageIsReached(t *testing.T) {
	s := site(t)
	for _, lang := range aiqyn.Langs {
		reached, next := map[string]bool{}, []string{Href(lang, Index)}
		for len(next) > 0 {
			at := next[0]
			next = next[1:]
			if reached[at] {
				continue
			}
			reached[at] = true
			if page, ok := s.Page(lang, nameOf(lang, at)); ok {
				for _, to := range page.Links {
					to, _, _ = strings.Cut(to, "#")
					next = append(next, to)
				}
			}
		}
		for _, name := range s.Names() {
			if !reached[Href(lang, name)] {
				t.Errorf("%s: nothing leads to %s", lang, name)
			}
		}
		for name := range s.files {
			if !reached[Href(lang, name)] {
				t.Errorf("%s: nothing leads to %s", lang, name)
			}
		}
	}
}

func nameOf(lang aiqyn.Lang, href string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(href, Href(lang, Index)), "/")
	if name == "" {
		return Index
	}
	return name
}

// TestLinksHitTheirPart: what a link names after # is a part of that page.
func TestLinksHitTheirPart(t *testing.T) {
	s := site(t)
	for _, lang := range aiqyn.Langs {
		for _, name := range s.Names() {
			page, _ := s.Page(lang, name)
			for _, to := range page.Links {
				to, part, ok := strings.Cut(to, "#")
				if !ok {
					continue
				}
				target, ok := s.Page(lang, nameOf(lang, to))
				if !ok || !strings.Contains(string(target.Body), ` id="`+part+`"`) {
					t.Errorf("%s in %s leads to %s#%s, which has no such part", name, lang, to, part)
				}
			}
		}
	}
}

// TestEveryFileIsServed: nothing lies in the folder that the site leaves out.
func TestEveryFileIsServed(t *testing.T) {
	s := site(t)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, file := s.File(name)
		plain, _ := split(name)
		if _, page := s.Page(aiqyn.English, strings.TrimSuffix(plain, ".md")); !file && !page {
			t.Errorf("%s is not served", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCitizensReadTheirLanguage: the index and whatever a citizen needs is
// there in three languages, each with the parts of the English one.
func TestCitizensReadTheirLanguage(t *testing.T) {
	s := site(t)
	for _, name := range s.Names() {
		if name != Index && !strings.HasPrefix(name, "citizen/") {
			continue
		}
		english, _ := s.Page(aiqyn.English, name)
		for _, lang := range aiqyn.Langs {
			page, _ := s.Page(lang, name)
			if page.Lang != lang {
				t.Errorf("%s is not there in %s", name, lang)
			}
			if got, want := len(page.Headings), len(english.Headings); got != want {
				t.Errorf("%s in %s has %d parts, %d in English", name, lang, got, want)
			}
			if got, want := pathsOf(page), pathsOf(english); !slices.Equal(got, want) {
				t.Errorf("%s in %s leads to %v, in English to %v", name, lang, got, want)
			}
		}
	}
}

// pathsOf is where a page leads, without the language.
func pathsOf(p *Page) []string {
	var paths []string
	for _, to := range p.Links {
		paths = append(paths, to[len("/kk"):])
	}
	slices.Sort(paths)
	return paths
}

func TestWhatALoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no title":           "Only words.",
		"to nowhere":         "# T\n\n[x](none.md)",
		"to another host":    "# T\n\n[x](https://example.org/)",
		"not in English":     "",
		"a script in a link": "# T\n\n[x](javascript:alert(1))",
	} {
		files := fstest.MapFS{"a.md": {Data: []byte(text)}}
		if text == "" {
			files = fstest.MapFS{"a.kk.md": {Data: []byte("# T")}}
		}
		if _, err := load(files); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestHowAPageIsLaidOut(t *testing.T) {
	s, err := load(fstest.MapFS{
		"a.md": {Data: []byte("# A & B\n\n<script>x</script>\n\n## Қазақ тілі\n\n[b](sub/b.md#p) [go](../x.go) [out](/verify) `<i>`\n\n" +
			"| | one |\n|---|--:|\n| r | c |\n\n    <pre>\n\n## Қазақ тілі\n")},
		"sub/b.md":    {Data: []byte("# B\n\n[up](../a.md)")},
		"sub/b.ru.md": {Data: []byte("# Б\n\n[вверх](../a.md)")},
		"p.py":        {Data: []byte("print()")},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := s.Page(aiqyn.Russian, "a")
	if page.Title != "A & B" || page.Lang != aiqyn.English || len(page.Headings) != 2 || page.Headings[1].ID != "қазақ-тілі-2" {
		t.Errorf("%+v", page)
	}
	body := string(page.Body)
	for _, want := range []string{
		`<a href="/ru/docs/sub/b#p">b</a> go <a href="/ru/verify">out</a> <code>&lt;i&gt;</code>`,
		`<h2 class="govuk-heading-m" id="қазақ-тілі">`, `<td class="govuk-table__header"></td>`,
		`<td class="govuk-table__cell" data-label="one"><span class="cell">c</span></td>`, `<code>&lt;pre&gt;</code>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	for _, never := range []string{"<script", "style=", "A &amp; B"} {
		if strings.Contains(body, never) {
			t.Errorf("%s in %s", never, body)
		}
	}
	if b, _ := s.Page(aiqyn.Russian, "sub/b"); b.Title != "Б" || !slices.Equal(b.Links, []string{"/ru/docs/a"}) {
		t.Errorf("%+v", b)
	}
	if _, ok := s.File("p.py"); !ok {
		t.Error("a program is not served")
	}
}
