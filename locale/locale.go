// Package locale speaks to people in Kazakh, Russian and English: it holds the
// catalogue of every sentence that any room shows, chooses plural forms, and
// writes dates, numbers, money, power and distances as each language does.
//
// Each room brings one file, catalogue/<room>.yaml, in which every key carries
// all three languages:
//
//	error.step-taken:
//	  kk: "Бұл қадамды {role:role.*} бұрын орындап қойған."
//	  ru: "Этот шаг уже выполнен: {role:role.*}."
//	  en: "This step has already been done: {role:role.*}."
//
// A hole {name} shows its argument by the argument's type; {name:format} says
// how (see formats in hole.go). A plural is a mapping of forms in each language
// and counts {n}. The loader is strict: a missing language or form, holes that
// differ between languages, a key given twice are errors with file and line.
package locale

import (
	"embed"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"aiqyn"
)

//go:embed catalogue/*.yaml
var embedded embed.FS

// Catalogue is every text of the platform. It never changes after loading and
// may be used by any number of goroutines.
type Catalogue struct {
	entries map[string]*entry
}

// entry is one key in the three languages, in the order of aiqyn.Langs.
type entry struct {
	texts [3]message
	place string // file:line
}

// Load returns the catalogue built into the program. It is parsed once.
func Load() (*Catalogue, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Catalogue, error) { return load(embedded) })

// Text returns the text of a key in language l with its holes filled. A key
// that is not there comes back as ⟦key⟧, so that it is seen and not silent.
func (c *Catalogue) Text(l aiqyn.Lang, key string, args map[string]any) string {
	e, ok := c.entries[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	m := &e.texts[index(l)]
	if m.isPlain {
		return m.plain
	}
	var b strings.Builder
	c.write(&b, l, m, args)
	return b.String()
}

// Error tells a person what went wrong. Whatever is not an [aiqyn.Error] is
// internal: its detail belongs in the log and is not shown.
func (c *Catalogue) Error(l aiqyn.Lang, err error) string {
	if err == nil {
		return ""
	}
	var e *aiqyn.Error
	if errors.As(err, &e) && c.Has(e.Key) {
		return c.Text(l, e.Key, e.Args)
	}
	return c.Text(l, "error.internal", nil)
}

// Has reports whether the catalogue knows a key.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.entries[key]
	return ok
}

// Keys lists every key in order.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.entries)) }

// Place tells where a key is written: "common.yaml:12".
func (c *Catalogue) Place(key string) string {
	if e, ok := c.entries[key]; ok {
		return e.place
	}
	return ""
}

// index is the place of a language in an entry; an unknown one reads Russian,
// as [aiqyn.Text.In] does.
func index(l aiqyn.Lang) int {
	switch l {
	case aiqyn.Kazakh:
		return 0
	case aiqyn.English:
		return 2
	}
	return 1
}
