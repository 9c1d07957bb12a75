package officer

import (
	"slices"
	"strings"

	"aiqyn/casework"
	"aiqyn/service"
)

// open reports whether a reason asks for what a step has still to record. A step that
// was performed has nothing to add, also where it had no cause to answer a question of
// its own; nor has one that the case went past without it.
func open(c *casework.CaseView, r service.Reason) bool {
	steps := c.Service.Steps
	if c.Step != nil {
		now := slices.IndexFunc(steps, func(step *service.Step) bool { return step.Name == c.Step.Name })
		steps = steps[max(0, now):]
	}
	return slices.ContainsFunc(steps, func(step *service.Step) bool {
		return !performed(c, step) && slices.ContainsFunc(step.Records, func(q service.Question) bool { return restsOn(c.Service, r, q.Name) })
	})
}

func performed(c *casework.CaseView, step *service.Step) bool {
	return slices.ContainsFunc(c.Events, func(e casework.EventView) bool {
		return e.Kind == casework.EventPerformed && e.Step != nil && e.Step.Name == step.Name
	})
}

// restsOn reports whether the rule of a reason reads a record, or what is computed
// from it; computations come in the order in which one may take another's output.
func restsOn(svc *service.Service, r service.Reason, record string) bool {
	names := []string{record}
	for _, c := range svc.Compute {
		if slices.ContainsFunc(c.From, func(from string) bool { return slices.Contains(names, from) }) {
			names = append(names, c.Name)
		}
	}
	return slices.ContainsFunc(r.When.Program.Uses(), func(read string) bool {
		variable, _, _ := strings.Cut(read, ".")
		return slices.ContainsFunc(names, func(name string) bool { return service.Variable(name) == variable })
	})
}
