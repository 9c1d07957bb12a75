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
	text := "JSON"
	differences("", a, b, func(where string, x, y any) bool {
		text = fmt.Sprintf("%s: %s → %s", or(where, "."), compact(x), compact(y))
		return false
	})
	return text
}

// differences walks two values side by side, keys in order, and yields every
// place at which they differ. Lists of different lengths differ as a whole.
func differences(at string, a, b any, yield func(where string, x, y any) bool) bool {
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
				if !differences(next, a[k], b[k], yield) {
					return false
				}
			}
			return true
		}
	case []any:
		if b, ok := b.([]any); ok && len(a) == len(b) {
			for i := range a {
				if !differences(fmt.Sprintf("%s[%d]", at, i), a[i], b[i], yield) {
					return false
				}
			}
			return true
		}
	}
	return bytes.Equal(compact(a), compact(b)) || yield(at, a, b)
}

func compact(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Append(nil, v)
	}
	return text
}
