// Package ui turns typed page structs into pages: the layout, the components
// and their examples, and the functions that templates may call. Everything is
// parsed once at start in each language; a missing template, component, asset
// or text keeps the program from starting.
package ui

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/web/assets"
)

//go:embed layout.html */*.html
var own embed.FS

// UI renders pages.
type UI struct {
	files *assets.Set
	texts *locale.Catalogue
	pages map[aiqyn.Lang]map[string]*template.Template
	parts map[aiqyn.Lang]*template.Template // layout and components
}

// Config says what a UI is made of.
type Config struct {
	Texts  *locale.Catalogue
	Assets *assets.Set
	// Pages are the page templates by audience: "citizen" → its *.html. A page
	// is then called "citizen/apply".
	Pages map[string]fs.FS
}

// New parses every template in every language.
func New(c Config) (*UI, error) {
	u := &UI{
		texts: c.Texts, files: c.Assets,
		pages: map[aiqyn.Lang]map[string]*template.Template{},
		parts: map[aiqyn.Lang]*template.Template{},
	}
	for _, lang := range aiqyn.Langs {
		if err := u.parse(lang, c); err != nil {
			return nil, fmt.Errorf("pages in %s: %w", lang, err)
		}
	}
	return u, nil
}

func (u *UI) parse(lang aiqyn.Lang, c Config) error {
	base := template.New("base").Funcs(functions(lang, c.Texts, c.Assets)).Option("missingkey=error")
	if _, err := base.ParseFS(own, "layout.html", "*/*.html"); err != nil {
		return err
	}
	u.parts[lang] = base
	u.pages[lang] = map[string]*template.Template{}
	errs := []error{u.missing(base)}
	for audience, files := range c.Pages {
		names, err := fs.Glob(files, "*.html")
		if err != nil {
			return err
		}
		for _, name := range names {
			page, err := template.Must(base.Clone()).ParseFS(files, name)
			if err != nil {
				return err
			}
			errs = append(errs, u.missing(page))
			u.pages[lang][audience+"/"+strings.TrimSuffix(path.Base(name), ".html")] = page
		}
	}
	return errors.Join(errs...)
}

// Render makes the page called name, "citizen/apply". The page is whole or not
// at all: nothing has been sent when an error comes back.
func (u *UI) Render(name string, page Page) ([]byte, error) {
	l := page.layout()
	t, ok := u.pages[l.Lang][name]
	if !ok {
		return nil, fmt.Errorf("no page is called %s", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Component renders one component alone, for its examples and tests.
func (u *UI) Component(lang aiqyn.Lang, name string, data any) (string, error) {
	var b strings.Builder
	err := u.parts[lang].ExecuteTemplate(&b, name, data)
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
