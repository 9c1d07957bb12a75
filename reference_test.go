package aiqyn_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"aiqyn/service"
)

var update = flag.Bool("update", false, "write what is made from the sources instead of comparing it")

// keys of an object of the schema, in the order in which the file has them.
type schemaObject struct {
	Description          string
	Type                 any
	Properties           orderedSchemas
	Required             []string
	AdditionalProperties any
	Items                *schemaNode
	Enum                 []string
	Const                any
	AnyOf                []*schemaNode
	Minimum, Maximum     *int64
	Ref                  string `json:"$ref"`
}

type schemaNode struct{ schemaObject }

type orderedSchemas struct {
	names []string
	by    map[string]*schemaNode
}

func (o *orderedSchemas) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &o.by); err != nil {
		return err
	}
	o.names = slices.SortedFunc(maps.Keys(o.by), func(a, b string) int {
		return cmp.Compare(strings.Index(string(data), `"`+a+`": {`), strings.Index(string(data), `"`+b+`": {`))
	})
	return nil
}

// referencePages are where the keys of a service's file are explained: what every
// service has, and what only those have that wait or sell.
var referencePages = []struct {
	path, begin string
	file        bool // the keys of the file itself come first
	names       []string
}{
	{"docs/service-reference.md", "\n## The file\n", true, []string{"law", "fee", "pay", "refund", "question", "record", "option", "look-up", "compute", "reason", "suspend-reason", "step", "contest", "again", "evidence", "within", "silence", "hearing", "days", "outcome", "valid", "precedence", "other", "other-reason", "follow", "bring"}},
	{"docs/queue-reference.md", "\n## queue\n", false, []string{"queue", "tier", "criterion", "quota", "sibling", "reserve", "stop", "restore", "slots", "transfer", "auction", "auction-price", "ground", "objects"}},
}

// referenceTo links a part of these pages from one of them.
func referenceTo(name, from string) string {
	for _, page := range referencePages {
		if page.path != from && (slices.Contains(page.names, name) || page.file && name == "rules") {
			return path.Base(page.path) + "#" + name
		}
	}
	return "#" + name
}

// TestReferenceIsTheSchema: the pages that explain every key of a service's file
// are made from the JSON Schema, which says it to editors too. After a change of
// the schema: go test . -run TestReferenceIsTheSchema -update
func TestReferenceIsTheSchema(t *testing.T) {
	var schema struct {
		schemaObject
		Defs orderedSchemas `json:"$defs"`
	}
	if err := json.Unmarshal(service.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, page := range referencePages {
		var b strings.Builder
		if page.file {
			b.WriteString(page.begin + "\nWhat is in **bold** must be there.\n")
			writeKeys(t, &b, page.path, "service.yaml", &schemaNode{schema.schemaObject})
		}
		for _, name := range page.names {
			def := schema.Defs.by[name]
			b.WriteString("\n## " + name + "\n\n" + def.Description + "\n")
			writeKeys(t, &b, page.path, name, def)
		}
		text, err := os.ReadFile(page.path)
		if err != nil {
			t.Fatal(err)
		}
		written, old, found := strings.Cut(string(text), page.begin)
		if !found {
			t.Fatalf("%s has no part %q", page.path, page.begin)
		}
		if *update {
			if err := os.WriteFile(page.path, []byte(written+b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if page.begin+old != b.String() {
			t.Errorf("%s is not what the schema says: go test . -run TestReferenceIsTheSchema -update", page.path)
		}
	}
}

func writeKeys(t *testing.T, b *strings.Builder, page, of string, n *schemaNode) {
	t.Helper()
	b.WriteString("\n| key | takes | what for |\n|---|---|---|\n")
	for _, name := range n.Properties.names {
		p := n.Properties.by[name]
		if p.Description == "" {
			t.Errorf("the schema does not say what %s of %s is for", name, of)
		}
		key := "`" + name + "`"
		if slices.Contains(n.Required, name) {
			key = "**" + key + "**"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", key, p.takes(page), p.Description)
	}
}

// shapes are definitions that are said in a word rather than shown as a table.
var shapes = map[string]string{
	"name": "a name", "dotted": "a dotted name", "text": "a text in `kk`, `ru`, `en`", "date": "a day", "rule": "[a rule](#rules)",
	"status": "`confirmed`, `unconfirmed` or `proposal`", "evidence-kind": "a kind of evidence",
}

// takes says what may stand under a key.
func (n *schemaNode) takes(page string) string {
	switch types := fmt.Sprint(n.Type); {
	case n.Ref != "":
		name := strings.TrimPrefix(n.Ref, "#/$defs/")
		if said, ok := shapes[name]; ok {
			return strings.ReplaceAll(said, "#rules", referenceTo("rules", page))
		}
		return "[" + name + "](" + referenceTo(name, page) + ")"
	case n.Const != nil:
		return fmt.Sprintf("`%v`", n.Const)
	case len(n.Enum) > 0:
		return "`" + strings.Join(n.Enum, "`, `") + "`"
	case len(n.AnyOf) > 0:
		var said []string
		for _, one := range n.AnyOf {
			said = append(said, one.takes(page))
		}
		return strings.Join(said, ", or ")
	case types == "array" && n.Items.Type == "object" && n.Items.Properties.by == nil: // steps: one key each
		return "a list, each a name and under it [step](" + referenceTo("step", page) + ")"
	case types == "array" && n.Items.Properties.by != nil:
		return "a list of mappings with `" + strings.Join(n.Items.Properties.names, "`, `") + "`"
	case types == "array":
		return "a list, each " + n.Items.takes(page)
	case types == "object" && n.Properties.by != nil:
		return "a mapping with `" + strings.Join(n.Properties.names, "`, `") + "`"
	case types == "object":
		var under schemaNode
		data, _ := json.Marshal(n.AdditionalProperties)
		_ = json.Unmarshal(data, &under)
		return "names, each with " + under.takes(page)
	case types == "integer" && n.Minimum != nil && *n.Maximum < 1e9:
		return fmt.Sprintf("%d to %d", *n.Minimum, *n.Maximum)
	case types == "integer":
		return "a whole number"
	case types == "boolean":
		return "`true` or `false`"
	case types == "[integer string]":
		return "a whole number, or [a rule](" + referenceTo("rules", page) + ")"
	}
	return "a word"
}
