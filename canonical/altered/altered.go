// Package altered alters what was written, for tests that hold that it is found.
package altered

import (
	"encoding/json"
	"fmt"

	"aiqyn/canonical"
)

// Values are a JSON text with each of its numbers and texts altered in turn, in
// canonical form, by where it stands.
func Values(text []byte) (map[string][]byte, error) {
	list := make(map[string][]byte)
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, err
	}
	var failed error
	var walk func(path string, v any, set func(any))
	walk = func(path string, v any, set func(any)) {
		try := func(other any) {
			set(other)
			b, err := canonical.Encode(whole)
			if err != nil {
				failed = err
			}
			list[path] = b
			set(v)
		}
		switch x := v.(type) {
		case map[string]any:
			for k, item := range x {
				walk(path+"."+k, item, func(o any) { x[k] = o })
			}
		case []any:
			for i, item := range x {
				walk(fmt.Sprint(path, ".", i), item, func(o any) { x[i] = o })
			}
		case float64:
			try(int64(x) + 1)
		case string:
			try(x + "x")
		}
	}
	walk("", whole, func(any) {})
	return list, failed
}
