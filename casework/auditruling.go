package casework

import (
	"bytes"
	"errors"
	"slices"

	"aiqyn/rule"
	"aiqyn/service"
)

// restsOn holds a decision to the ruling before it: a refusal to a reason that is true
// by it, a grant to none being so.
func (c *caseAudit) restsOn(ev *event, ruling int64, reason string) {
	r := c.verdict
	switch {
	case r == nil || c.verdictAt != ruling:
		c.wrong(ev.index, "is not decided on the ruling before it")
	case reason == "" && !r.Grant:
		c.wrong(ev.index, "grants what the ruling before it refuses")
	case reason != "" && !slices.ContainsFunc(r.Reasons, func(x reasoned) bool { return x.Name == reason && x.True }):
		c.wrong(ev.index, "refuses for a reason that is not true by the ruling before it")
	}
}

// remake runs a recorded ruling again and names the first difference.
func (e *Engine) remake(svc *service.Service, rec *record, r *ruled) (problem string, vars map[string]any, err error) {
	vars, err = e.variables(svc, rec, rec.state.Last)
	if err != nil {
		return "", nil, err
	}
	vars[service.VarNow] = r.Now
	for i := range r.Computed {
		x := &r.Computed[i]
		comp, ok := e.Computations[x.With]
		if !ok {
			return "", nil, errors.New("computation " + x.With + " is not in this binary")
		}
		out, err := comp.Run(x.In, e.snapshots)
		if err != nil {
			return "", nil, err
		}
		if !bytes.Equal(out, x.Out) {
			return x.With + " answers otherwise", nil, nil
		}
		value, err := rule.NormaliseJSON(out)
		if err != nil {
			return "", nil, err
		}
		vars[service.Variable(x.Name)] = value
		if ofSearch(x.With) {
			x.from = searchedAs(x.In, x.Out, Stamp{}, value)
		}
	}
	problem, err = reasonsAgain(svc, vars, r)
	return problem, vars, err
}

// reasonsAgain tries every reason to refuse again.
func reasonsAgain(svc *service.Service, vars map[string]any, r *ruled) (string, error) {
	if len(svc.Refuse) != len(r.Reasons) {
		return "the pack has another list of reasons", nil
	}
	grant := true
	for i, reason := range svc.Refuse {
		is, err := reason.When.Program.Eval(vars)
		if err != nil {
			return "", err
		}
		if reason.Name != r.Reasons[i].Name || is != r.Reasons[i].True {
			return "reason " + reason.Name, nil
		}
		grant = grant && !is
	}
	if grant != r.Grant {
		return "the outcome does not follow from the reasons", nil
	}
	return "", nil
}
