package show

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// comparison is the simplest rule there is, and the commonest: one answer held
// against one value.
var comparison = regexp.MustCompile(`^([a-z][a-z0-9_]*) (<=|<|>=|>|==|!=) ("[^"]*"|\d+|true|false)$`)

var comparing = map[string]string{
	"<=": "web.when.at-most", "<": "web.when.below", ">=": "web.when.at-least",
	">": "web.when.above", "==": "web.when.is", "!=": "web.when.is-not",
}

// Condition says a rule in words where it is a row of plain comparisons of
// answers, and shows the rule itself where it is more.
func Condition(v *visit.Visit, svc *service.Service, c *service.Condition) string {
	if c == nil {
		return ""
	}
	var said []string
	for part := range strings.SplitSeq(c.Expr, " && ") {
		words, ok := compared(v, svc, strings.TrimSpace(part))
		if !ok {
			return c.Expr
		}
		said = append(said, words)
	}
	return strings.Join(said, ", ")
}

func compared(v *visit.Visit, svc *service.Service, expr string) (string, bool) {
	m := comparison.FindStringSubmatch(expr)
	if m == nil {
		m = yesNo(expr)
	}
	known := svc.Ask
	for _, step := range svc.Steps {
		known = append(slices.Clip(known), step.Records...)
	}
	for _, q := range known {
		if strings.ReplaceAll(q.Name, "-", "_") == m[1] {
			if m[2] == "!=" && m[3] == `""` {
				return v.T("web.when.answered", "what", v.In(q.Label)), true
			}
			return v.T(comparing[m[2]], "what", v.In(q.Label), "value", value(v, q, strings.Trim(m[3], `"`))), true
		}
	}
	return "", false
}

// yesNo reads a rule that is only a name, or its negation, as a comparison.
func yesNo(expr string) []string {
	if name, not := strings.CutPrefix(expr, "!"); not {
		return []string{expr, name, "==", "false"}
	}
	return []string{expr, expr, "==", "true"}
}

func value(v *visit.Visit, q service.Question, s string) string {
	switch q.Type {
	case service.TypeKilowatt:
		if kw, err := strconv.ParseInt(s, 10, 64); err == nil {
			return locale.Kilowatt(v.Lang, kw*1000)
		}
	case service.TypeYesNo:
		return YesNo(v, s == "true" || s == "yes")
	case service.TypeChoice:
		for _, c := range q.Of {
			if c.Value == s {
				return v.In(c.Label)
			}
		}
	}
	return s
}
