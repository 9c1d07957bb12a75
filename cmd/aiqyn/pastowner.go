package main

import (
	"context"

	"aiqyn"
	"aiqyn/casework"
)

// stepAnswer is where an owner says whether they agree.
const stepAnswer = "answer"

// answer has the owners of substations answer what they were asked by now: most agree,
// some do not, and now and then one says nothing.
func (l *living) answer(ctx context.Context) error {
	for _, owner := range l.owners {
		them := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: owner}
		mine, err := l.Mine(ctx, them, casework.Page{})
		if err != nil {
			return err
		}
		for n, line := range mine.Items {
			if !line.Answer || line.Status != casework.StatusOpen {
				continue
			}
			records := map[string]string{"consent": "yes"}
			switch (len(mine.Items) - n) % 4 {
			case 3:
				continue
			case 2:
				records = map[string]string{"consent": "no", "consent-refused": "own-need"}
			}
			if _, err := l.Do(ctx, casework.Perform{ID: l.id(), Actor: them, Ref: line.Ref, Step: stepAnswer, Records: records}); err != nil {
				return err
			}
		}
	}
	return nil
}
