package casework

import (
	"crypto/ed25519"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/evidence"
	"aiqyn/registry"
	"aiqyn/service"
)

// checkAnswers turns what was typed into values that rules can read. Every
// question that applies must be answered, and nothing else may be said.
func (e *Engine) checkAnswers(svc *service.Service, typed map[string]string) (map[string]any, error) {
	vars := svc.Blank()
	vars[service.VarNow] = day(e.Clock(), e.Zone)
	answers := make(map[string]any, len(typed))
	for _, q := range svc.Ask {
		asked, err := applies(q, vars)
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(typed[q.Name])
		if !asked || (text == "" && q.Optional) {
			continue
		}
		v, err := e.value(q, text)
		if err != nil {
			return nil, err
		}
		answers[q.Name] = v
		vars[service.Variable(q.Name)] = v
	}
	for name := range typed {
		if _, ok := svc.Question(name); !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.answer-unasked").On(name)
		}
	}
	return answers, nil
}

// applies reports whether a question is asked, given the answers before it.
func applies(q service.Question, vars map[string]any) (bool, error) {
	if q.When == nil {
		return true, nil
	}
	asked, err := q.When.Program.Eval(vars)
	if err != nil {
		return false, fmt.Errorf("question %s: %w", q.Name, err)
	}
	return asked, nil
}

// Asked lists the questions of a service that apply, given some answers.
func (e *Engine) Asked(svc *service.Service, typed map[string]string) ([]service.Question, error) {
	vars := svc.Blank()
	vars[service.VarNow] = day(e.Clock(), e.Zone)
	var list []service.Question
	for _, q := range svc.Ask {
		asked, err := applies(q, vars)
		if err != nil {
			return nil, err
		}
		if !asked {
			continue
		}
		list = append(list, q)
		if v, err := e.value(q, strings.TrimSpace(typed[q.Name])); err == nil {
			vars[service.Variable(q.Name)] = v
		}
	}
	return list, nil
}

// CheckAnswer tells what is wrong with one answer, as an *aiqyn.Error on it.
func (e *Engine) CheckAnswer(svc *service.Service, question, value string, _ map[string]string) error {
	q, ok := svc.Question(question)
	if !ok {
		return aiqyn.E(aiqyn.Invalid, "error.answer-unasked").On(question)
	}
	value = strings.TrimSpace(value)
	if value == "" && q.Optional {
		return nil
	}
	_, err := e.value(q, value)
	return err
}

// maxText is the longest free text a question takes unless its pack says less.
const maxText = 2000

// value checks one answer and gives its value.
func (e *Engine) value(q service.Question, text string) (any, error) {
	wrong := func(key string, args ...any) error { return aiqyn.E(aiqyn.Invalid, key, args...).On(q.Name) }
	if text == "" {
		return nil, wrong("error.answer-required")
	}
	if !utf8.ValidString(text) {
		return nil, wrong("error.answer-type")
	}
	switch q.Type {
	case service.TypeInteger, service.TypeKilowatt:
		n, err := strconv.ParseInt(strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(text), 10, 64)
		if err != nil {
			return nil, wrong("error.answer-type")
		}
		if n < q.Min || (q.Max != 0 && n > q.Max) {
			return nil, wrong("error.answer-range", "min", q.Min, "max", q.Max)
		}
		return n, nil
	case service.TypeChoice:
		for _, c := range q.Of {
			if c.Value == text {
				return text, nil
			}
		}
		return nil, wrong("error.answer-choice")
	case service.TypeYesNo:
		if text != "yes" && text != "no" {
			return nil, wrong("error.answer-choice")
		}
		return text == "yes", nil
	case service.TypeDate:
		d, err := deadline.ParseDate(text)
		if err != nil {
			return nil, wrong("error.answer-type")
		}
		return d.String(), nil
	}
	return e.textAnswer(q, text)
}

