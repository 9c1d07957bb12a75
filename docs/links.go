package docs

import (
	"fmt"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"aiqyn"
)

// linker turns links between files into links between pages.
type linker struct {
	at    string // the folder of the page
	lang  aiqyn.Lang
	known map[string][]byte
	links []string
}

// rewrite leads every link of a page to where it is on the site. What is only
// in the sources, a pack's file or another package, is left as text.
func (l *linker) rewrite(tree ast.Node) error {
	var away []ast.Node
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		to, err := l.target(string(link.Destination))
		if err != nil {
			return ast.WalkStop, err
		}
		if to == "" {
			away = append(away, link)
			return ast.WalkContinue, nil
		}
		if strings.HasPrefix(to, "/") {
			l.links = append(l.links, to)
		}
		link.Destination = []byte(to)
		return ast.WalkContinue, nil
	})
	for _, link := range away {
		unwrap(link)
	}
	return err
}

// unwrap leaves what is inside a node in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

// target is the address of what a link of a page names; "" for a file that is
// not on the site.
func (l *linker) target(to string) (string, error) {
	file, part, _ := strings.Cut(to, "#")
	if part != "" {
		part = "#" + part
	}
	switch {
	case strings.Contains(to, ":"):
		return "", fmt.Errorf("leads to another host: %s", to)
	case file == "":
		return part, nil
	case strings.HasPrefix(file, "/"): // a page of the site that is no document
		return "/" + string(l.lang) + file + part, nil
	}
	file = path.Join(l.at, file)
	if strings.HasPrefix(file, "../") {
		return "", nil
	}
	if _, ok := l.known[file]; !ok {
		return "", fmt.Errorf("leads to %s, which is not there", file)
	}
	file, _ = split(file)
	return Href(l.lang, strings.TrimSuffix(file, ".md")) + part, nil
}

// Href is the address of a page or file of the documentation.
func Href(lang aiqyn.Lang, name string) string {
	if name == Index {
		return "/" + string(lang) + "/docs"
	}
	return "/" + string(lang) + "/docs/" + name
}
