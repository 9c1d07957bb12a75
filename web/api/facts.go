package api

import (
	"encoding/json"
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

func factRoutes() []Route {
	typed := []aiqyn.ErrorKind{aiqyn.Invalid, aiqyn.NotFound}
	return []Route{
		{"POST", "/facts/ask", access.ActionReadFact, askConsent, Operation{Name: "askConsent", Names: true,
			Says:  "Has a person asked by SMS whether one's body may read a fact of theirs, once. The answer does not tell whether there is such a person.",
			Takes: consentAskedIn{}, Gives: askedJSON{}, Fails: typed}},
		{"POST", "/facts/consent", access.ActionReadFact, consentHere, Operation{Name: "consentAtCounter", Names: true,
			Says:  "Takes the code that a person at the counter has told, who was asked here: it is their consent.",
			Takes: consentToldIn{}, Gives: askedJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.Invalid}}},
		{"POST", "/facts/witness", access.ActionReadFact, witnessConsent, Operation{Name: "witnessConsent", Names: true,
			Says:  "Says that a person stands at the counter, has shown a document and agrees. It counts once a second clerk of the body says so too, within half an hour.",
			Takes: witnessIn{}, Gives: askedJSON{}, Fails: append(typed, aiqyn.TooMany)}},
		{"GET", "/facts/witnessed", access.ActionReadFact, witnessed, Operation{Name: "listWitnessed",
			Says: "The consents at the counter of one's body that wait for a second clerk.", Gives: witnessedJSON{}}},
		{"POST", "/facts/witnessed/{id}/confirm", access.ActionReadFact, confirmWitnessed, Operation{Name: "confirmWitnessed",
			Says:  "The word of the second clerk, who has seen the person and the document too: then the person has consented, and is told.",
			Gives: askedJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}}},
		{"POST", "/facts/read", access.ActionReadFact, readFact, Operation{Name: "readFact", Names: true,
			Says: "Reads a fact that the person has let one's body read, once. Without consent it is recorded, and the person sees it.", Takes: readFactIn{}, Gives: factReadJSON{}}},
	}
}

type consentAskedIn struct {
	Person   aiqyn.PersonID `json:"person" doc:"IIN."`
	Register string         `json:"register" doc:"That has the fact, such as people.address."`
	Here     bool           `json:"here,omitempty" doc:"The person stands at the counter and is sent a code to tell; otherwise they answer the SMS."`
}

type consentToldIn struct {
	Person   aiqyn.PersonID `json:"person" doc:"IIN."`
	Register string         `json:"register"`
	Code     string         `json:"code"`
}

type askedJSON struct {
	Taken bool `json:"taken" doc:"Always true: what has come of it for the person is not told."`
}

func askConsent(v *visit.Visit) error {
	var in consentAskedIn
	if err := read(v, &in); err != nil {
		return err
	}
	if err := v.Engine.AskConsent(v.Context(), v.Actor(), casework.Consenting{Person: in.Person, Register: in.Register, Here: in.Here}); err != nil {
		return err
	}
	return send(v, http.StatusOK, askedJSON{true})
}

func consentHere(v *visit.Visit) error {
	var in consentToldIn
	if err := read(v, &in); err != nil {
		return err
	}
	if err := v.Engine.ConsentHere(v.Context(), v.Actor(), casework.Consenting{Person: in.Person, Register: in.Register, Here: true}, in.Code); err != nil {
		return err
	}
	return send(v, http.StatusOK, askedJSON{true})
}

type readFactIn struct {
	actIn
	Person   aiqyn.PersonID `json:"person" doc:"IIN."`
	Register string         `json:"register"`
}

type factReadJSON struct {
	Register string          `json:"register"`
	Value    json.RawMessage `json:"value" doc:"As the register answered."`
	At       moment          `json:"at" doc:"As of when the register answers."`
	Source   string          `json:"source"`
}

func readFact(v *visit.Visit) error {
	var in readFactIn
	if err := read(v, &in); err != nil {
		return err
	}
	got, err := v.Engine.Do(v.Context(), casework.ReadFact{ID: in.Command, Actor: v.Actor(), Person: in.Person, Register: in.Register})
	if err != nil {
		return err
	}
	if got.Fact == nil {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	return send(v, http.StatusOK, factReadJSON{got.Fact.Register, got.Fact.Value, rfc(got.Fact.At), got.Fact.Source})
}

type witnessIn struct {
	Person   aiqyn.PersonID          `json:"person" doc:"IIN."`
	Register string                  `json:"register"`
	Document casework.PersonDocument `json:"document" doc:"identity-card, passport or residence-permit."`
}

func witnessConsent(v *visit.Visit) error {
	var in witnessIn
	if err := read(v, &in); err != nil {
		return err
	}
	if err := v.Engine.WitnessConsent(v.Context(), v.Actor(), casework.Consenting{Person: in.Person, Register: in.Register}, in.Document); err != nil {
		return err
	}
	return send(v, http.StatusOK, askedJSON{true})
}

type witnessedJSON struct {
	Items []oneWitnessedJSON `json:"items"`
}

type oneWitnessedJSON struct {
	ID       string                  `json:"id"`
	Person   aiqyn.PersonID          `json:"person"`
	Register string                  `json:"register"`
	Document casework.PersonDocument `json:"document"`
	By       aiqyn.OfficerID         `json:"by" doc:"The first clerk."`
	At       moment                  `json:"at"`
}

func witnessed(v *visit.Visit) error {
	list, err := v.Engine.Witnessed(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	out := witnessedJSON{Items: []oneWitnessedJSON{}}
	for _, w := range list {
		out.Items = append(out.Items, oneWitnessedJSON{w.ID, w.Person, w.Register, w.Document, w.By, rfc(w.Asked)})
	}
	return send(v, http.StatusOK, out)
}

func confirmWitnessed(v *visit.Visit) error {
	if _, err := v.Engine.CountersignConsent(v.Context(), v.Actor(), v.Path("id")); err != nil {
		return err
	}
	return send(v, http.StatusOK, askedJSON{true})
}