// textAnswer checks answers that are numbers of registers, or free text.
func (e *Engine) textAnswer(q service.Question, text string) (any, error) {
	var value string
	var err error
	switch q.Type {
	case service.TypeCadastral:
		value, err = stringOf(registry.ParseCadastral(text, e.Practice))
	case service.TypeIIN:
		value, err = stringOf(registry.ParseIIN(text, e.Practice))
	case service.TypeBIN:
		value, err = stringOf(registry.ParseBIN(text, e.Practice))
	case service.TypePhone:
		value, err = stringOf(registry.ParsePhone(text))
	case service.TypeInstitution:
		value, err = institutionAnswer(text)
	default:
		limit := int64(maxText)
		if q.Max != 0 {
			limit = q.Max
		}
		value = legible(text)
		if n := int64(len([]rune(value))); n < q.Min || n > limit {
			return nil, aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", q.Min, "max", limit).On(q.Name)
		}
	}
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-type").On(q.Name).Because(err)
	}
	return value, nil
}

func stringOf[T ~string](v T, err error) (string, error) { return string(v), err }

// records turns what an officer typed into values. What need not be recorded,
// given what was recorded before it, is not: rules read it as if nobody had.
func (t *turn) records(step *service.Step, typed map[string]string) (map[string]any, error) {
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(step.Records))
	for _, q := range step.Records {
		wanted, err := applies(q, vars)
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(typed[q.Name])
		if !wanted || text == "" && q.Optional {
			continue
		}
		v, err := t.e.value(q, text)
		if err != nil {
			return nil, err
		}
		out[q.Name] = v
		vars[service.Variable(q.Name)] = v
	}
	return out, nil
}

// evidence makes the bundle that a step leaves behind and holds it against
// what the pack demands.
func (t *turn) evidence(step *service.Step, actor aiqyn.Actor, items []EvidenceItem) (*evidence.Bundle, error) {
	if len(step.Evidence) == 0 && len(items) == 0 {
		return nil, nil
	}
	s := t.rec.state
	b := &evidence.Bundle{Object: s.Object, Step: step.Name, By: actor.Officer, Previous: s.Bundle, Items: []evidence.Item{}}
	signed := false
	for _, it := range items {
		if evidence.Kind(it.Kind) == evidence.Signature {
			signed = true
			continue
		}
		item := evidence.Item{Kind: evidence.Kind(it.Kind), Time: it.Time.UTC().Truncate(time.Microsecond), Hash: it.Hash, By: actor.Officer}
		if it.Time.IsZero() {
			item.Time = t.now
		}
		if it.Lat != "" || it.Lon != "" {
			lat, errLat := strconv.ParseFloat(it.Lat, 64)
			lon, errLon := strconv.ParseFloat(it.Lon, 64)
			if errLat != nil || errLon != nil {
				return nil, aiqyn.E(aiqyn.Invalid, "error.evidence-place", "kind", it.Kind).On("place")
			}
			p := evidence.At(lat, lon)
			item.Place = &p
		}
		b.Items = append(b.Items, item)
	}
	key := t.e.keys.officer(actor.Officer)
	if signed {
		b.Sign(key)
	}
	where, err := siteOf(t.svc, t.rec)
	if err != nil {
		return nil, err
	}
	from, to := t.window()
	return b, evidence.Check(requirements(step), *b, evidence.Context{
		Object: s.Object, Step: step.Name, By: actor.Officer, Previous: s.Bundle, Where: where,
		From: from, To: to, Key: key.Public().(ed25519.PublicKey),
	})
}

// requirements are the evidence that a step demands.
func requirements(step *service.Step) []evidence.Requirement {
	want := make([]evidence.Requirement, len(step.Evidence))
	for i, w := range step.Evidence {
		want[i] = evidence.Requirement{Kind: evidence.Kind(w.Kind), Radius: w.Radius, Count: w.Count}
	}
	return want
}

// siteOf is where the object of a case is; nil if no register says so. What cannot
// be read is an error: evidence taken anywhere would do otherwise.
func siteOf(svc *service.Service, rec *record) (*evidence.Point, error) {
	facts, err := rec.known()
	if err != nil {
		return nil, err
	}
	for _, l := range svc.LookUps {
		m, _ := facts[l.Name].(map[string]any)
		lat, okLat := degrees(m["lat"])
		lon, okLon := degrees(m["lon"])
		if okLat && okLon {
			p := evidence.At(lat, lon)
			return &p, nil
		}
	}
	return nil, nil
}

func degrees(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}
