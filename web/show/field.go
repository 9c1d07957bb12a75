package show

import (
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/rule"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Field is the input that asks a question of a pack, with what was answered
// and what is wrong with it. As a heading it is the only thing its page asks.
func Field(v *visit.Visit, q service.Question, value, fault string, heading bool) ui.Field {
	label, hint := v.In(q.Label), v.In(q.Hint)
	if q.Optional {
		label = v.T("web.optional", "question", label)
	}
	switch q.Type {
	case service.TypeChoice, service.TypeYesNo, service.TypeInstitution:
		r := &ui.Radios{Name: q.Name, Label: label, Hint: hint, Error: fault, Heading: heading}
		for _, c := range choices(v, q) {
			c.Checked = c.Value == value
			r.Options = append(r.Options, c)
		}
		return ui.Field{Radios: r}
	case service.TypeDate:
		d := &ui.DateInput{Name: q.Name, Label: label, Hint: hint, Error: fault, Heading: heading}
		d.Year, d.Month, d.Day = dateParts(value)
		return ui.Field{Date: d}
	case service.TypeText:
		if q.Max > 200 {
			return ui.Field{Textarea: &ui.Textarea{Name: q.Name, Label: label, Hint: hint, Value: value, Error: fault, Heading: heading}}
		}
	}
	i := &ui.Input{Name: q.Name, Label: label, Hint: hint, Value: value, Error: fault, Heading: heading, Plain: q.Type != service.TypeText}
	switch q.Type {
	case service.TypeKilowatt:
		i.Mode, i.Width, i.Suffix = "numeric", "5", v.T("web.kw")
	case service.TypeInteger:
		i.Mode, i.Width = "numeric", "10"
	case service.TypeIIN, service.TypeBIN:
		i.Mode, i.Width = "numeric", "10"
	case service.TypePhone:
		i.Mode, i.Width, i.Type, i.Autocomplete = "tel", "20", "tel", "tel"
	case service.TypeCadastral:
		i.Width = "20"
	}
	return ui.Field{Input: i}
}

// OnlyIf adds to a question's hint, in the visit's language, when it is to be
// answered: on a page where all are asked at once somebody must say so.
func OnlyIf(v *visit.Visit, svc *service.Service, q service.Question) service.Question {
	if q.When != nil {
		hint := strings.TrimSpace(v.In(q.Hint) + " " + v.T("web.service.only-if", "when", Condition(v, svc, q.When)))
		q.Hint = aiqyn.Text{KK: hint, RU: hint, EN: hint}
	}
	return q
}

func choices(v *visit.Visit, q service.Question) []ui.Option {
	if q.Type == service.TypeYesNo {
		return []ui.Option{{Value: "yes", Label: v.T("web.yes")}, {Value: "no", Label: v.T("web.no")}}
	}
	var options []ui.Option
	for _, c := range q.Of {
		options = append(options, ui.Option{Value: c.Value, Label: v.In(c.Label), Hint: v.In(c.Hint)})
	}
	return options
}

// dateParts takes "2026-12-05" apart; what is no date yet keeps its pieces.
func dateParts(value string) (year, month, day string) {
	parts := append(strings.SplitN(value, "-", 3), "", "", "")
	trim := func(s string) string { return strings.TrimLeft(s, "0") }
	return parts[0], trim(parts[1]), trim(parts[2])
}

// Typed is what the form says to a question, in the form that packs write:
// numbers without blanks, dates as 2026-12-05.
func Typed(v *visit.Visit, q service.Question) string {
	switch q.Type {
	case service.TypeDate:
		y, m, d := v.Field(q.Name+"-year"), v.Field(q.Name+"-month"), v.Field(q.Name+"-day")
		if y+m+d == "" {
			return ""
		}
		return y + "-" + two(m) + "-" + two(d)
	case service.TypeInteger, service.TypeKilowatt, service.TypeIIN, service.TypeBIN, service.TypePhone, service.TypeCadastral:
		return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(v.Field(q.Name))
	}
	return v.Field(q.Name)
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// Asked lists the questions that the answers so far lead to: the closed list
// less those whose condition does not hold.
func Asked(svc *service.Service, answers map[string]string) ([]service.Question, error) {
	vars := svc.Blank()
	var asked []service.Question
	for _, q := range svc.Ask {
		if q.When != nil {
			applies, err := q.When.Program.Eval(vars)
			if err != nil {
				return nil, err
			}
			if !applies {
				continue
			}
		}
		asked = append(asked, q)
		if value, ok := ruleValue(q, answers[q.Name]); ok {
			vars[service.Variable(q.Name)] = value
		}
	}
	return asked, nil
}

// ruleValue is an answer as rules read it.
func ruleValue(q service.Question, answer string) (any, bool) {
	if !q.Reads(answer) {
		return nil, false
	}
	switch q.Type.RuleType() {
	case rule.Int:
		n, err := strconv.ParseInt(answer, 10, 64)
		return n, err == nil
	case rule.Bool:
		return answer == "yes", true
	}
	return answer, true
}
