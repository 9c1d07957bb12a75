package web

import (
	"context"
	"encoding/json"

	"aiqyn"
	"aiqyn/casework"
)

// told is the code that somebody at the fake's counter tells, and once said yes to.
const told = "482193"

func (f *fake) MayAsk(asker aiqyn.Actor) ([]casework.ConsentView, error) {
	if asker.Role != aiqyn.RoleReader {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	svc, _ := f.Pack().Service("address.certificate")
	q, _ := svc.Question("reader")
	return []casework.ConsentView{{Register: "people.address", Service: svc, Reader: q.Of[0].Label}}, nil
}

func (f *fake) AskConsent(_ context.Context, _ aiqyn.Actor, c casework.Consenting) error {
	if len(c.Person) != 12 {
		return aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, c)
	return f.fail
}

func (f *fake) ConsentHere(_ context.Context, _ aiqyn.Actor, c casework.Consenting, code string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sent = append(f.sent, c); f.fail != nil {
		return f.fail
	}
	if code != told {
		return aiqyn.E(aiqyn.Invalid, "error.consent-code").On("code")
	}
	return nil
}

// aFact is what a reading shows.
func aFact(svc casework.ConsentView) *casework.FactView {
	return &casework.FactView{Name: "address", Register: svc.Register, Purpose: svc.Service.LookUps[0].Purpose, At: now, Source: "people.address/7",
		Value: json.RawMessage(`{"region":"710000000","text":"Астана, Сарайшық көшесі, 5"}`)}
}
