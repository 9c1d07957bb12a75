// Package ui turns typed page structs into pages: the layout, the components
// and their examples, and the functions that templates may call. Everything is
// parsed once at start; a missing template, component, asset
// or text keeps the program from starting.
package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/web/assets"
)

//go:embed layout.html */*.html
var own embed.FS

// UI renders pages. What was parsed is one for all languages; the set of
// templates that a page is made of, and no others, is put together in a language
// when it is first asked for. Most are never asked for in all three, and each set
// is a copy, because html/template rewrites what it executes.
type UI struct {
	files  *assets.Set
	texts  *locale.Catalogue
	shared map[string]*parse.Tree // layout and components
	pages  map[aiqyn.Lang]map[string]func() (*template.Template, error)
	parts  map[aiqyn.Lang]func() (*template.Template, error) // layout and components alone
}

// Config says what a UI is made of.
type Config struct {
	Texts  *locale.Catalogue
	Assets *assets.Set
	// Pages are the page templates by audience: "citizen" → its *.html. A page
	// is then called "citizen/apply".
	Pages map[string]fs.FS
}

// New parses every template and looks for what any of them would miss.
func New(c Config) (*UI, error) {
	u := &UI{
		texts: c.Texts, files: c.Assets,
		pages: map[aiqyn.Lang]map[string]func() (*template.Template, error){},
		parts: map[aiqyn.Lang]func() (*template.Template, error){},
	}
	var err error
	if u.shared, err = u.trees(own, "layout.html", "*/*.html"); err != nil {
		return nil, err
	}
	for _, lang := range aiqyn.Langs {
		u.pages[lang] = map[string]func() (*template.Template, error){}
		u.parts[lang] = sync.OnceValues(func() (*template.Template, error) { return u.set(lang, nil, slices.Sorted(maps.Keys(u.shared))) })
	}
	errs := []error{u.missing(u.shared, nil)}
	for audience, files := range c.Pages {
		names, err := fs.Glob(files, "*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			page, err := u.trees(files, name)
			if err != nil {
				return nil, err
			}
			errs = append(errs, u.missing(page, u.shared))
			for _, lang := range aiqyn.Langs {
				u.pages[lang][audience+"/"+strings.TrimSuffix(path.Base(name), ".html")] = sync.OnceValues(func() (*template.Template, error) {
					return u.set(lang, page, []string{"layout"})
				})
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return u, nil
}

// trees parses files; which functions there are is the same in every language.
func (u *UI) trees(files fs.FS, patterns ...string) (map[string]*parse.Tree, error) {
	parsed, err := template.New("").Funcs(functions(aiqyn.Kazakh, u.texts, u.files)).ParseFS(files, patterns...)
	if err != nil {
		return nil, err
	}
	trees := map[string]*parse.Tree{}
	for _, t := range parsed.Templates() {
		if t.Tree != nil {
			trees[t.Name()] = t.Tree
		}
	}
	return trees, nil
}

// set puts together the templates that are reached from some, a page's own
// before the shared ones.
func (u *UI) set(lang aiqyn.Lang, page map[string]*parse.Tree, from []string) (*template.Template, error) {
	t := template.New("").Funcs(functions(lang, u.texts, u.files)).Option("missingkey=error")
	added := map[string]bool{}
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		tree := page[name]
		if tree == nil {
			tree = u.shared[name]
		}
		if added[name] || tree == nil {
			continue
		}
		added[name] = true
		if _, err := t.AddParseTree(name, tree.Copy()); err != nil {
			return nil, err
		}
		walk(tree.Root, func(n parse.Node) {
			if call, ok := n.(*parse.TemplateNode); ok {
				from = append(from, call.Name)
			}
		})
	}
	return t, nil
}

// Render makes the page called name, "citizen/apply". The page is whole or not
// at all: nothing has been sent when an error comes back.
func (u *UI) Render(name string, page Page) ([]byte, error) {
	l := page.Frame()
	set, ok := u.pages[l.Lang][name]
	if !ok {
		return nil, fmt.Errorf("no page is called %s", name)
	}
	t, err := set()
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Component renders one component alone, for its examples and tests.
func (u *UI) Component(lang aiqyn.Lang, name string, data any) (string, error) {
	parts, err := u.parts[lang]()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = parts.ExecuteTemplate(&b, name, data)
	return strings.TrimSpace(b.String()), err
}

// VerifierHash is the SHA-256, in hex, of the verifier for browsers that pages load.
func (u *UI) VerifierHash() string { return u.files.VerifierHash }

// Names lists every page.
func (u *UI) Names() []string {
	var names []string
	for name := range u.pages[aiqyn.Kazakh] {
		names = append(names, name)
	}
	return names
}
