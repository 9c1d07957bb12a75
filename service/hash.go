package service

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Hash pins the pack: SHA-256, in hex, over the canonical JSON of everything
// in it but the stories.
func (p *Pack) Hash() string { return p.hash }

// Hash pins the service: SHA-256, in hex, over the canonical JSON of its file.
// Comments and layout do not count, and neither does what a later version of
// this program might make of the file, so a case stays pinned for good.
func (s *Service) Hash() string { return s.hash }

// hashed is one part of a pack.
type hashed struct {
	Part string
	Says any
}

func packHash(p *Pack, parts []hashed) string {
	slices.SortFunc(parts, func(a, b hashed) int { return cmp.Compare(a.Part, b.Part) })
	pairs := make([]any, len(parts))
	for i, part := range parts {
		pairs[i] = []any{part.Part, part.Says}
	}
	return digest([]any{"aiqyn pack 1", p.Name, p.Version, pairs})
}

// ordered mappings are those whose order means something: that in which
// questions are asked and facts are shown.
var ordered = map[string]bool{"ask": true, "records": true, "look-up": true, "compute": true}

// canonical turns a tree into what JSON can say. A mapping becomes an object,
// whose keys JSON sorts, or where its order counts a list of pairs.
func canonical(n *yaml.Node) any { return canonicalIn("", n) }

func canonicalIn(key string, n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object, pairs := map[string]any{}, []any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			item := canonicalIn(name, n.Content[i+1])
			object[name] = item
			pairs = append(pairs, []any{name, item})
		}
		if ordered[key] {
			return pairs
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = canonicalIn("", item)
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int":
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i
		}
	case "!!bool":
		return n.Value == "true"
	}
	return n.Value
}

// digest hashes a value made by canonical, which is always encodable.
func digest(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("service: encode a canonical value: " + err.Error())
	}
	sum := sha256.Sum256(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}
