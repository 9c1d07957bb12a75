// Package secrecy says what of the network the public may see: each attribute of
// each layer is exact, generalised or closed, on a ground of law, until a day.
// What nobody has classified is open; a class ends by itself on its day.
//
// Generalised means cells of the map with at least [K] assets each, and figures of
// whole cells in bands as wide as the largest figure could be, so that what is
// published does not tell of any single asset more than its kind does.
package secrecy

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// Layer is a kind of asset; Attribute is something that is known of it.
type (
	Layer     string
	Attribute string
)

// Layers and attributes.
const (
	Transformers Layer = "transformers"
	Substations  Layer = "substations" // transformers of 4 MVA and more
	Lines        Layer = "lines"
	Capacity     Layer = "capacity" // of all transformers

	Place Attribute = "place"
	Name  Attribute = "name"
	Rated Attribute = "rated"
	Free  Attribute = "free"
	Peak  Attribute = "peak"
)

// Subject is what can be classified.
type Subject struct {
	Layer     Layer     `json:"layer"`
	Attribute Attribute `json:"attribute"`
}

// String is the subject as forms write it: "transformers.place".
func (s Subject) String() string { return string(s.Layer) + "." + string(s.Attribute) }

// Subjects is everything that can be classified.
var Subjects = []Subject{
	{Transformers, Place}, {Transformers, Name}, {Transformers, Rated},
	{Substations, Place}, {Substations, Name}, {Substations, Rated},
	{Lines, Place}, {Capacity, Free}, {Capacity, Peak},
}

// ParseSubject reads a subject.
func ParseSubject(s string) (Subject, bool) {
	i := slices.IndexFunc(Subjects, func(x Subject) bool { return x.String() == s })
	if i < 0 {
		return Subject{}, false
	}
	return Subjects[i], true
}

// Class is how much the public sees.
type Class string

// Classes, from open to closed.
const (
	Exact       Class = "exact"
	Generalised Class = "generalised"
	Closed      Class = "closed"
)

// Classes lists them, each stricter than the one before.
var Classes = []Class{Exact, Generalised, Closed}

// Stricter reports whether a class hides more than another.
func Stricter(a, b Class) bool { return slices.Index(Classes, a) > slices.Index(Classes, b) }

// MaxYears is how long a class lasts at most without being given anew.
const MaxYears = 5

// WarnDays is how long before its end the reviewer is warned.
const WarnDays = 30

// Classification gives a subject a class.
type Classification struct {
	Subject
	Class    Class           `json:"class"`
	Ground   string          `json:"ground"`            // the act of law, with its article
	Issued   deadline.Date   `json:"issued,omitzero"`   // when the ground was given; unknown of classes from before it was asked for
	Item     string          `json:"item,omitempty"`    // of the list of secrets
	Roadmap  string          `json:"roadmap,omitempty"` // the item of the road map that amends it
	Until    deadline.Date   `json:"until"`             // its last day
	Reviewer aiqyn.OfficerID `json:"reviewer"`
}

// Check reports the first part of a classification that it lacks. To open takes a
// ground and no more.
func (c Classification) Check(today deadline.Date) error {
	wrong := func(key, field string, args ...any) error { return aiqyn.E(aiqyn.Invalid, key, args...).On(field) }
	if !slices.Contains(Subjects, c.Subject) {
		return wrong("error.answer-choice", "subject")
	}
	if !slices.Contains(Classes, c.Class) {
		return wrong("error.answer-choice", "class")
	}
	if c.Ground == "" {
		return wrong("error.answer-required", "ground")
	}
	if c.Class == Exact {
		return nil
	}
	latest := today.AddDays(MaxYears * 365)
	switch {
	case c.Issued.IsZero():
		return wrong("error.answer-required", "issued")
	case c.Issued.After(today):
		return wrong("error.class-issued", "issued", "date", today.String())
	case c.Item == "":
		return wrong("error.answer-required", "item")
	case c.Roadmap == "":
		return wrong("error.answer-required", "roadmap")
	case c.Reviewer == "":
		return wrong("error.answer-required", "reviewer")
	case !c.Until.After(today) || c.Until.After(latest):
		return wrong("error.class-until", "until", "date", latest.String())
	}
	return nil
}

