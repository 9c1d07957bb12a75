package grid

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// dssParam is one word of a command: name=value, or a value alone.
type dssParam struct {
	name, value string // the name in lower case; brackets and quotes are kept around arrays
}

func dssPlace(file string, line int) string {
	if file == "" {
		return strconv.Itoa(line)
	}
	return fmt.Sprintf("%s:%d", clip([]byte(file)), line)
}

// dssParams splits a command into its words; ok is false when a bracket or a
// quote is not closed.
func dssParams(s string) (list []dssParam, ok bool) {
	for {
		s = strings.TrimLeft(s, " \t,")
		if s == "" || s[0] == '!' || strings.HasPrefix(s, "//") {
			return list, true
		}
		var word string
		if word, s, ok = dssWord(s); !ok {
			return nil, false
		}
		rest := strings.TrimLeft(s, " \t")
		if strings.HasPrefix(rest, "=") {
			value := ""
			if rest = strings.TrimLeft(rest[1:], " \t"); rest != "" && rest[0] != '!' {
				if value, rest, ok = dssWord(rest); !ok {
					return nil, false
				}
			}
			list, s = append(list, dssParam{strings.ToLower(word), value}), rest
			continue
		}
		if word == "" {
			return nil, false
		}
		list = append(list, dssParam{"", word})
	}
}

const dssClosing = `)]}"'`

// dssWord takes one word off the front; what stands in brackets or quotes is
// one word, and keeps its brackets.
func dssWord(s string) (word, rest string, ok bool) {
	if i := strings.IndexByte(`([{"'`, s[0]); i >= 0 {
		end := strings.IndexByte(s[1:], dssClosing[i])
		if end < 0 {
			return "", "", false
		}
		return s[:end+2], s[end+2:], true
	}
	end := strings.IndexAny(s, " \t,=!")
	if end < 0 {
		end = len(s)
	}
	if slash := strings.Index(s[:end], "//"); slash >= 0 {
		end = slash
	}
	return s[:end], s[end:], true
}

// dssBare is a value without its brackets.
func dssBare(v string) string {
	if len(v) >= 2 && strings.IndexByte(`([{"'`, v[0]) >= 0 {
		return strings.TrimSpace(v[1 : len(v)-1])
	}
	return v
}

// dssNumber reads a value: a number, or arithmetic in reverse Polish notation as
// in (8 1000 /).
func dssNumber(v string) (float64, bool) {
	if v == dssBare(v) {
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	var stack []float64
	for _, w := range strings.FieldsFunc(dssBare(v), func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		if f, err := strconv.ParseFloat(w, 64); err == nil {
			stack = append(stack, f)
			continue
		}
		if stack = reckon(stack, strings.ToLower(w)); stack == nil {
			return 0, false
		}
	}
	if len(stack) != 1 || math.IsInf(stack[0], 0) || math.IsNaN(stack[0]) {
		return 0, false
	}
	return stack[0], true
}

// reckon applies an operator to the top of the stack, nil when it cannot.
func reckon(stack []float64, op string) []float64 {
	n := len(stack)
	one := map[string]func(float64) float64{
		"sqr": func(a float64) float64 { return a * a }, "sqrt": math.Sqrt, "inv": func(a float64) float64 { return 1 / a },
	}
	if f := one[op]; f != nil && n >= 1 {
		return append(stack[:n-1], f(stack[n-1]))
	}
	if n < 2 {
		return nil
	}
	a, b := stack[n-2], stack[n-1]
	switch stack = stack[:n-2]; op {
	case "+":
		return append(stack, a+b)
	case "-":
		return append(stack, a-b)
	case "*":
		return append(stack, float64(a*b))
	case "/":
		return append(stack, a/b)
	case "^":
		return append(stack, math.Pow(a, b))
	}
	return nil
}

// dssList splits an array.
func dssList(v string) []string {
	return strings.FieldsFunc(dssBare(v), func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
}

// dssNumbers reads an array of numbers.
func dssNumbers(v string) ([]float64, bool) {
	var list []float64
	for _, w := range dssList(v) {
		f, ok := dssNumber(w)
		if !ok {
			return nil, false
		}
		list = append(list, f)
	}
	return list, len(list) > 0
}

// dssPositive reads a 3×3 matrix, whole or its lower triangle, and returns its
// positive sequence: the diagonal less the coupling. ok is false when phases
// differ.
func dssPositive(v string) (positive float64, ok bool) {
	rows := strings.Split(dssBare(v), "|")
	if len(rows) == 1 { // one number is all three phases without coupling, or a phase alone
		return 0, false
	}
	var self, mutual []float64
	for i, row := range rows {
		list, ok := dssNumbers(row)
		if !ok || len(list) != i+1 && len(list) != len(rows) {
			return 0, false
		}
		for j, f := range list {
			if i == j {
				self = append(self, f)
			} else {
				mutual = append(mutual, f)
			}
		}
	}
	if len(rows) != 3 || !alike(self) || !alike(mutual) {
		return 0, false
	}
	return self[0] - mutual[0], true
}

func alike(list []float64) bool {
	for _, f := range list {
		if math.Abs(f-list[0]) > 1e-9*math.Abs(list[0]) {
			return false
		}
	}
	return len(list) > 0
}

// metres in each unit of length of OpenDSS; "none" has none.
var dssMetres = map[string]float64{"mi": 1609.344, "kft": 304.8, "km": 1000, "m": 1, "ft": 0.3048, "in": 0.0254, "cm": 0.01, "mm": 0.001}

// dssTruth reads yes and no.
func dssTruth(v string) (yes, ok bool) {
	switch v := strings.ToLower(dssBare(v)); {
	case v == "":
		return false, false
	case v[0] == 'y' || v[0] == 't':
		return true, true
	case v[0] == 'n' || v[0] == 'f':
		return false, true
	}
	return false, false
}
