package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// firstDifference names the place at which two JSON texts differ first, and
// both values: "feasible[0].cost: 1250000, now 1300000".
func firstDifference(was, now []byte) string {
	var a, b any
	if decodeExact(was, &a) != nil || decodeExact(now, &b) != nil {
		return "JSON"
	}
	where, x, y, found := differ("", a, b)
	if !found {
		return "JSON"
	}
	return fmt.Sprintf("%s: %s → %s", or(where, "."), compact(x), compact(y))
}

// differ walks two values side by side, keys in order.
func differ(at string, a, b any) (where string, x, y any, found bool) {
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			keys := maps.Clone(a)
			maps.Copy(keys, b)
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				next := k
				if at != "" {
					next = at + "." + k
				}
				if where, x, y, found = differ(next, a[k], b[k]); found {
					return where, x, y, true
				}
			}
			return "", nil, nil, false
		}
	case []any:
		if b, ok := b.([]any); ok && len(a) == len(b) {
			for i := range a {
				if where, x, y, found = differ(fmt.Sprintf("%s[%d]", at, i), a[i], b[i]); found {
					return where, x, y, true
				}
			}
			return "", nil, nil, false
		}
	}
	return at, a, b, !bytes.Equal(compact(a), compact(b))
}

func compact(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Append(nil, v)
	}
	return text
}
