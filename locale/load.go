package locale

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/feature/plural"

	"aiqyn"
)

// load parses every catalogue file of a file system and gathers all errors,
// for whoever adds twenty texts wants to hear of all that is wrong at once.
func load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "catalogue/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the catalogue: %w", err)
	}
	l := &loader{catalogue: &Catalogue{entries: map[string]*entry{}}}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
		l.file(path.Base(name), data)
	}
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	return l.catalogue, nil
}

// loader gathers the entries and errors of all files.
type loader struct {
	catalogue *Catalogue
	name      string // of the file being read
	errs      []error
}

func (l *loader) fail(line int, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s:%d: %s", l.name, line, fmt.Sprintf(format, args...)))
}

func (l *loader) file(name string, data []byte) {
	l.name = name
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&document); err != nil {
		if !errors.Is(err, io.EOF) { // a file with comments only is empty
			l.errs = append(l.errs, fmt.Errorf("%s: %w", name, err))
		}
		return
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		l.fail(1, "more than one document")
		return
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		l.fail(root.Line, "want keys with their texts")
		return
	}
	for key, value := range pairs(root) {
		l.entry(key, value)
	}
}

// entry adds one key with its three languages.
func (l *loader) entry(key, value *yaml.Node) {
	if !isName(key.Value) || !strings.Contains(key.Value, ".") {
		l.fail(key.Line, "key %q: want lower-case words joined by dots", key.Value)
		return
	}
	if first, ok := l.catalogue.entries[key.Value]; ok {
		l.fail(key.Line, "key %s is already at %s", key.Value, first.place)
		return
	}
	if value.Kind != yaml.MappingNode {
		l.fail(value.Line, "key %s: want kk, ru and en", key.Value)
		return
	}
	e := &entry{place: fmt.Sprintf("%s:%d", l.name, key.Line)}
	before := len(l.errs)
	seen := map[string]bool{}
	for lang, text := range pairs(value) {
		switch {
		case seen[lang.Value]:
			l.fail(lang.Line, "key %s: %s is given twice", key.Value, lang.Value)
		case !slices.Contains(aiqyn.Langs, aiqyn.Lang(lang.Value)):
			l.fail(lang.Line, "key %s: %q is not a language of the catalogue", key.Value, lang.Value)
		default:
			i := index(aiqyn.Lang(lang.Value))
			e.texts[i] = l.message(key.Value, i, text)
		}
		seen[lang.Value] = true
	}
	for _, lang := range aiqyn.Langs {
		if !seen[string(lang)] {
			l.fail(key.Line, "key %s: %s is missing", key.Value, lang)
		}
	}
	if len(l.errs) == before && l.consistent(key, e) {
		l.catalogue.entries[key.Value] = e
	}
}

// message compiles the text of one language: a string, or a mapping of plural
// forms.
func (l *loader) message(key string, lang int, node *yaml.Node) message {
	if node.Kind == yaml.ScalarNode {
		t := l.template(key, node)
		if plain, ok := t.plainText(); ok {
			return message{isPlain: true, plain: plain}
		}
		m := message{}
		m.forms[plural.Other] = t
		return m
	}
	m := message{isPlural: true}
	if node.Kind != yaml.MappingNode {
		l.fail(node.Line, "key %s: want a text or its plural forms", key)
		return m
	}
	seen := map[string]bool{}
	for name, text := range pairs(node) {
		switch {
		case seen[name.Value]:
			l.fail(name.Line, "key %s: form %s is given twice", key, name.Value)
		case !slices.Contains(formNames[lang], name.Value):
			l.fail(name.Line, "key %s: %s has no plural form %q", key, aiqyn.Langs[lang], name.Value)
		default:
			m.forms[formOf[name.Value]] = l.template(key, text)
		}
		seen[name.Value] = true
	}
	for _, name := range formNames[lang] {
		if !seen[name] {
			l.fail(node.Line, "key %s: %s lacks the plural form %q", key, aiqyn.Langs[lang], name)
		}
	}
	return m
}

func (l *loader) template(key string, node *yaml.Node) template {
	if node.Kind != yaml.ScalarNode || strings.TrimSpace(node.Value) == "" {
		l.fail(node.Line, "key %s: the text is empty", key)
		return template{}
	}
	if node.Value != strings.TrimSpace(node.Value) {
		l.fail(node.Line, "key %s: the text begins or ends with a space", key)
	}
	if normal := NFC(node.Value); normal != node.Value {
		l.fail(node.Line, "key %s: the text is not in Unicode form NFC", key)
	}
	t, err := compile(node.Value)
	if err != nil {
		l.fail(node.Line, "key %s: %v", key, err)
	}
	return t
}

// consistent checks that all languages and forms have the same holes. Only a
// form that means exactly one may leave {n} out: "one" in Kazakh and English,
// but not in Russian, where it also means 21.
func (l *loader) consistent(key *yaml.Node, e *entry) bool {
	before := len(l.errs)
	isPlural := e.texts[0].isPlural
	want := e.texts[0].forms[plural.Other].holes()
	if isPlural && !slices.Contains(want, "n") {
		l.fail(key.Line, "key %s: a plural must show {n}", key.Value)
	}
	for i := range e.texts {
		m := &e.texts[i]
		if m.isPlural != isPlural {
			l.fail(key.Line, "key %s: a plural must be one in every language", key.Value)
			continue
		}
		names := []string{"other"}
		if isPlural {
			names = formNames[i]
		}
		for _, name := range names {
			got := m.forms[formOf[name]].holes()
			if isPlural && name == "one" && i != index(aiqyn.Russian) && !slices.Contains(got, "n") {
				got = append(got, "n")
				slices.Sort(got)
			}
			if !slices.Equal(got, want) {
				l.fail(key.Line, "key %s: %s (%s) has the holes %v, kk has %v",
					key.Value, aiqyn.Langs[i], name, got, want)
			}
		}
	}
	return len(l.errs) == before
}

// pairs yields the keys and values of a mapping in the order of the file.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}
