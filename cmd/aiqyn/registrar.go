package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/service"
)

// firstRegistrar is who keeps the officers of a log. Nobody else can be entered before
// them, and only a registrar enters anybody: so the operator who sets the log up names the
// first, and the log says that they did.
type firstRegistrar struct {
	Officer aiqyn.OfficerID `json:"officer"` // what the log calls them, such as registrar-01
	Body    aiqyn.BodyID    `json:"body"`    // of the pack
	Name    string          `json:"name"`
	IIN     string          `json:"iin"`
	Phone   string          `json:"phone"` // that they sign in by
}

// registrarBytes is the most that is read of such a file.
const registrarBytes = 16 << 10

// openRegistrar reads who it is, nil for no file. What is wrong with them is said before a
// database is made.
func openRegistrar(file string, pack *service.Pack) (*firstRegistrar, error) {
	r, ok, err := readConfig(file, "error.serve-registrar", func(in io.Reader) (r firstRegistrar, err error) {
		d := json.NewDecoder(io.LimitReader(in, registrarBytes))
		d.DisallowUnknownFields()
		if err = d.Decode(&r); err == nil {
			err = r.check(pack)
		}
		return r, err
	})
	if !ok {
		return nil, err
	}
	return &r, nil
}

func (r *firstRegistrar) check(pack *service.Pack) error {
	_, iin := registry.ParseIIN(r.IIN, false)
	_, phone := registry.ParsePhone(r.Phone)
	switch {
	case iin != nil:
		return fmt.Errorf("iin: %w", iin)
	case phone != nil:
		return fmt.Errorf("phone: %w", phone)
	case !slices.ContainsFunc(pack.Bodies, func(b service.Body) bool { return b.ID == r.Body }):
		return fmt.Errorf("body: the pack has none called %q", r.Body)
	case len(strings.Fields(r.Name)) < 2:
		return errors.New("name: a first name and a family name")
	case r.Officer == "":
		return errors.New("officer: what the log calls them, such as registrar-01")
	}
	return nil
}

// appoint puts the first registrar on their roster. Said again it is done once; somebody
// else is refused, for the rosters of a log are left to those who keep them.
func (o *office) appoint(ctx context.Context, operator string, r *firstRegistrar) error {
	if r == nil {
		return nil
	}
	_, err := o.Do(ctx, casework.Roster{
		ID: aiqyn.CommandID("roster/first/" + r.Officer), Actor: aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: aiqyn.OfficerID(operator)}, Role: aiqyn.RoleRegistrar, Body: r.Body,
		Officers: []aiqyn.OfficerID{r.Officer}, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{r.Officer: aiqyn.PersonID(r.IIN)},
		Enrol: casework.Enrolment{Officer: r.Officer, Name: r.Name, Phone: r.Phone},
	})
	return err
}
