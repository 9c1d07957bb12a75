package casework

import (
	"context"
	"time"

	"aiqyn"
)

// StepLoad is how many cases of a body stand at one step now. Ages are counted
// from the filing, in calendar days.
type StepLoad struct {
	Service             aiqyn.ServiceID
	Step                aiqyn.Text
	Open, Late          int // Late: the clock runs and has run out
	Week, Month, Longer int // up to 7 days old, up to 30, older; together they are Open
}

// Workload counts what lies open in the body of a head, step by step.
func (e *Engine) Workload(ctx context.Context, viewer aiqyn.Actor) ([]StepLoad, error) {
	if viewer.Role != aiqyn.RoleHead || viewer.Officer == "" || viewer.Body == "" {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	now := e.Clock()
	const day = 24 * time.Hour
	rows, err := e.Store.OpenSteps(ctx, string(viewer.Body), now, now.Add(-7*day), now.Add(-30*day))
	if err != nil {
		return nil, err
	}
	list := make([]StepLoad, 0, len(rows))
	for _, r := range rows {
		load := StepLoad{
			Service: aiqyn.ServiceID(r.Service), Step: aiqyn.Text{KK: r.Step, RU: r.Step, EN: r.Step}, Open: int(r.N), Late: int(r.Late),
			Week: int(r.N - r.BeforeOld), Month: int(r.BeforeOld - r.BeforeOlder), Longer: int(r.BeforeOlder),
		}
		if svc, ok := e.Pack().Service(load.Service); ok {
			if step := findStep(svc, aiqyn.StepID(r.Step)); step != nil {
				load.Step = step.Title
			}
		}
		list = append(list, load)
	}
	return list, nil
}
