// Package docs is the documentation, compiled in and laid out as pages: plain
// Markdown that reads as well in a file as on the site. A page in Kazakh or
// Russian lies beside the English one, verify.kk.md beside verify.md.
package docs

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"aiqyn"
)

//go:embed *.md *.py citizen/*.md decisions/*.md
var files embed.FS

// Index is the name of the page that leads to all others.
const Index = "README"

// Page is one page of the documentation.
type Page struct {
	Name     string     // "citizen/apply"
	Lang     aiqyn.Lang // of its text, English where there is no other
	Title    string
	Body     template.HTML // everything below the title
	Headings []Heading
	Links    []string // where it leads within the site, "/kk/docs/keys#rules"
}

// Heading is one part of a page, for its table of contents.
type Heading struct{ ID, Text string }

// Site is the whole documentation.
type Site struct {
	pages map[aiqyn.Lang]map[string]*Page
	files map[string][]byte // programs that a reader may take along, "check.py"
}

// Load lays out every page in each language of the site, once: nobody alters it. What
// is compiled in is ours: an error means that it must be mended before it is released.
func Load() (*Site, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Site, error) { return load(files) })

func load(system fs.FS) (*Site, error) {
	sources := map[string][]byte{}
	err := fs.WalkDir(system, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		sources[name], err = fs.ReadFile(system, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	s := &Site{pages: map[aiqyn.Lang]map[string]*Page{}, files: map[string][]byte{}}
	for _, lang := range aiqyn.Langs {
		s.pages[lang] = map[string]*Page{}
	}
	for name, data := range sources {
		name, written := split(name)
		switch {
		case path.Ext(name) != ".md":
			s.files[name] = data
			continue
		case written != aiqyn.English:
			if _, ok := sources[name]; !ok {
				return nil, fmt.Errorf("docs: %s in %s has no English original", name, written)
			}
			continue
		}
		for _, lang := range aiqyn.Langs {
			page, err := s.read(sources, name, lang)
			if err != nil {
				return nil, fmt.Errorf("docs: %s in %s: %w", name, lang, err)
			}
			s.pages[lang][page.Name] = page
		}
	}
	return s, nil
}

// Page is a page for a reader of a language. The text may be English all the
// same: Lang says so.
func (s *Site) Page(lang aiqyn.Lang, name string) (*Page, bool) {
	p, ok := s.pages[lang][name]
	return p, ok
}

// File is a program of the documentation, to be taken along and read.
func (s *Site) File(name string) ([]byte, bool) {
	data, ok := s.files[name]
	return data, ok
}

// Names lists every page.
func (s *Site) Names() []string {
	var names []string
	for name := range s.pages[aiqyn.English] {
		names = append(names, name)
	}
	return names
}

// split tells a page from the language that it is written in: verify.kk.md is
// verify.md in Kazakh.
func split(file string) (name string, lang aiqyn.Lang) {
	base := strings.TrimSuffix(file, ".md")
	for _, lang := range aiqyn.Langs {
		if plain, ok := strings.CutSuffix(base, "."+string(lang)); ok && base != file {
			return plain + ".md", lang
		}
	}
	return file, aiqyn.English
}

// read lays out one page in the best language there is.
func (s *Site) read(sources map[string][]byte, file string, lang aiqyn.Lang) (*Page, error) {
	page := &Page{Name: strings.TrimSuffix(file, ".md"), Lang: lang}
	source, ok := sources[page.Name+"."+string(lang)+".md"]
	if !ok {
		page.Lang, source = aiqyn.English, sources[file]
	}
	tree := markdown.Parser().Parse(text.NewReader(source), newContext())
	title, ok := tree.FirstChild().(*ast.Heading)
	if !ok || title.Level != 1 {
		return nil, fmt.Errorf("does not begin with its title")
	}
	page.Title = plain(title, source)
	tree.RemoveChild(tree, title)
	l := linker{at: path.Dir(file), lang: lang, known: sources}
	if err := l.rewrite(tree); err != nil {
		return nil, err
	}
	page.Links = l.links
	for node := tree.FirstChild(); node != nil; node = node.NextSibling() {
		if h, ok := node.(*ast.Heading); ok && h.Level == 2 {
			id, _ := h.AttributeString("id")
			page.Headings = append(page.Headings, Heading{ID: string(id.([]byte)), Text: plain(h, source)})
		}
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, source, tree); err != nil {
		return nil, err
	}
	page.Body = template.HTML(out.String())
	return page, nil
}

// plain is the text of a node without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
