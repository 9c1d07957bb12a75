package web

import (
	"context"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
)

// The fake's world has one mandate in each state on either side, and a child.

func (f *fake) ActFor(_ context.Context, token string, id aiqyn.CommandID, acting string) (casework.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, "act for "+acting+" by "+string(id))
	if acting == "business/000000000000" {
		return casework.Session{}, aiqyn.E(aiqyn.Forbidden, "error.not-named").On("for")
	}
	s, _ := session(token)
	return s, f.fail
}

func (f *fake) Affairs(context.Context, aiqyn.Actor) ([]casework.Affair, error) {
	return []casework.Affair{
		{Acting: access.MandateOf(40), Name: "Сейітова Дана", Until: now.AddDate(0, 1, 0), Of: []aiqyn.ServiceID{"energy.connection"}},
		{Acting: "people.children/200505700012", Name: "Омаров Әлихан", Child: true},
	}, f.down
}

func (f *fake) Mandates(_ context.Context, who aiqyn.Actor, held bool, p casework.Page) (casework.List[casework.MandateView], error) {
	list := casework.List[casework.MandateView]{Next: "39", Items: []casework.MandateView{
		{Entry: 42, Mine: !held, Other: "••••••••0025", Given: now, Until: now.AddDate(0, 1, 0), State: casework.MandateOffered},
		{Entry: 40, Mine: !held, Other: "Сейітова Дана", Services: []aiqyn.ServiceID{"energy.connection"}, Given: now, Accepted: now, Until: now.AddDate(0, 1, 0), State: casework.MandateInForce},
		{Entry: 39, Mine: !held, Other: "Сейітова Дана", Given: now, Accepted: now, Ended: now, Until: now.AddDate(0, 1, 0), State: casework.MandateOver, Ending: casework.EventMandateEnded, EndedBy: casework.MandateHolder},
	}}
	if p.After != "" {
		list.Next = ""
	}
	return list, f.down
}
