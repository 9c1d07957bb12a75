package show

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"aiqyn/casework"
	"aiqyn/web/sheet"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Listing is the address of a list: where it is, by what it is narrowed, and
// which page of it is asked for.
type Listing struct {
	v      *visit.Visit
	path   []any
	filter url.Values
}

// NewListing reads the filter from the address; names are those that may be in it.
func NewListing(v *visit.Visit, path []any, names ...string) *Listing {
	l := &Listing{v: v, path: path, filter: url.Values{}}
	for _, name := range names {
		if value := v.Query(name); value != "" {
			l.filter.Set(name, value)
		}
	}
	return l
}

// Href is the list's own address, without a page.
func (l *Listing) Href() string { return withQuery(l.v.Href(l.path...), l.filter) }

// At is the address of something below the list that is filtered alike.
func (l *Listing) At(below ...any) string {
	return withQuery(l.v.Href(append(slices.Clone(l.path), below...)...), l.filter)
}

// Plain is its address without a filter, empty if none is set.
func (l *Listing) Plain() string {
	if len(l.filter) == 0 {
		return ""
	}
	return l.v.Href(l.path...)
}

// Bare is its address without filter or page, where a filter's form leads.
func (l *Listing) Bare() string { return l.v.Href(l.path...) }

// Pager leads to the next page and back to the first.
func (l *Listing) Pager(next string) ui.Pager {
	var p ui.Pager
	if l.v.Query("after") != "" {
		p.First = l.Href()
	}
	if next != "" {
		q := url.Values{"after": {next}}
		for name, value := range l.filter {
			q[name] = value
		}
		p.Next = withQuery(l.v.Href(l.path...), q)
	}
	return p
}

// Files are the same list to keep, filtered alike.
func (l *Listing) Files() []ui.Link {
	var links []ui.Link
	for _, f := range sheet.Formats {
		path := append([]any(nil), l.path...)
		last := len(path) - 1
		path[last] = path[last].(string) + "." + f.Extension
		links = append(links, ui.Link{Href: withQuery(l.v.Href(path...), l.filter), Text: strings.ToUpper(f.Extension)})
	}
	return links
}

// Total says how many rows there are without counting them: all that this page
// has, or more than that.
func (l *Listing) Total(shown int, next string) string {
	switch {
	case next != "":
		return l.v.T("ui.list.more", "n", shown)
	case l.v.Query("after") != "":
		return "" // the last page knows nothing of those before
	}
	return l.v.T("ui.list.all", "n", shown)
}

// About tells in a file where its figures come from and by what it is narrowed.
func (l *Listing) About(notes ...sheet.Note) []sheet.Note {
	about := append([]sheet.Note{{Name: l.v.T("ui.sheet.source"), Text: l.v.T("ui.sheet.site", "host", l.v.R.Host)}}, notes...)
	for _, name := range slices.Sorted(maps.Keys(l.filter)) {
		about = append(about, sheet.Note{Name: l.v.T("ui.sheet.filter"), Text: name + ": " + l.filter.Get(name)})
	}
	return about
}

// fileStep is how many rows a file reads at a time.
const fileStep = 200

// Rows reads a keyset list to its end, a page at a time, as rows of a file.
func Rows[T any](ctx context.Context, p casework.Page, read func(context.Context, casework.Page) (casework.List[T], error), row func(T) sheet.Row) sheet.Rows {
	p.Limit = fileStep
	return func(yield func(sheet.Row, error) bool) {
		for {
			list, err := read(ctx, p)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range list.Items {
				if !yield(row(item), nil) {
					return
				}
			}
			if list.Next == "" {
				return
			}
			if list.Next == p.After {
				yield(nil, fmt.Errorf("a list that does not go on after %q", p.After))
				return
			}
			p.After = list.Next
		}
	}
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
