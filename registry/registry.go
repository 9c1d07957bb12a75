// Package registry reads facts that the state already has, so that nobody is
// asked for them: people, addresses, parcels and rights to them, businesses,
// studies, work and insurance, licences and fitness to drive, conscripts, what
// courts have decided.
// Every register stands behind one interface, whether its rows lie in our own
// store or in another body's system behind X-Road.
//
// A register that cannot be reached is unavailable, never empty: "not found"
// may refuse somebody a right, so it is said only when the register said it.
package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"aiqyn"
)

// Registers that the platform knows, by the names that packs use.
const (
	PeopleRegister   = "people"
	AddressRegister  = "people.address"
	ChildrenRegister = "people.children"
	ParcelRegister   = "cadastre.parcels"
	RightRegister    = "cadastre.rights"
	BusinessRegister = "business"

	StudyRegister          = "education.students"
	MarkRegister           = "education.marks"
	EmploymentRegister     = "labour.contracts"
	InsuranceRegister      = "social.insurance"
	DrivingLicenceRegister = "transport.licences"
	DrivingFitnessRegister = "health.driving"
	ConscriptRegister      = "military.register"
	CourtRegister          = "court.acts"

	// Of who gives places of a queue, and of what puts a child before others.
	KindergartenRegister = "education.kindergartens"
	PrivilegeRegister    = "social.privileges"
	SiblingRegister      = "education.siblings"

	// Of who gives places by points, and of what gives the points.
	UniversityRegister  = "education.universities"
	ExamRegister        = "education.exams"
	CertificateRegister = "education.certificates"
	VacancyRegister     = "labour.vacancies"
	TestRegister        = "labour.tests"

	// Of who gives places that have a time, and of where doctors have sent somebody.
	SurgeryRegister       = "health.surgeries"
	HospitalRegister      = "health.hospitals"
	ExamCentreRegister    = "transport.exam-centres"
	ServiceCentreRegister = "services.centres"
	ReferralRegister      = "health.referrals"
	PlotRegister          = "land.plots"      // of where plots for houses are given
	AllotmentRegister     = "land.allotments" // of who was given one free of charge

	SaleRegister = "land.sales" // of plots that may be sold to whoever offers most
)

// LotRegister is of lots as the log has them: it is read from nowhere else.
const LotRegister = "land.lots"

// Readable are the registers that services may look up.
var Readable = append([]string{LotRegister}, Names...)

// Names lists the registers.
var Names = []string{
	PeopleRegister, AddressRegister, ChildrenRegister, ParcelRegister, RightRegister, BusinessRegister,
	StudyRegister, MarkRegister, EmploymentRegister, InsuranceRegister, DrivingLicenceRegister, DrivingFitnessRegister,
	ConscriptRegister, CourtRegister, KindergartenRegister, PrivilegeRegister, SiblingRegister,
	UniversityRegister, ExamRegister, CertificateRegister, VacancyRegister, TestRegister,
	SurgeryRegister, HospitalRegister, ExamCentreRegister, ServiceCentreRegister, ReferralRegister, PlotRegister, AllotmentRegister, SaleRegister,
}

// Register answers one query. Its contract: the same row gives the same bytes,
// in canonical JSON; a row that is not there is a Reading with Found false;
// every error is an [aiqyn.Error], of kind Unavailable when the register did
// not answer, with the seconds to wait in the argument "retry".
type Register interface {
	Read(ctx context.Context, q Query) (Reading, error)
}

// Several is a register that answers several queries in one go. Its contract is that of
// as many readings one after the other, but that one which fails may fail all.
type Several interface {
	ReadAll(ctx context.Context, list []Query) ([]Reading, error)
}

// ReadAll asks a register each of the queries, in one go if it can, and returns its
// answers in their order.
func ReadAll(ctx context.Context, register Register, list []Query) ([]Reading, error) {
	if many, ok := register.(Several); ok && len(list) > 1 {
		return many.ReadAll(ctx, list)
	}
	readings := make([]Reading, len(list))
	for i, q := range list {
		var err error
		if readings[i], err = register.Read(ctx, q); err != nil {
			return nil, err
		}
	}
	return readings, nil
}

// Query asks for one row, for a purpose, in a case.
type Query struct {
	Register string       `json:"register"`
	Key      string       `json:"key"` // an IIN, a BIN, a cadastral number
	Purpose  string       `json:"purpose"`
	Case     aiqyn.CaseID `json:"case"`
	Actor    aiqyn.Actor  `json:"actor"`
}

// Reading is what a register answered.
type Reading struct {
	Register string          `json:"register"`
	Key      string          `json:"key"`
	Found    bool            `json:"found"`
	Value    json.RawMessage `json:"value,omitempty"`   // canonical JSON
	Version  string          `json:"version,omitempty"` // of the row; a ruling names it
	At       time.Time       `json:"at"`                // as of when the register answers
	Source   string          `json:"source"`            // "local" or the X-Road service
	Proof    string          `json:"proof,omitempty"`   // what ties the answer to the question: X-Road's request hash
}

// keyForm is what any register's key looks like: nothing in it can climb out of
// the path of a service or break a header.
var keyForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z:._-]{0,99}$`)

// check refuses a query that a register need not see. A reading without a
// purpose would be curiosity.
func (q Query) check() error {
	switch {
	case strings.TrimSpace(q.Purpose) == "":
		return aiqyn.E(aiqyn.Forbidden, "error.register-purpose").Because(errors.New("a reading without a purpose"))
	case !keyForm.MatchString(q.Key):
		return aiqyn.E(aiqyn.Invalid, "error.register-key", "register", q.Register)
	}
	return nil
}

// Decode reads a reading's value as one of the documents of this package.
func Decode[T any](r Reading) (T, error) {
	var doc T
	if !r.Found {
		return doc, aiqyn.E(aiqyn.NotFound, "error.register-not-found", "register", r.Register)
	}
	if err := json.Unmarshal(r.Value, &doc); err != nil {
		return doc, malformed(r.Register, misfit(err))
	}
	return doc, nil
}

// misfit says which field of a document is not what it should be, without what it has.
func misfit(err error) error {
	var of *json.UnmarshalTypeError
	if errors.As(err, &of) {
		return fmt.Errorf("the field %s is not %s", of.Field, of.Type)
	}
	return err
}

// versionOf names a row that its register gives no version: by its content.
func versionOf(value []byte) string {
	sum := sha256.Sum256(value)
	return "sha256:" + hex.EncodeToString(sum[:8])
}

// defaultRetry is how long a person is asked to wait for a silent register.
const defaultRetry = 30 * time.Second

func unavailable(register string, retry time.Duration, err error) error {
	if retry <= 0 {
		retry = defaultRetry
	}
	seconds := int64((retry + time.Second - 1) / time.Second)
	return aiqyn.E(aiqyn.Unavailable, "error.register-unavailable",
		"register", register, "retry", seconds).Because(err)
}

// malformed is the error of a register that answered what cannot be read. It
// is the register's fault, so it is unavailable and nobody's right is touched.
func malformed(register string, err error) error {
	return unavailable(register, 0, fmt.Errorf("malformed answer: %w", err))
}
