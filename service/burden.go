package service

import (
	"regexp"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/deadline"
)

// BurdenCount is what a service takes from a person, and how many hands it
// passes through: requirement R10 and R16 as numbers.
type BurdenCount struct {
	// QuestionsMin is the fewest that must be answered on any branch,
	// QuestionsMax the most that can be put on one.
	QuestionsMin int `json:"questions-min"`
	QuestionsMax int `json:"questions-max"`
	// Documents that the applicant is asked for. No type of question takes a
	// document, so it is 0 for every service that can be written down at all.
	Documents int `json:"documents"`
	LookUps   int `json:"look-ups"`  // facts read instead of asked for
	Answers   int `json:"answers"`   // steps that an officer performs without deciding
	Approvals int `json:"approvals"` // steps that an officer decides
	Visits    int `json:"visits"`
	// WorkingDays and CalendarDays are the longest that all steps together may
	// take when no clock stops; Pause is by how many days it may stop at most.
	WorkingDays  int `json:"working-days"`
	CalendarDays int `json:"calendar-days"`
	Pause        int `json:"pause"`
}

// Burden counts what a service takes.
func Burden(s *Service) BurdenCount {
	b := BurdenCount{Visits: s.Visits, LookUps: len(s.LookUps)}
	b.QuestionsMin, b.QuestionsMax = countQuestions(s.Ask)
	opened := map[deadline.Unit]int{} // steps one after the other
	filed := map[deadline.Unit]int{}  // limits on everything since the filing
	for _, step := range s.Steps {
		if step.By == aiqyn.RoleApplicant { // their own act, and their own time
			continue
		}
		switch {
		case step.By == aiqyn.RoleSystem:
		case step.Decides:
			b.Approvals++
		default:
			b.Answers++
		}
		w := longestLimit(step.Within)
		if w.Since == SinceFiled {
			filed[w.Term.Unit] = max(filed[w.Term.Unit], w.Term.Days)
			opened[w.Term.Unit] = 0 // what came before runs within it
		} else {
			opened[w.Term.Unit] += w.Term.Days
		}
		b.Pause += w.Term.Cap
	}
	b.WorkingDays = filed[deadline.WorkingDays] + opened[deadline.WorkingDays]
	b.CalendarDays = filed[deadline.CalendarDays] + opened[deadline.CalendarDays]
	return b
}

func longestLimit(list []Within) Within {
	if len(list) == 0 {
		return Within{}
	}
	return slices.MaxFunc(list, func(a, b Within) int { return a.Term.Days - b.Term.Days })
}

// maxBranches bounds how many ways through the questions are tried.
const maxBranches = 4096

// countQuestions goes through the branches: every option of a choice, both
// answers of yes-no, and of numbers the bounds and both sides of each number
// that a condition names.
func countQuestions(ask []Question) (fewest, most int) {
	var literals []int64
	for _, q := range ask {
		if q.When != nil {
			literals = append(literals, numbersIn(q.When.Expr)...)
		}
	}
	b := branches{ask: ask, literals: literals, left: maxBranches, fewest: len(ask)}
	b.walk(0, map[string]any{VarApplicant: "", VarNow: ""}, 0, 0)
	return b.fewest, b.most
}

type branches struct {
	ask          []Question
	literals     []int64
	left         int
	fewest, most int
}

func (b *branches) walk(i int, vars map[string]any, must, put int) {
	if b.left == 0 {
		return
	}
	if i == len(b.ask) {
		b.left--
		b.fewest, b.most = min(b.fewest, must), max(b.most, put)
		return
	}
	q := b.ask[i]
	name := Variable(q.Name)
	if q.When != nil && q.When.Program != nil {
		if asked, err := q.When.Program.Eval(vars); err == nil && !asked {
			vars[name] = zeroOf(q.Type.RuleType())
			b.walk(i+1, vars, must, put)
			return
		}
	}
	put++
	if !q.Optional {
		must++
	}
	for _, answer := range b.answers(q) {
		vars[name] = answer
		b.walk(i+1, vars, must, put)
	}
}

// answers lists the answers to a question that could lead to other branches.
func (b *branches) answers(q Question) []any {
	if !b.read(q.Name) {
		return []any{zeroOf(q.Type.RuleType())}
	}
	switch q.Type {
	case TypeChoice:
		list := make([]any, len(q.Of))
		for i, c := range q.Of {
			list[i] = c.Value
		}
		return list
	case TypeYesNo:
		return []any{false, true}
	case TypeInteger, TypeKilowatt:
		list := []any{q.Min, q.Max}
		for _, n := range b.literals {
			for _, near := range []int64{n - 1, n, n + 1} {
				if near > q.Min && near < q.Max && !slices.Contains(list, any(near)) {
					list = append(list, near)
				}
			}
		}
		return list
	}
	return []any{""}
}

// read reports whether any condition reads the answer.
func (b *branches) read(question string) bool {
	return slices.ContainsFunc(b.ask, func(q Question) bool {
		return q.When != nil && q.When.Program != nil && slices.Contains(q.When.Program.Uses(), Variable(question))
	})
}

var numberShape = regexp.MustCompile(`\d{1,15}`)

func numbersIn(expr string) []int64 {
	var list []int64
	for _, s := range numberShape.FindAllString(expr, -1) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			list = append(list, n)
		}
	}
	return list
}
