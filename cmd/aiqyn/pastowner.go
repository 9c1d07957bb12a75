package main

import (
	"context"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// stepAnswer is where an owner says whether they agree.
const stepAnswer = "answer"

// stillAsked is for how long before the present the first owner of a substation leaves
// unanswered what they are asked: a visitor finds it.
const stillAsked = 40 * time.Hour

// answer has the owners of substations answer what they were asked by now: most agree,
// some do not, and now and then one says nothing.
func (l *living) answer(ctx context.Context) error {
	late := l.clock.now().After(l.present.Add(-stillAsked))
	for _, right := range l.owners {
		for i, h := range right.Holders {
			if late && i == 0 {
				continue
			}
			if err := l.answerAs(ctx, h.Person, late); err != nil {
				return err
			}
		}
	}
	return nil
}

// answerAs has one of them answer, or agree to everything.
func (l *living) answerAs(ctx context.Context, owner aiqyn.PersonID, agree bool) error {
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
			if !agree {
				continue
			}
		case 2:
			if !agree {
				records = map[string]string{"consent": "no", "consent-refused": "own-need"}
			}
		}
		_, err := l.Do(ctx, casework.Perform{ID: l.id(), Actor: them, Ref: line.Ref, Step: stepAnswer, Records: records})
		if err != nil && aiqyn.KindOf(err) != aiqyn.Conflict { // what the other has said may be enough
			return err
		}
	}
	return nil
}
