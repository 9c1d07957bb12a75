package service

import (
	"maps"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/rule"
)

// Names that every rule may read beside those of its service.
const (
	VarApplicant = "applicant" // IIN or BIN
	VarNow       = "now"       // the civil day, "2026-05-09"
)

// Variable is how rules call what the pack calls name.
func Variable(name string) string { return strings.ReplaceAll(name, "-", "_") }

// RuleType is the type under which rules read an answer.
func (t QuestionType) RuleType() rule.Type {
	switch t {
	case TypeInteger, TypeKilowatt:
		return rule.Int
	case TypeYesNo:
		return rule.Bool
	}
	return rule.String
}

// Env declares everything that rules of the service may read.
func (s *Service) Env() *rule.Env { return s.env }

// Question finds a question that may be asked.
func (s *Service) Question(name string) (Question, bool) { return findQuestion(s.Ask, name) }

func findQuestion(list []Question, name string) (Question, bool) {
	for _, q := range list {
		if q.Name == name {
			return q, true
		}
	}
	return Question{}, false
}

// Step finds a step by its name.
func (s *Service) Step(id aiqyn.StepID) (*Step, bool) {
	if id == StepAppeal && s.Appeal != nil {
		return s.Appeal.Step, true
	}
	if id == StepCorrection && s.Correction != nil {
		return s.Correction.Step, true
	}
	if id == StepPayment && s.Fee.Pay != nil {
		return s.Fee.Pay, true
	}
	for _, step := range s.Steps {
		if step.Name == id {
			return step, true
		}
	}
	return nil, false
}

// Reason finds one of the closed list of reasons to refuse.
func (s *Service) Reason(name string) (Reason, bool) {
	for _, r := range s.Refuse {
		if r.Name == name {
			return r, true
		}
	}
	return Reason{}, false
}

// SuspendReason finds one of the closed list of reasons to stop the clock.
func (s *Service) SuspendReason(name string) (SuspendReason, bool) {
	for _, r := range s.Suspend {
		if r.Name == name {
			return r, true
		}
	}
	return SuspendReason{}, false
}

// Blank is what rules read before anything is answered, found or recorded.
// Whoever evaluates rules starts from it and puts values over it, each under
// its [Variable].
func (s *Service) Blank() map[string]any { return maps.Clone(s.blank) }

func (s *Service) zeroes() map[string]any {
	vars := map[string]any{VarApplicant: "", VarNow: ""}
	for _, q := range s.asked() {
		vars[Variable(q.Name)] = zeroOf(q.Type.RuleType())
	}
	for _, l := range s.LookUps {
		vars[Variable(l.Name)] = map[string]any{}
	}
	for _, c := range s.Compute {
		vars[Variable(c.Name)] = map[string]any{}
	}
	return vars
}

// asked are all questions, those of the steps after the applicant's.
func (s *Service) asked() []Question {
	list := slices.Clone(s.Ask)
	for _, step := range s.Steps {
		list = append(list, step.Records...)
	}
	return list
}

func zeroOf(t rule.Type) any {
	switch t {
	case rule.Int:
		return int64(0)
	case rule.Bool:
		return false
	}
	return ""
}