// Fresh checks the ground of a class that hides against the last by which the same
// subject was hidden: it is not older, and it is not the same again.
func (c Classification) Fresh(last Classification) error {
	switch {
	case c.Issued.Before(last.Issued):
		return aiqyn.E(aiqyn.Invalid, "error.class-older", "date", last.Issued.String()).On("issued")
	case c.Issued == last.Issued && c.Ground == last.Ground:
		return aiqyn.E(aiqyn.Invalid, "error.class-same").On("ground")
	}
	return nil
}

// Ended reports whether its last day has passed.
func (c Classification) Ended(today deadline.Date) bool {
	return c.Class != Exact && today.After(c.Until)
}

// EndsSoon reports whether its last day is one of the next [WarnDays], or this one.
func (c Classification) EndsSoon(today deadline.Date) bool {
	return c.Class != Exact && !c.Ended(today) && !today.AddDays(WarnDays).Before(c.Until)
}

// Dated is a classification with when it was given.
type Dated struct {
	Classification
	Entry int64 // in the log
	At    time.Time
}

// Policy is what is in force on a day: what is not in it is exact.
type Policy map[Subject]Dated

// InForce picks, of all classifications in the order of the log, those that hold on
// a day.
func InForce(all []Dated, today deadline.Date) Policy {
	p := make(Policy)
	for _, d := range all {
		delete(p, d.Subject)
		if d.Class != Exact && !d.Ended(today) {
			p[d.Subject] = d
		}
	}
	return p
}

// TakesTwo reports whether a class hides what is open on a day, or hides it more or for
// longer than what is in force does.
func (p Policy) TakesTwo(c Classification) bool {
	is, hidden := p[c.Subject]
	return c.Class != Exact && (!hidden || Stricter(c.Class, is.Class) || c.Until.After(is.Until))
}

// Last is the newest classification that hid a subject, whether or not it still does.
func Last(all []Dated, s Subject) (last Dated, ok bool) {
	for _, d := range all {
		if d.Subject == s && d.Class != Exact {
			last, ok = d, true
		}
	}
	return last, ok
}

// Of is the class of a subject.
func (p Policy) Of(l Layer, a Attribute) Class {
	if d, ok := p[Subject{l, a}]; ok {
		return d.Class
	}
	return Exact
}

// Effective is the class of each figure of a layer's assets, once what would give
// away another is hidden with it: the peak is what is rated less what is free, so
// of the three no one is hidden alone.
func (p Policy) Effective(l Layer) (rated, free, peak Class) {
	rated, free, peak = p.Of(l, Rated), p.Of(Capacity, Free), p.Of(Capacity, Peak)
	switch hidden := [3]bool{rated != Exact, free != Exact, peak != Exact}; hidden {
	case [3]bool{true, false, false}:
		peak = rated
	case [3]bool{false, true, false}:
		peak = free
	case [3]bool{false, false, true}:
		rated = peak
	}
	return rated, free, peak
}

// Open reports whether nothing at all is classified.
func (p Policy) Open() bool { return len(p) == 0 }

// Generalises reports whether anything is shown in a general form.
func (p Policy) Generalises() bool {
	for _, d := range p {
		if d.Class == Generalised {
			return true
		}
	}
	return false
}

// Newest is the entry of the newest classification in force, −1 if there is none.
func (p Policy) Newest() int64 {
	newest := int64(-1)
	for _, d := range p {
		newest = max(newest, d.Entry)
	}
	return newest
}

// List is what is in force, in the order of [Subjects].
func (p Policy) List() []Dated {
	var list []Dated
	for _, s := range Subjects {
		if d, ok := p[s]; ok {
			list = append(list, d)
		}
	}
	return list
}
