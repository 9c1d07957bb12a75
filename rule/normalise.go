package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"aiqyn/canonical"
)

// Normalise makes facts of decoded JSON: every whole number becomes an int64.
// It copies what it changes. A fraction stays as it is, and a rule that reads
// it fails; [NormaliseJSON] refuses it at once.
func Normalise(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = Normalise(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Normalise(item)
		}
		return out
	case json.Number:
		if n, err := whole(string(v)); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= maxExact {
			return int64(v)
		}
	case int:
		return int64(v)
	case int32:
		return int64(v)
	}
	return v
}

// maxExact is the largest whole number up to which float64 skips none.
const maxExact = 1 << 53

// NormaliseJSON decodes one JSON value into facts. Numbers must be whole and
// fit an int64; a fraction is an error.
func NormaliseJSON(data []byte) (any, error) {
	if v, ok := canonical.Whole(data); ok {
		return v, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode facts: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode facts: something follows the value")
	}
	return wholeNumbers(v)
}

// wholeNumbers replaces the numbers of v, which nobody else holds, in place.
func wholeNumbers(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return whole(string(v))
	case map[string]any:
		for name, item := range v {
			n, err := wholeNumbers(item)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			v[name] = n
		}
	case []any:
		for i, item := range v {
			n, err := wholeNumbers(item)
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i, err)
			}
			v[i] = n
		}
	}
	return v, nil
}

// whole reads "12", and "12.0" and "1.2e1", which say the same.
func whole(s string) (int64, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > maxExact {
		return 0, fmt.Errorf("%s is not a whole number", s)
	}
	return int64(f), nil
}
