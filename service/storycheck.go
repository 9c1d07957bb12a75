package service

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/deadline"
)

// checkStories holds stories to their service: a step, reason or question that
// it does not have is a slip of the pen, found here rather than in a run.
func checkStories(s *Service, p *Pack, list []Story, file string, ps *problems) {
	road := p.Leads(s)
	for _, b := range s.Bring {
		if along, ok := p.Service(b.Service); ok {
			road = append(road, p.Leads(along)...)
		}
	}
	for _, o := range p.Services { // who is asked, and what asks
		_, asks := s.AskedIn(o.ID)
		_, asked := o.AskedIn(s.ID)
		objects := o.Objects != nil && o.Objects.To == s.ID || s.Objects != nil && s.Objects.To == o.ID
		if asks || asked || objects {
			road = append(road, o)
		}
	}
	for _, story := range list {
		given := make(map[string]bool)
		for i, line := range story.Lines {
			c := storyChecker{s: s, p: p, road: road, line: line}
			if err := c.check(); err != nil {
				ps.add(file, line.Line, "%v", err)
			}
			refused := i+1 < len(story.Lines) && strings.HasPrefix(story.Lines[i+1].Verb, "expect rejected")
			if name := speaks(line, given); name != "" && !refused {
				ps.overtaken(file, line.Line, "there is no institution %q: no line before gives it", name)
			}
		}
	}
}

// speaks is the institution that a line has speak and that no line before has given: by its
// places, or by a plot that is its. given gathers those that are.
func speaks(line StoryLine, given map[string]bool) (unknown string) {
	switch verb, name, _ := strings.Cut(line.Verb, " "); {
	case len(line.Args) == 0:
	case strings.HasPrefix(line.Verb, "given institution"):
		given[line.Args[0]] = true
	case strings.HasPrefix(line.Verb, "given plot"):
		given[line.Args[1]] = true
	case verb == string(TypeInstitution) && name != "" && !given[line.Args[0]]:
		return line.Args[0]
	}
	return ""
}

// storyChecker holds one line to the service and the pack.
type storyChecker struct {
	s    *Service
	p    *Pack
	road []*Service // the service, what leads to it and what follows it
	line StoryLine
}

func (c *storyChecker) check() error {
	if err := c.known(); err != nil {
		return err
	}
	switch c.line.Verb {
	case "applicant files":
		return c.settings(c.s.Ask)
	case "applicant files for":
		if first, ok := c.p.Service(aiqyn.ServiceID(c.line.Args[len(c.line.Args)-1])); ok {
			return c.settings(first.Ask)
		}
	case "records":
		return c.records(c.line.Args[0])
	case "applicant records":
		return c.records(string(aiqyn.RoleApplicant))
	}
	return nil
}

// known holds the words in the holes to the names that there are. The form of
// a line is found again by its verb and number of words.
func (c *storyChecker) known() error {
	arg := 0
	for _, hole := range holesOf(c.line) {
		word := c.line.Args[arg]
		arg++
		if !c.has(hole, word) {
			return fmt.Errorf("there is no %s %q", hole, word)
		}
	}
	return nil
}

// holesOf lists the holes of the form that a line was read by.
func holesOf(line StoryLine) []string {
	for _, form := range storyForms {
		if form.verb == line.Verb && len(form.holes) == len(line.Args) {
			return form.holes
		}
	}
	return nil
}

func (c *storyChecker) has(hole, word string) bool {
	switch hole {
	case "step":
		return c.any(func(s *Service) bool { _, ok := s.Step(aiqyn.StepID(word)); return ok })
	case "reason":
		return c.any(func(s *Service) bool {
			_, refuses := s.Reason(word)
			_, suspends := s.SuspendReason(word)
			_, dearer := s.Outcome.dearer(word)
			return refuses || suspends || dearer
		})
	case "service":
		return c.any(func(s *Service) bool { return string(s.ID) == word })
	case "body":
		return hasBody(c.p.Bodies, aiqyn.BodyID(word))
	case "register":
		return findRegister(c.p.Registers, word) != nil
	case "certificate":
		return slices.ContainsFunc(c.p.Certificates, func(k Certificate) bool { return k.ID == word })
	case "field":
		return c.hasField(word)
	}
	return true
}

// hasField knows what a correction may name: a record of a step, or an answer
// or fact by its own name.
func (c *storyChecker) hasField(field string) bool {
	return c.any(func(s *Service) bool { return s.hasField(field) })
}

// any reports whether something is so of one of the services of the road.
func (c *storyChecker) any(is func(*Service) bool) bool { return slices.ContainsFunc(c.road, is) }

func (svc *Service) hasField(field string) bool {
	step, name, ok := strings.Cut(field, ".")
	if ok {
		s, found := svc.Step(aiqyn.StepID(step))
		if !found {
			return false
		}
		_, found = findQuestion(s.Records, name)
		return found
	}
	_, asked := svc.Question(field)
	return asked || slices.ContainsFunc(svc.LookUps, func(l LookUp) bool { return l.Name == field })
}

// records allows the records of any step of the officer, of every step to
// whoever is over them, and the evidence.
func (c *storyChecker) records(by string) error {
	var all []Question
	for _, s := range c.road {
		for _, step := range s.Steps {
			if string(step.By) == by || string(step.Silence.To) == by {
				all = append(all, step.Records...)
			}
		}
	}
	if kinds, ok := c.line.Get("evidence"); ok {
		for kind := range strings.SplitSeq(kinds, ",") {
			if !slices.Contains(evidenceKinds, kind) {
				return fmt.Errorf("there is no evidence %q", kind)
			}
		}
	}
	return c.settings(all, "evidence")
}

// settings holds the answers of a line to the questions there are. Only what
// cannot be an answer at all is refused: a story may tell of a wrong one.
func (c *storyChecker) settings(list []Question, others ...string) error {
	for _, s := range c.line.Set {
		q, ok := findQuestion(list, s.Name)
		if !ok && !slices.Contains(others, s.Name) {
			return fmt.Errorf("there is no question %q", s.Name)
		}
		if ok && !q.Reads(s.Value) {
			return fmt.Errorf("%s=%s: not a %s", s.Name, s.Value, q.Type)
		}
	}
	return nil
}

// Reads reports whether an answer is of the question's type, whatever its size.
func (q Question) Reads(answer string) bool {
	switch q.Type {
	case TypeInteger, TypeKilowatt:
		_, err := strconv.ParseInt(answer, 10, 64)
		return err == nil
	case TypeYesNo:
		return answer == "yes" || answer == "no"
	case TypeChoice:
		return slices.ContainsFunc(q.Of, func(c Choice) bool { return c.Value == answer })
	case TypeDate:
		_, err := deadline.ParseDate(answer)
		return err == nil
	case TypeCadastral:
		return holes["parcel"](answer) == nil
	case TypeIIN, TypeBIN:
		return holes["iin"](answer) == nil
	}
	return answer != ""
}

// Allows reports whether an answer of the right type is within the bounds of
// the question.
func (q Question) Allows(answer string) bool {
	if !q.Reads(answer) {
		return false
	}
	switch q.Type {
	case TypeInteger, TypeKilowatt:
		n, _ := strconv.ParseInt(answer, 10, 64)
		return n >= q.Min && n <= q.Max
	case TypeText:
		n := int64(utf8.RuneCountInString(answer))
		return n >= q.Min && n <= q.Max
	}
	return true
}
