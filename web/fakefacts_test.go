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

// atTheCounter is a consent that waits for its second clerk.
const atTheCounter = "7"

func (f *fake) WitnessConsent(_ context.Context, _ aiqyn.Actor, c casework.Consenting, d casework.PersonDocument) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case len(c.Person) != 12:
		return aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	case d == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("document")
	}
	f.sent = append(f.sent, d)
	return f.fail
}

func (f *fake) Witnessed(_ context.Context, viewer aiqyn.Actor) ([]casework.WitnessedView, error) {
	if viewer.Role != aiqyn.RoleReader {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	one := casework.WitnessedView{ID: atTheCounter, Person: "900101300017", Register: "people.address", Document: casework.Passport, By: "reader-02", Asked: now}
	own := one
	own.ID, own.By, own.Mine = "MINE", viewer.Officer, true
	return []casework.WitnessedView{one, own}, nil
}

func (f *fake) CountersignConsent(_ context.Context, by aiqyn.Actor, id string) (c casework.Consenting, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return c, f.fail
	}
	if id != atTheCounter {
		return c, aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	}
	f.sent = append(f.sent, id)
	return casework.Consenting{Person: "900101300017", Register: "people.address"}, nil
}

func (f *fake) ConsentFiling(asker aiqyn.Actor, c casework.Consenting) (casework.File, error) {
	if len(c.Person) != 12 {
		return casework.File{}, aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	}
	return casework.File{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: c.Person}, Service: "address.certificate", Answers: map[string]string{"use": "consent", "reader": string(asker.Body)}}, nil
}

func (f *fake) ConsentByCard(_ context.Context, _ aiqyn.Actor, _ aiqyn.CommandID, c casework.Consenting, cms []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if string(cms) != "CMS" {
		return aiqyn.E(aiqyn.Invalid, "error.signature-malformed").On("cms")
	}
	f.sent = append(f.sent, c)
	return f.fail
}
