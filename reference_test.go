package aiqyn_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
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

// referencePage is where the keys of a service's file are explained.
const (
	referencePage  = "docs/service-reference.md"
	referenceBegin = "\n## The file\n"
)

// TestReferenceIsTheSchema: the page that explains every key of a service's file
// is made from the JSON Schema, which says it to editors too. After a change of
// the schema: go test . -run TestReferenceIsTheSchema -update
func TestReferenceIsTheSchema(t *testing.T) {
	var schema struct {
		schemaObject
		Defs orderedSchemas `json:"$defs"`
	}
	if err := json.Unmarshal(service.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(referenceBegin)
	b.WriteString("\nWhat is in **bold** must be there.\n")
	writeKeys(t, &b, "service.yaml", &schemaNode{schema.schemaObject})
	for _, name := range []string{"law", "fee", "pay", "refund", "question", "record", "option", "look-up", "compute", "reason", "suspend-reason", "step", "contest", "again", "evidence", "within", "silence", "hearing", "days", "outcome", "valid", "other", "other-reason", "follow", "bring", "queue", "tier", "criterion", "quota", "sibling", "reserve", "stop", "restore", "slots", "transfer", "auction", "auction-price", "ground", "objects"} {
		def := schema.Defs.by[name]
		b.WriteString("\n## " + name + "\n\n" + def.Description + "\n")
		writeKeys(t, &b, name, def)
	}
	page, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	written, old, found := strings.Cut(string(page), referenceBegin)
	if !found {
		t.Fatalf("%s has no part %q", referencePage, referenceBegin)
	}
	if *update {
		if err := os.WriteFile(referencePage, []byte(written+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if referenceBegin+old != b.String() {
		t.Errorf("%s is not what the schema says: go test . -run TestReferenceIsTheSchema -update", referencePage)
	}
}

func writeKeys(t *testing.T, b *strings.Builder, of string, n *schemaNode) {
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
		fmt.Fprintf(b, "| %s | %s | %s |\n", key, p.takes(), p.Description)
	}
}

// shapes are definitions that are said in a word rather than shown as a table.
var shapes = map[string]string{
	"name": "a name", "dotted": "a dotted name", "text": "a text in `kk`, `ru`, `en`", "date": "a day", "rule": "[a rule](#rules)",
	"status": "`confirmed`, `unconfirmed` or `proposal`", "evidence-kind": "a kind of evidence",
}

// takes says what may stand under a key.
func (n *schemaNode) takes() string {
	switch types := fmt.Sprint(n.Type); {
	case n.Ref != "":
		name := strings.TrimPrefix(n.Ref, "#/$defs/")
		if said, ok := shapes[name]; ok {
			return said
		}
		return "[" + name + "](#" + name + ")"
	case n.Const != nil:
		return fmt.Sprintf("`%v`", n.Const)
	case len(n.Enum) > 0:
		return "`" + strings.Join(n.Enum, "`, `") + "`"
	case len(n.AnyOf) > 0:
		var said []string
		for _, one := range n.AnyOf {
			said = append(said, one.takes())
		}
		return strings.Join(said, ", or ")
	case types == "array" && n.Items.Type == "object" && n.Items.Properties.by == nil: // steps: one key each
		return "a list, each a name and under it [step](#step)"
	case types == "array" && n.Items.Properties.by != nil:
		return "a list of mappings with `" + strings.Join(n.Items.Properties.names, "`, `") + "`"
	case types == "array":
		return "a list, each " + n.Items.takes()
	case types == "object" && n.Properties.by != nil:
		return "a mapping with `" + strings.Join(n.Properties.names, "`, `") + "`"
	case types == "object":
		var under schemaNode
		data, _ := json.Marshal(n.AdditionalProperties)
		_ = json.Unmarshal(data, &under)
		return "names, each with " + under.takes()
	case types == "integer" && n.Minimum != nil && *n.Maximum < 1e9:
		return fmt.Sprintf("%d to %d", *n.Minimum, *n.Maximum)
	case types == "integer":
		return "a whole number"
	case types == "boolean":
		return "`true` or `false`"
	case types == "[integer string]":
		return "a whole number, or [a rule](#rules)"
	}
	return "a word"
}
