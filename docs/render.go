package docs

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// markdown is CommonMark with tables, and without the HTML of others: raw HTML
// is left out.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable()),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(look{}, 100))),
)

func newContext() parser.ParseOption {
	return parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{taken: map[string]bool{}})))
}

// anchors names headings by their words, in any alphabet.
type anchors struct{ taken map[string]bool }

func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	words := strings.FieldsFunc(strings.ToLower(string(value)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	id := strings.Join(words, "-")
	if id == "" || id == "main" || id == "offline" || id == "parts" { // the frame of the page has these
		id = "part-" + id
	}
	for unique, n := id, 2; ; n++ {
		if !a.taken[unique] {
			a.taken[unique] = true
			return []byte(unique)
		}
		unique = id + "-" + strconv.Itoa(n)
	}
}

func (a *anchors) Put(value []byte) { a.taken[string(value)] = true }

// look writes what the site's style sheet has a form for in that form.
type look struct{}

func (l look) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, l.heading)
	r.Register(ast.KindCodeBlock, l.code)
	r.Register(ast.KindFencedCodeBlock, l.code)
	r.Register(ast.KindList, l.list)
	r.Register(extast.KindTable, l.table)
	r.Register(extast.KindTableHeader, l.head)
	r.Register(extast.KindTableRow, l.row)
	r.Register(extast.KindTableCell, l.cell)
}

// either writes what opens a node, or what closes it.
func either(w util.BufWriter, entering bool, open, end string) (ast.WalkStatus, error) {
	if entering {
		end = open
	}
	_, err := w.WriteString(end)
	return ast.WalkContinue, err
}

func (look) heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	h := n.(*ast.Heading)
	size := map[int]string{2: "m"}[h.Level]
	if size == "" {
		size = "s"
	}
	level := strconv.Itoa(h.Level)
	id, _ := h.AttributeString("id")
	name := string(util.EscapeHTML(id.([]byte)))
	return either(w, entering, `<h`+level+` class="govuk-heading-`+size+`" id="`+name+`">`, "</h"+level+">\n")
}

func (look) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	var b bytes.Buffer
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(source))
	}
	_, _ = w.WriteString(`<pre class="copybox" translate="no"><code>`)
	_, _ = w.Write(util.EscapeHTML(bytes.TrimRight(b.Bytes(), "\n")))
	_, err := w.WriteString("</code></pre>\n")
	return ast.WalkSkipChildren, err
}

func (look) list(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if n.(*ast.List).IsOrdered() {
		return either(w, entering, `<ol class="govuk-list govuk-list--number">`+"\n", "</ol>\n")
	}
	return either(w, entering, `<ul class="govuk-list govuk-list--bullet">`+"\n", "</ul>\n")
}

func (look) table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return either(w, entering, `<table class="govuk-table stacked">`+"\n", "</tbody></table>\n")
}

func (look) head(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return either(w, entering, `<thead class="govuk-table__head"><tr>`, "</tr></thead>\n<tbody>")
}

func (look) row(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return either(w, entering, "<tr>", "</tr>\n")
}

// cell writes a heading of a column, of a row, or a cell that carries the
// heading of its column for narrow screens.
func (look) cell(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if _, ok := n.Parent().(*extast.TableHeader); ok {
		if n.ChildCount() == 0 {
			return either(w, entering, `<td class="govuk-table__header">`, "</td>")
		}
		return either(w, entering, `<th class="govuk-table__header" scope="col">`, "</th>")
	}
	if n.PreviousSibling() == nil {
		return either(w, entering, `<th class="govuk-table__header" scope="row">`, "</th>")
	}
	label := string(util.EscapeHTML([]byte(column(n, source))))
	return either(w, entering, `<td class="govuk-table__cell" data-label="`+label+`"><span class="cell">`, "</span></td>")
}

// column is the heading above a cell.
func column(n ast.Node, source []byte) string {
	at := 0
	for before := n.PreviousSibling(); before != nil; before = before.PreviousSibling() {
		at++
	}
	header := n.Parent().Parent().FirstChild().FirstChild()
	for ; at > 0 && header != nil; at-- {
		header = header.NextSibling()
	}
	if header == nil {
		return ""
	}
	return plain(header, source)
}
