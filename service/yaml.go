package service

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits on one file of a pack.
const (
	maxFile  = 256 << 10 // bytes
	maxDepth = 24        // mappings within mappings
)

// document is one YAML file: its tree, and on which line each part stands.
type document struct {
	file     string
	root     *yaml.Node
	lines    map[string]int // by path: "steps[0].survey.silence"
	problems *problems
}

// parseDocument reads one YAML file; it reports what is wrong and returns nil
// if nothing of the file can be used.
func parseDocument(f File, ps *problems) *document {
	if len(f.Data) > maxFile {
		ps.add(f.Name, 1, "the file is larger than %d KiB", maxFile>>10)
		return nil
	}
	d := &document{file: f.Name, lines: map[string]int{}, problems: ps}
	decoder := yaml.NewDecoder(bytes.NewReader(f.Data))
	var node yaml.Node
	if err := decoder.Decode(&node); err != nil {
		line, message := yamlError(err)
		ps.add(f.Name, line, "%s", message)
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		ps.add(f.Name, 1, "more than one document in the file")
		return nil
	}
	before := len(ps.list)
	d.root = node.Content[0]
	d.walk(d.root, "", 0)
	if len(ps.list) > before {
		return nil // with an alias or a key twice, what the file says is open
	}
	return d
}

// walk notes the line of every part and refuses what makes a file mean
// something else than it seems to: a key twice, aliases, tags. Without aliases
// nothing in a file can be larger than the file.
func (d *document) walk(n *yaml.Node, path string, depth int) {
	d.lines[path] = n.Line
	switch {
	case depth > maxDepth:
		d.problems.add(d.file, n.Line, "nested too deeply")
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.problems.add(d.file, n.Line, "anchors and aliases are not allowed: write the value out")
		return
	case n.Style&yaml.TaggedStyle != 0:
		d.problems.add(d.file, n.Line, `tag %s is not allowed; a rule that begins with ! stands in "quotes"`, n.Tag)
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		seen := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.Anchor != "" {
				d.problems.add(d.file, key.Line, "a key is a plain word")
				continue
			}
			if line, ok := seen[key.Value]; ok {
				d.problems.add(d.file, key.Line, "key %q is there already, on line %d", key.Value, line)
				continue
			}
			seen[key.Value] = key.Line
			child := key.Value
			if path != "" {
				child = path + "." + key.Value
			}
			d.walk(n.Content[i+1], child, depth+1)
			d.lines[child] = key.Line
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.walk(item, path+"["+strconv.Itoa(i)+"]", depth+1)
		}
	}
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlError takes the line out of the message of a syntax error.
func yamlError(err error) (line int, message string) {
	if errors.Is(err, io.EOF) {
		return 1, "the file is empty"
	}
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatchIndex(message); m != nil {
		line, _ = strconv.Atoi(message[m[2]:m[3]])
		message = message[:m[0]] + message[m[1]:]
	}
	switch {
	case strings.Contains(message, "cannot start any token"):
		message += `: a tab, where only blanks may stand, or a text that begins with a sign and is not in "quotes"`
	case misquoted.MatchString(message):
		message += `: a text that begins with a sign such as !, or holds a colon and a blank, stands in "quotes"; or this line or the next does not stand exactly under its neighbours`
	}
	return line, message
}

// misquoted is how the parser complains, not always about the very line, when a
// text should have been in quotes.
var misquoted = regexp.MustCompile(`mapping values are not allowed|did not find expected|found character that cannot start|found unknown`)

// fail reports something about the part at a path, or the nearest part around
// it that the file has.
func (d *document) fail(path, format string, args ...any) {
	d.problems.add(d.file, d.line(path), format, args...)
}

// overtaken reports what is an error today and was none when some packs were
// stored: those are still to be read.
func (d *document) overtaken(path, format string, args ...any) {
	d.problems.overtaken(d.file, d.line(path), format, args...)
}

func (d *document) line(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return d.lines[""]
		}
		path = path[:cut]
	}
}

// value is one part of a document. The value of an absent key has no node; it
// reads as zero without complaint.
type value struct {
	doc  *document
	node *yaml.Node
}

func (v value) absent() bool { return v.node == nil }

func (v value) fail(format string, args ...any) {
	line := 1
	if v.node != nil {
		line = v.node.Line
	}
	v.doc.problems.add(v.doc.file, line, format, args...)
}

// want reports whether the value is there and of the kind, and complains if it
// is of another.
func (v value) want(kind yaml.Kind, what string) bool {
	if v.absent() {
		return false
	}
	if v.node.Kind != kind {
		v.fail("want %s", what)
		return false
	}
	return true
}

// cutByComma says what is wrong when a text in {kk: …, ru: …} was cut at its
// comma: what follows it stands there as a key without a value.
func (v value) cutByComma(item value) string {
	if v.node.Style&yaml.FlowStyle == 0 || item.node.Tag != "!!null" {
		return ""
	}
	return `: inside { } a comma ends a text, so put the text before it in "quotes"`
}

// fields reads a mapping that may have these keys and no others.
func (v value) fields(allowed ...string) fields {
	f := fields{value: v, byKey: map[string]*yaml.Node{}}
	if !v.want(yaml.MappingNode, "a mapping with "+strings.Join(allowed, ", ")) {
		return f
	}
	known := make(map[string]bool, len(allowed))
	for _, key := range allowed {
		known[key] = true
	}
	for key, item := range v.entries() {
		if !known[key] {
			v.doc.problems.add(v.doc.file, keyLine(v.node, key), "unknown key %q, want one of %s%s",
				key, strings.Join(allowed, ", "), v.cutByComma(item))
			continue
		}
		f.byKey[key] = item.node
	}
	return f
}

// keyLine finds the line of a key, which may be above that of its value.
func keyLine(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i].Line
		}
	}
	return mapping.Line
}

// entries yields the keys of a mapping in the order in which they are written.
func (v value) entries() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		if !v.want(yaml.MappingNode, "a mapping") {
			return
		}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			if !yield(v.node.Content[i].Value, value{v.doc, v.node.Content[i+1]}) {
				return
			}
		}
	}
}

// items yields the items of a list.
func (v value) items() iter.Seq2[int, value] {
	return func(yield func(int, value) bool) {
		if !v.want(yaml.SequenceNode, "a list") {
			return
		}
		for i, item := range v.node.Content {
			if !yield(i, value{v.doc, item}) {
				return
			}
		}
	}
}

// fields is a mapping with known keys.
type fields struct {
	value
	byKey map[string]*yaml.Node
}

// get returns the value of a key, which may be absent.
func (f fields) get(key string) value { return value{f.doc, f.byKey[key]} }

// need returns the value of a key that must be there.
func (f fields) need(key string) value {
	v := f.get(key)
	if v.absent() && !f.absent() && f.node.Kind == yaml.MappingNode {
		f.fail("%q is missing", key)
	}
	return v
}

// scalar reads a plain value whose tag is one of those.
func (v value) scalar(what string, tags ...string) string {
	if !v.want(yaml.ScalarNode, what) {
		return ""
	}
	for _, tag := range tags {
		if v.node.ShortTag() == tag {
			return v.node.Value
		}
	}
	v.fail("want %s, not %s", what, describe(v.node))
	return ""
}

func describe(n *yaml.Node) string {
	if n.ShortTag() == "!!null" {
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}
