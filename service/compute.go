package service

import (
	"slices"
	"strings"

	"aiqyn/rule"
)

// Compute is a registered computation run on answers and facts.
type Compute struct {
	Name string     // the name rules know its output by
	With string     // "grid.connection-points@1"
	From []string   // answers, look-ups and earlier computations it gets
	When *Condition // over answers and look-ups; nil: always. Where it does not hold nothing is computed, and rules read nothing
}

// computes checks where computations get their inputs from, and that none
// waits for itself.
func (c *checker) computes() {
	known := map[string]bool{}
	for _, q := range c.s.Ask {
		known[q.Name] = true
	}
	for _, l := range c.s.LookUps {
		known[l.Name] = true
	}
	for _, step := range c.s.Steps {
		for _, q := range step.Records {
			known[q.Name] = true
		}
	}
	inputs := map[string][]string{}
	for _, k := range c.s.Compute {
		inputs[k.Name] = k.From
	}
	for _, k := range c.s.Compute {
		path := "compute." + k.Name
		if strings.Contains(k.With, "@") && c.options.Computations != nil && !slices.Contains(c.options.Computations, k.With) {
			c.doc.fail(path+".with", "computation %q is not registered", k.With)
		}
		for _, from := range k.From {
			if _, ok := inputs[from]; !known[from] && !ok {
				c.doc.fail(path+".from", "there is no answer, look-up, record or computation %q", from)
			}
		}
		c.condition(path+".when", k.When, "it is never computed")
		if waitsFor(k.Name, k.Name, inputs, map[string]bool{}) {
			c.doc.fail(path+".from", "the computation waits for its own output")
		}
	}
}

// waitsFor reports whether computation name needs target, directly or not.
func waitsFor(name, target string, inputs map[string][]string, seen map[string]bool) bool {
	for _, from := range inputs[name] {
		if from == target {
			return true
		}
		if !seen[from] {
			seen[from] = true
			if waitsFor(from, target, inputs, seen) {
				return true
			}
		}
	}
	return false
}

// ComputeOrder lists the computations so that each comes after its inputs.
func (s *Service) ComputeOrder() []Compute { return s.order(s.Compute) }

// ComputeFor lists the computations that a rule reads, and those that they take, so
// that each comes after its inputs.
func (s *Service) ComputeFor(p *rule.Program) []Compute {
	var read []Compute
	for _, k := range s.Compute {
		if slices.ContainsFunc(p.Uses(), func(name string) bool {
			variable, _, _ := strings.Cut(name, ".")
			return variable == Variable(k.Name)
		}) {
			read = append(read, k)
		}
	}
	return s.order(read)
}

func (s *Service) order(wanted []Compute) []Compute {
	var order []Compute
	done := map[string]bool{}
	var add func(k Compute)
	add = func(k Compute) {
		if done[k.Name] {
			return
		}
		done[k.Name] = true
		for _, other := range s.Compute {
			if slices.Contains(k.From, other.Name) {
				add(other)
			}
		}
		order = append(order, k)
	}
	for _, k := range wanted {
		add(k)
	}
	return order
}
